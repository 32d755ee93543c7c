// Ten countries move from one year's place in the chart to another's, and back.
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

const svg = document.querySelector("svg");
const countries = [
  [180, 590, 260, -210, 44], [260, 480, 210, -190, 30], [330, 560, 330, -250, 56], [420, 420, 190, -120, 26],
  [480, 600, 120, -160, 36], [560, 360, 230, -140, 40], [640, 500, 180, -220, 24], [300, 330, 240, -90, 34],
  [730, 300, 140, -130, 50], [820, 540, -90, -200, 28],
];

countries.forEach(([x, y, dx, dy, radius], n) => {
  const size = radius * number("--size");
  const wide = size * number("--stretch");
  svg.insertAdjacentHTML("beforeend", `
    <g class="bubble"><rect class="c${n % 3}" x="${x - wide}" y="${y - size}" width="${2 * wide}" height="${2 * size}"
      rx="${number("--round") * wide}" ry="${number("--round") * size}"/></g>`);
  const far = number("--travel");
  run(
    svg.lastElementChild,
    [
      { transform: "translate(0px, 0px)", offset: 0, easing: ease },
      { transform: `translate(${far * dx}px, ${far * dy}px)`, offset: 0.4 },
      { transform: `translate(${far * dx}px, ${far * dy}px)`, offset: 0.55, easing: ease },
      { transform: "translate(0px, 0px)", offset: 0.9 },
      { transform: "translate(0px, 0px)", offset: 1 },
    ],
    n,
  );
});
