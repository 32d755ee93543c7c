// Eight jellyfish: each closes its bell, shoots up on one side of a narrow loop and sinks back, open, on the other.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const TAU = 2 * Math.PI;

const size = number("--size");
const stretch = number("--stretch");
const corner = 2 + 6 * (1 - number("--round")); // the exponent of the bell's outline: 2 is an ellipse, 8 a box
const cycle = number("--cycle");
const stagger = number("--stagger");
const order = read("--order").split(/\s+/).map(Number);
const ease = easing(read("--ease"));
const reverse = read("--direction") === "reverse";
const travel = number("--travel");
const swell = number("--swell");
const bearing = (number("--bearing") * Math.PI) / 180;

// The middle of each one's loop, how near it is, and how it leans.
const jellies = [
  { x: 112, y: 366, near: 0.8, lean: -0.12 },
  { x: 232, y: 572, near: 0.98, lean: 0.1 },
  { x: 318, y: 236, near: 0.62, lean: 0.16 },
  { x: 466, y: 436, near: 1.25, lean: -0.06 },
  { x: 612, y: 208, near: 0.74, lean: -0.18 },
  { x: 640, y: 598, near: 0.66, lean: 0.14 },
  { x: 766, y: 372, near: 1.08, lean: 0.12 },
  { x: 900, y: 566, near: 0.86, lean: -0.1 },
].slice(0, number("--count"));

const paints = [1, 2, 3, 4].map((n) => {
  const colour = read(`--colour-${n}`);
  return {
    plain: colour,
    light: `color-mix(in oklab, ${colour}, white 26%)`,
    deep: `color-mix(in oklab, ${colour}, black 22%)`,
    ink: `color-mix(in oklab, ${colour}, black 72%)`,
  };
});

function draw(seconds) {
  context.clearRect(0, 0, canvas.width, canvas.height);
  jellies.forEach((jelly, n) => {
    const laps = (seconds - order[n] * stagger) / cycle + 2;
    const phase = laps - Math.floor(laps);
    const angle = TAU * ease(reverse ? 1 - phase : phase);

    const across = -0.32 * Math.sin(angle);
    const along = 0.5 * Math.cos(angle);
    const way = jelly.lean + bearing;
    const reach = travel * (0.55 + 0.45 * jelly.near);
    context.save();
    context.translate(
      jelly.x + reach * (across * Math.cos(way) - along * Math.sin(way)),
      jelly.y + reach * (across * Math.sin(way) + along * Math.cos(way)),
    );
    context.rotate(jelly.lean);
    context.scale(size * jelly.near * stretch, size * jelly.near);
    body(paints[n % paints.length], angle, n);
    context.restore();
  });
}

// One jellyfish about its centre, its bell two wide: narrow and tall while it shoots up, wide and flat while it sinks.
function body(paint, angle, n) {
  const squeeze = swell * Math.sin(angle);
  const wide = 1 - squeeze;
  const high = 1 + 0.7 * squeeze;
  const rim = -0.2;

  // The tentacles, and two broader arms before them.
  context.lineCap = "round";
  for (let i = 0; i < 8; i++) {
    const arm = i > 5;
    const root = arm ? (i - 6.5) * 0.34 : -0.74 + 0.296 * i;
    const length = (arm ? 0.92 : 1.25 + 0.16 * Math.sin(2.3 * i + n)) * (1 + 0.5 * squeeze);
    context.beginPath();
    for (let step = 0; step <= 14; step++) {
      const s = step / 14;
      const sway = 0.07 * Math.sin(5 * s + 1.7 * i + n) + 0.55 * swell * Math.sin(5.2 * s - angle + 0.5 * i);
      context.lineTo(root * wide * (1 - 0.25 * s - 0.9 * squeeze * s) + sway * s, rim - 0.04 + length * s);
    }
    context.lineWidth = arm ? 0.13 : 0.055;
    context.strokeStyle = arm ? paint.light : paint.plain;
    context.stroke();
  }

  // The bell: half of a superellipse over a scalloped rim.
  const tip = 1.02 * high;
  const fill = context.createLinearGradient(0, rim - tip, 0, rim);
  fill.addColorStop(0, paint.light);
  fill.addColorStop(0.55, paint.plain);
  fill.addColorStop(1, paint.deep);
  context.beginPath();
  for (let step = 0; step <= 40; step++) {
    const turn = Math.PI * (1 - step / 40);
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    context.lineTo(
      wide * Math.sign(c) * Math.abs(c) ** (2 / corner),
      rim - tip * Math.abs(s) ** (2 / corner),
    );
  }
  const scallop = (2 * wide) / 6;
  for (let i = 0; i < 6; i++) {
    const from = wide - i * scallop;
    context.quadraticCurveTo(from - scallop / 2, rim + 0.2, from - scallop, rim);
  }
  context.closePath();
  context.fillStyle = fill;
  context.fill();

  // A gleam and two eyes.
  context.beginPath();
  context.ellipse(-0.42 * wide, rim - 0.68 * tip, 0.17 * wide, 0.09, -0.6, 0, TAU);
  context.fillStyle = "rgb(255 255 255 / 0.6)";
  context.fill();
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(side * 0.3 * wide + 0.075, rim - 0.3 * tip);
    context.ellipse(side * 0.3 * wide, rim - 0.3 * tip, 0.075, 0.1, 0, 0, TAU);
  }
  context.fillStyle = paint.ink;
  context.fill();
}

const offset = number("--at") - number("--delay");
let start;

function frame(now) {
  start ??= now;
  draw((now - start) / 1000 + offset);
  requestAnimationFrame(frame);
}

if (read("--play") === "running") requestAnimationFrame(frame);
else draw(offset);

// A CSS timing function as a function of progress.
function easing(text) {
  const points = text.match(/cubic-bezier\((.+)\)/);
  if (!points) return (progress) => progress;
  const [x1, y1, x2, y2] = points[1].split(",").map(Number);
  const curve = (a, b, s) => 3 * a * s * (1 - s) ** 2 + 3 * b * s * s * (1 - s) + s ** 3;
  return (progress) => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 30; i++) {
      const middle = (low + high) / 2;
      if (curve(x1, x2, middle) < progress) low = middle;
      else high = middle;
    }
    return curve(y1, y2, low);
  };
}
