// Seven ridges, far to near; each rolls on by one wave in a cycle and breathes up and down.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const order = read("--order").split(/\s+/).map(Number);
const sense = read("--direction") === "reverse" ? -1 : 1;
const sharp = 1 - number("--round");
const ease = easing(read("--ease"));
const TAU = 2 * Math.PI;

// A swell between a sine and the triangle of the same height.
const swell = (angle) =>
  (1 - sharp) * Math.sin(angle) + (sharp * Math.asin(0.999 * Math.sin(angle))) / (Math.PI / 2);

function draw(seconds) {
  context.clearRect(0, 0, canvas.width, canvas.height);
  order.forEach((turn, n) => {
    const laps = (seconds - turn * number("--stagger")) / number("--cycle") + 2;
    const phase = sense * (Math.floor(laps) + ease(laps % 1));
    const depth = n / (order.length - 1);
    const length = (330 + 240 * depth) * number("--stretch");
    const height = number("--size") * (0.45 + 0.55 * depth);
    const rise = number("--travel") * Math.sin(TAU * phase + 0.9 * n);
    const base = 300 + 62 * n + rise;

    context.beginPath();
    context.moveTo(0, canvas.height);
    for (let x = 0; x <= canvas.width; x += 8) {
      const angle = TAU * (x / length - phase) + 2.1 * n;
      context.lineTo(x, base - height * (0.72 * swell(angle) + 0.28 * swell(2 * angle + n)));
    }
    context.lineTo(canvas.width, canvas.height);
    context.fillStyle = shade(depth);
    context.fill();
  });
}

function shade(depth) {
  const near = depth > 0.5;
  const [from, to] = near ? ["--colour-2", "--colour-3"] : ["--colour-1", "--colour-2"];
  return `color-mix(in oklab, ${read(from)}, ${read(to)} ${100 * (near ? 2 * depth - 1 : 2 * depth)}%)`;
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
