// Each cube tips over by a quarter, rests, tips on and rolls back.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/);
const ease = read("--ease");
const timing = (n, easing = "linear") => ({
  duration: ms("--cycle"),
  iterations: Infinity,
  direction: read("--direction"),
  delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * ms("--cycle"),
  fill: "both",
  easing,
});
const run = (element, frames, n) => {
  const animation = element.animate(frames, timing(n));
  if (read("--play") === "paused") animation.pause();
};

const bearing = number("--bearing");
const tipped = (degrees) => ({
  transform: `rotateX(-24deg) rotateY(-32deg) rotateZ(${bearing}deg) rotateX(${degrees * number("--swell")}deg) rotateZ(${-bearing}deg)`,
});

document.querySelectorAll(".cube").forEach((cube, n) => {
  run(
    cube,
    [
      { ...tipped(0), offset: 0, easing: ease },
      { ...tipped(90), offset: 0.22 },
      { ...tipped(90), offset: 0.32, easing: ease },
      { ...tipped(180), offset: 0.54 },
      { ...tipped(180), offset: 0.62, easing: ease },
      { ...tipped(0), offset: 0.94 },
      { ...tipped(0), offset: 1 },
    ],
    n,
  );
});
