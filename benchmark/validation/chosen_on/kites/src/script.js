// Kites on their strings fly figures of eight, lean into the turns and trail a tail with bows.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const context = document.querySelector("canvas").getContext("2d");
const turnOf = read("--order").split(/\s+/).map(Number);
const sign = read("--direction") === "reverse" ? -1 : 1;
const bearing = (number("--bearing") * Math.PI) / 180;
const [cycle, stagger, travel, swell] = ["--cycle", "--stagger", "--travel", "--swell"].map(number);
const [size, round, stretch] = ["--size", "--round", "--stretch"].map(number);
const colour = (n) => read(`--colour-${(n % 5) + 1}`);

// Where each kite's eight has its middle, and how large the kite is.
const kites = [
  [140, 165, 1], [375, 145, 0.85], [630, 165, 1.1], [865, 150, 0.9],
  [255, 435, 1.15], [500, 400, 0.9], [750, 440, 1], [900, 410, 0.75],
].slice(0, number("--count"));

const [x1, y1, x2, y2] = read("--ease").match(/cubic-bezier\((.+)\)/)[1].split(",").map(Number);
const bezier = (a, b, t) => 3 * a * t * (1 - t) ** 2 + 3 * b * t * t * (1 - t) + t ** 3;

function eased(share) {
  let [low, high] = [0, 1];
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2;
    if (bezier(x1, x2, middle) < share) low = middle;
    else high = middle;
  }
  return bezier(y1, y2, (low + high) / 2);
}

// The outline of a kite of height 1, its corners rounded, about its centre.
function outline() {
  const corners = [[0, -0.5], [0.36, -0.12], [0, 0.5], [-0.36, -0.12]];
  const path = new Path2D();
  path.moveTo(0.18, -0.31);
  [1, 2, 3, 0].forEach((n) => {
    const next = corners[(n + 1) % 4];
    path.arcTo(...corners[n], ...next, round);
  });
  path.closePath();
  return path;
}

const diamond = outline();

function drawTail(n, phase, height, lean) {
  const bows = 4;
  const points = Array.from({ length: bows + 1 }, (_, k) => [
    (swell * 0.07 * k * Math.sin(2 * Math.PI * (2 * phase - 0.13 * k)) - 0.49 * Math.sin(lean)) * height,
    (0.49 * Math.cos(lean) + 0.22 * k) * height,
  ]);
  context.strokeStyle = read("--colour-6");
  context.lineWidth = 0.02 * height;
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(...points[0]);
  points.forEach(([x, y], k) => {
    const [px, py] = points[Math.max(0, k - 1)];
    context.bezierCurveTo(px, (py + y) / 2, x, (py + y) / 2, x, y);
  });
  context.stroke();
  points.slice(1).forEach(([x, y], k) => {
    const wide = 0.1 * height * stretch;
    const high = 0.05 * height;
    context.fillStyle = colour(n + k);
    context.beginPath();
    context.moveTo(x - wide, y - high);
    context.lineTo(x + wide, y + high);
    context.lineTo(x + wide, y - high);
    context.lineTo(x - wide, y + high);
    context.fill();
  });
}

function drawKite(n, seconds) {
  const [left, top, scale] = kites[n];
  const phase = sign * ((seconds - turnOf[n] * stagger) / cycle);
  const half = Math.floor(2 * phase);
  const along = Math.PI * (half + eased(2 * phase - half));
  const [across, up] = [travel * Math.cos(along), -0.45 * travel * Math.sin(2 * along)];
  const x = left + across * Math.cos(bearing) - up * Math.sin(bearing);
  const y = top + across * Math.sin(bearing) + up * Math.cos(bearing);
  const height = 150 * scale * size;

  context.strokeStyle = read("--colour-6");
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y);
  context.quadraticCurveTo(x, (y + 900) / 2, 512 + (left - 512) * 0.55, 780);
  context.stroke();

  context.save();
  context.translate(x, y);
  const lean = -0.3 * swell * Math.sin(along);
  drawTail(n, phase, height, lean);
  context.rotate(lean);
  context.scale(height * stretch, height);
  context.clip(diamond);
  context.fillStyle = colour(n);
  context.fillRect(-0.5, -0.5, 0.5, 1);
  context.fillStyle = colour(n + 2);
  context.fillRect(0, -0.5, 0.5, 1);
  context.fillStyle = colour(n + 1);
  context.fillRect(0, -0.12, 0.5, 0.62);
  context.fillRect(-0.5, -0.5, 0.5, 0.38);
  context.restore();
}

function draw(seconds) {
  context.clearRect(0, 0, 1024, 768);
  kites.forEach((_, n) => drawKite(n, seconds));
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
