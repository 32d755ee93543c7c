// A pin tumbler lock in section: SMIL pushes the key in, which lifts the pins one by one until every gap is on the line.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const svg = document.querySelector("svg");
const cycle = number("--cycle");
const reverse = read("--direction") === "reverse";
const curve = read("--ease").match(/cubic-bezier\((.+)\)/);
const spline = curve ? curve[1].split(",").map(Number) : [1 / 3, 1 / 3, 2 / 3, 2 / 3];
const back = [1 - spline[2], 1 - spline[3], 1 - spline[0], 1 - spline[1]];
const angle = (number("--bearing") * Math.PI) / 180;

// The lock as it is when open: how long each key pin is, and where.
const line = 400;
const pins = [58, 86, 66, 100, 74, 52].map((length, n) => ({ length, x: 568 + 62 * n, foot: line + length }));
const rest = 536;
const deepest = 84;

// One lap: `closed` until the first time, `open` between the second and the third, `closed` again from the fourth on.
function lap(closed, open, times, turn) {
  const values = [closed, closed, open, open, closed, closed];
  let keyTimes = [0, ...times, 1];
  if (reverse) keyTimes = keyTimes.map((time) => 1 - time).reverse();
  return `values="${values.join(";")}" keyTimes="${keyTimes.map((time) => time.toFixed(5)).join(";")}"
    calcMode="spline" keySplines="${Array(5).fill((reverse ? back : spline).join(" ")).join(";")}"
    dur="${cycle}s" begin="${number("--delay") + turn * number("--stagger") - 2 * cycle}s" repeatCount="indefinite"`;
}

function slide(x, y, times, turn) {
  const away = [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];
  const closed = away.map((part) => part.toFixed(3)).join(" ");
  return `<animateTransform attributeName="transform" type="translate" ${lap(closed, "0 0", times, turn)}/>`;
}

function fade(faint, full, times) {
  return `<animate attributeName="opacity" ${lap(faint, full, times, 0)}/>`;
}

// Looks: larger, smaller or narrower about the middle.
function about(x, y) {
  const size = number("--size") / 40;
  return `translate(${x} ${y}) scale(${size * number("--stretch")} ${size}) translate(${-x} ${-y})`;
}

document.querySelector(".chambers").innerHTML = pins.map(({ x }) => {
  const coils = Array.from({ length: 20 }, (_, n) => `${x + (n % 2 ? 15 : -15)} ${184 + 11 * n}`);
  return `
    <rect class="chamber" x="${x - 25}" y="178" width="50" height="270" rx="8"/>
    <polyline class="spring" points="${coils.join(" ")}"/>`;
}).join("");

// The key leaves the last pin first, so a pin that rises later comes down earlier.
document.querySelector(".pins").innerHTML = read("--order").split(/\s+/).map((turn, n) => {
  const { x, length, foot } = pins[n];
  const drop = (number("--dip") * (rest - foot)) / deepest;
  const fall = 0.83 - (2 * turn * number("--stagger")) / cycle;
  return `
    <g class="pin">
      ${slide(0, drop, [0.15, 0.23, fall, fall + 0.07], turn)}
      <g transform="${about(x, (310 + foot) / 2)}">
        <rect class="driver" x="${x - 20}" y="310" width="40" height="88" rx="${16 * number("--round")}"/>
        <path class="tip" d="${pointed(x, line + 2, length - 2, 40 * number("--round"))}"/>
      </g>
    </g>`;
}).join("");

function pointed(x, top, height, r) {
  return `M${x - 20} ${top} h40 v${height - r} a${r} ${r} 0 0 1 ${-r} ${r} h${2 * r - 40} a${r} ${r} 0 0 1 ${-r} ${-r} Z`;
}

const teeth = pins.map(({ x, foot }, n) => {
  const next = pins[n + 1];
  return `L${x - 12} ${foot} H${x + 12} ${next ? `L${x + 31} ${Math.min(foot, next.foot) - 10}` : ""}`;
});

document.querySelector(".key").innerHTML = `
  ${slide(-number("--travel"), 0, [0.05, 0.43, 0.64, 0.94], 0)}
  <g transform="${about(637, 505)}">
    <path class="blade" d="M480 446 H540 ${teeth.join(" ")} L914 512 V538 L898 562 H480 Z"/>
    <rect class="bow" x="360" y="435" width="140" height="140" rx="${140 * number("--round")}"/>
    <rect class="hole" x="382" y="487" width="36" height="36" rx="${36 * number("--round")}"/>
  </g>`;

document.querySelector(".shear").innerHTML = fade(0.3, 1, [0.39, 0.45, 0.64, 0.69]);

const [blocked, lifted, open] = document.querySelectorAll(".step");
blocked.insertAdjacentHTML("beforeend", fade(1, 0.45, [0.1, 0.15, 0.86, 0.92]));
lifted.insertAdjacentHTML("beforeend", fade(0.45, 1, [0.1, 0.15, 0.39, 0.45]));
open.insertAdjacentHTML("beforeend", fade(0.45, 1, [0.39, 0.45, 0.64, 0.69]));

if (read("--play") === "paused") {
  svg.setCurrentTime(number("--at"));
  svg.pauseAnimations();
}
