// A switch that goes over to night and comes back once in a cycle.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const ms = (name) => 1000 * parseFloat(read(name));

const toggle = document.querySelector(".switch");
const sky = document.querySelector(".stars");
const places = [[62, 52, 7], [104, 128, 5], [150, 40, 5], [178, 96, 9], [214, 150, 5], [232, 58, 6], [80, 92, 4]];

places.forEach(([x, y, d], i) => {
  const star = document.createElement("i");
  star.className = "star";
  star.style.cssText = `--x: ${x}px; --y: ${y}px; --d: ${d}px; --i: ${i + 1}`;
  sky.append(star);
});

const cycle = ms("--cycle");
const start = 0.12 * cycle + ms("--delay") - ms("--at");
const flip = () => toggle.classList.toggle("night");

if (read("--direction") === "reverse") flip();

if (read("--play") === "running") {
  setTimeout(() => {
    document.body.classList.add("ready");
    flip();
    setInterval(flip, cycle / 2);
  }, start);
}
