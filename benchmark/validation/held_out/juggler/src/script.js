// Seven parts, two hands: a cascade. A part is caught outside, carried inwards, and thrown across.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const parts = [...document.querySelectorAll(".part")];
const hands = [...document.querySelectorAll(".hand")];
const order = read("--order").split(/\s+/).map(Number);
const cycle = ms("--cycle");
const beat = cycle / parts.length;
const dwell = 0.08; // the share of the cycle a part lies in a hand, each time

// The pieces of the path, for the right hand (side 1) and the left one (side -1); a unit is --travel.
const scoop = [[2.78, 2.85], [1.23, 2.85], [1.05, 2]];
const flight = [[-0.17, -3.72], [-1.38, -3.72], [-2.6, 2]];
const home = [[0.93, 1.45], [2.48, 1.45], [2.6, 2]];
const start = [2.6, 2];

const angle = (number("--bearing") * Math.PI) / 180;
function place([x, y], side, far, turn) {
  const [dx, dy] = [far * side * x, far * (y - 0.25)];
  return `${dx * Math.cos(turn) - dy * Math.sin(turn)} ${dx * Math.sin(turn) + dy * Math.cos(turn)}`;
}

function draw(pieces, side, far = number("--travel"), turn = angle) {
  let d = `M ${place(start, side, far, turn)}`;
  for (const [piece, mirror] of pieces) {
    d += ` C ${piece.map((point) => place(point, mirror * side, far, turn)).join(", ")}`;
  }
  return d;
}

const ruler = document.createElement("div");
ruler.innerHTML = "<svg><path/></svg>";
function length(...pieces) {
  const path = ruler.querySelector("path");
  path.setAttribute("d", draw(pieces.map((piece) => [piece, 1]), 1, 100, 0));
  return path.getTotalLength();
}

const held = length(scoop);
const flown = length(scoop, flight) - held;
const back = length(scoop, home) - held;

// Fast out of the hand and slow at the top; then the same the other way round.
const slowing = read("--ease");
const [x1, y1, x2, y2] = (slowing.match(/cubic-bezier\((.*)\)/)?.[1] ?? "0, 0, 1, 1").split(",").map(Number);
const speeding = `cubic-bezier(${1 - x2}, ${1 - y2}, ${1 - x1}, ${1 - y1})`;

function run(element, frames, duration, late) {
  const animation = element.animate(frames, {
    duration,
    iterations: Infinity,
    direction: read("--direction"),
    delay: ms("--delay") + late - ms("--at") - 2 * cycle,
    fill: "both",
  });
  if (read("--play") === "paused") animation.pause();
}

// Each piece is passed in two halves; at its middle it is slow.
const half = held + flown;
const stops = [
  [0, 0, 0, 0],
  [dwell / 2, held / 2, 0, 0],
  [dwell, held, 0, 0],
  [0.25 + dwell / 2, held + flown / 2, 1, 180],
  [0.5, half, 0, 360],
  [0.5 + dwell / 2, half + held / 2, 0, 360],
  [0.5 + dwell, half + held, 0, 360],
  [0.75 + dwell / 2, half + held + flown / 2, 1, 540],
  [1, 2 * half, 0, 720],
].map(([offset, way, grown, turned], k) => ({
  at: { offset, easing: k % 2 ? speeding : slowing },
  way: `${(50 * way) / half}%`,
  grown: 1 + grown * number("--swell"),
  turned: `${turned}deg`,
}));

parts.forEach((part, n) => {
  const late = order[n] * ms("--stagger");
  part.style.offsetPath = `path("${draw([[scoop, 1], [flight, 1], [scoop, -1], [flight, -1]], 1)}")`;
  run(part, stops.map(({ at, way }) => ({ ...at, offsetDistance: way })), cycle, late);
  run(part.firstElementChild, stops.map(({ at, grown, turned }) => ({ ...at, scale: grown, rotate: turned })), cycle, late);
});

// A hand goes round once a beat, with a part while it carries one; the left hand is half a beat behind.
const carry = dwell * parts.length;
const loop = held + back;
hands.forEach((hand, n) => {
  hand.style.offsetPath = `path("${draw([[scoop, 1], [home, 1]], n ? -1 : 1)}")`;
  const round = [[0, 0], [carry / 2, held / 2], [carry, held], [(1 + carry) / 2, held + back / 2], [1, loop]];
  run(
    hand,
    round.map(([offset, way], k) => ({ offset, offsetDistance: `${(100 * way) / loop}%`, easing: k % 2 ? speeding : slowing })),
    beat,
    (n * beat) / 2,
  );
});
