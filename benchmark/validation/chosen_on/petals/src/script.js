// Each petal gets its place around the middle and its turn.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/);
document.querySelectorAll(".petal").forEach((petal, n) => {
  petal.style.setProperty("--n", n);
  petal.style.setProperty("--turn", order[n]);
});
