// A ball hops over the posts from left to right; it rises by the easing and falls by its mirror image.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const rise = read("--ease");
const curve = rise.match(/cubic-bezier\((.+)\)/);
const [x1, y1, x2, y2] = curve ? curve[1].split(",").map(Number) : [1 / 3, 1 / 3, 2 / 3, 2 / 3];
const fall = `cubic-bezier(${1 - x2}, ${1 - y2}, ${1 - x1}, ${1 - y1})`;

const landings = [[-90, 600], [152, 520], [392, 440], [632, 360], [872, 480], [1120, 620]];
const flat = number("--swell");
const tall = `${number("--stretch") * (1 - flat / 3)} ${1 + flat / 3}`;
const plain = `${number("--stretch")} 1`;
const low = `${number("--stretch") * (1 + flat)} ${1 - flat}`;

const across = [];
const height = [];
const squash = [];
const hops = landings.length - 1;

landings.forEach(([x, y], n) => {
  across.push({ translate: `${x}px 0`, offset: n / hops });
  height.push({ transform: `translateY(${y}px)`, easing: rise, offset: n / hops });
  squash.push({ scale: low, offset: n / hops });
  if (n === hops) return;
  const top = Math.min(y, landings[n + 1][1]) - number("--travel");
  height.push({ transform: `translateY(${top}px)`, easing: fall, offset: (n + 0.5) / hops });
  squash.push({ scale: tall, offset: (n + 0.15) / hops });
  squash.push({ scale: plain, offset: (n + 0.5) / hops });
  squash.push({ scale: tall, offset: (n + 0.85) / hops });
});

const ball = document.querySelector(".ball");
const timing = {
  duration: ms("--cycle"),
  iterations: Infinity,
  direction: read("--direction"),
  delay: ms("--delay") - ms("--at") - 2 * ms("--cycle"),
  fill: "both",
};

for (const frames of [across, height, squash]) {
  const animation = ball.animate(frames, timing);
  if (read("--play") === "paused") animation.pause();
}
