// A timer presses the button twice in a cycle; transitions do the rest.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const ms = (name) => 1000 * parseFloat(read(name));

const order = read("--order").split(/\s+/);
document.querySelectorAll(".word").forEach((word, n) => {
  word.style.setProperty("--n", n);
  word.style.setProperty("--i", order[n]);
});

const cycle = ms("--cycle");
const press = 0.1 * cycle;
const flip = () => document.body.classList.toggle("open");

if (read("--direction") === "reverse") flip();

if (read("--play") === "running") {
  setTimeout(() => {
    document.body.classList.add("ready");
    flip();
    setInterval(flip, cycle / 2);
  }, press + ms("--delay"));
} else if (ms("--at") > press && ms("--at") < press + cycle / 2) {
  flip();
}
