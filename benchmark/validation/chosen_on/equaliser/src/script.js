// The style sheet alone moves the bars; only their turns are dealt here.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/);
document.querySelectorAll(".bar").forEach((bar, n) => bar.style.setProperty("--turn", order[n]));
