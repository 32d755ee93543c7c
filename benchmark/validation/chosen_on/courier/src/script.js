// A town from above: six vans drive round after round, each with a stop half-way and one at the end.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const colours = [1, 2, 3, 4, 5, 6].map((n) => read(`--colour-${n}`));
const order = read("--order").split(/\s+/).map(Number);
const cycle = number("--cycle");
const ease = easing(read("--ease"));
const size = number("--size");
const travel = number("--travel");
const bearing = (number("--bearing") * Math.PI) / 180;

const measure = document.createElement("div");
measure.innerHTML = "<svg><path/></svg>"; // measures the ways

const across = [92, 302, 512, 722, 932]; // the streets
const down = [84, 272, 460, 648];

// The corners of each round in the order they are driven, its lane, and the share of the way at which it sets out.
const rounds = [
  [92, 84, 302, 460, 8, 0.12],
  [722, 84, 302, 272, 8, 0.2],
  [932, 460, 722, 84, 8, 0.12],
  [512, 648, 302, 272, 8, 0.12],
  [512, 460, 932, 648, 8, 0.2],
  [302, 272, 92, 648, 0, 0.12],
].map(([left, top, right, bottom, lane, first]) => {
  const [x, y] = [lane * Math.sign(right - left), lane * Math.sign(bottom - top)];
  const corners = [[left + x, top + y], [right - x, top + y], [right - x, bottom - y], [left + x, bottom - y]];
  return { ...driven(corners), first };
});

// A closed way with round corners, as points that lie evenly along it.
function driven(corners) {
  const line = measure.querySelector("path").cloneNode();
  const radius = 46;
  const legs = corners.map(([x, y], n) => {
    const [[px, py], [nx, ny]] = [corners.at(n - 1), corners[(n + 1) % corners.length]];
    const [back, on] = [Math.hypot(px - x, py - y), Math.hypot(nx - x, ny - y)];
    const from = [x + ((px - x) * radius) / back, y + ((py - y) * radius) / back];
    const to = [x + ((nx - x) * radius) / on, y + ((ny - y) * radius) / on];
    return `${n ? "L" : "M"}${from} Q${x},${y} ${to}`;
  });
  line.setAttribute("d", `${legs.join(" ")} Z`);
  const length = line.getTotalLength();
  const at = (share) => {
    const { x, y } = line.getPointAtLength(length * (((share % 1) + 1) % 1));
    return [x, y];
  };
  const [xs, ys] = [0, 1].map((k) => corners.map((corner) => corner[k]));
  const middle = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  return { shape: new Path2D(line.getAttribute("d")), at, middle };
}

function block(x, y, width, height, round, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y, width, height, round);
  context.fill();
}

function town() {
  context.strokeStyle = read("--colour-7");
  context.lineWidth = 44;
  context.beginPath();
  across.forEach((x) => (context.moveTo(x, 0), context.lineTo(x, 768)));
  down.forEach((y) => (context.moveTo(0, y), context.lineTo(1024, y)));
  context.stroke();

  block(332, 114, 360, 128, 26, read("--colour-8")); // a park
  block(542, 302, 150, 128, 26, read("--colour-9")); // a pond
  block(752, 490, 150, 128, 26, read("--colour-8"));

  context.lineWidth = 7;
  context.lineCap = "round";
  context.setLineDash([1, 15]);
  rounds.forEach(({ shape }, n) => {
    context.strokeStyle = colours[n];
    context.stroke(shape);
  });
  context.setLineDash([]);
}

function pin([x, y], colour) {
  context.save();
  context.translate(x, y - 14);
  context.scale(size, size);
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, 20);
  context.bezierCurveTo(-8, 4, -20, -2, -20, -16);
  context.arc(0, -16, 20, Math.PI, 0);
  context.bezierCurveTo(20, -2, 8, 4, 0, 20);
  context.fill();
  context.fillStyle = read("--colour-0");
  context.beginPath();
  context.arc(0, -16, 8, 0, 7);
  context.fill();
  context.restore();
}

function van([x, y], heading, colour) {
  const [long, wide] = [70 * number("--stretch"), 38];
  const round = number("--round") * wide;
  context.save();
  context.translate(x, y);
  context.rotate(heading);
  context.scale(size, size);
  block(-long / 2, -wide / 2, long, wide, round, colour);
  block(0.12 * long, 4 - wide / 2, 0.2 * long, wide - 8, 4, read("--colour-0"));
  block(-0.4 * long, 9 - wide / 2, 0.4 * long, wide - 18, 4, "#ffffff38");
  context.restore();
}

// How far round a van is: half the way, a stop, the other half, a stop.
function driver(phase) {
  const half = Math.floor(phase * 2) / 2;
  return half + ease(Math.min(1, (phase - half) / 0.43)) / 2;
}

function draw(seconds) {
  context.clearRect(0, 0, 1024, 768);
  town();
  rounds.forEach(({ at, first }, n) => [first, first + 0.5].forEach((share) => pin(at(share), colours[n])));
  rounds.slice(0, number("--count")).forEach(({ at, first, middle }, n) => {
    const phase = (((seconds - order[n] * number("--stagger")) / cycle) % 1 + 1) % 1;
    const share = driver(read("--direction") === "reverse" ? 1 - phase : phase) + first;
    const [[x, y], [ax, ay], [bx, by]] = [at(share), at(share - 0.005), at(share + 0.005)];
    const [dx, dy] = [travel * (x - middle[0]), travel * (y - middle[1])];
    const place = [
      middle[0] + dx * Math.cos(bearing) - dy * Math.sin(bearing),
      middle[1] + dx * Math.sin(bearing) + dy * Math.cos(bearing),
    ];
    van(place, Math.atan2(by - ay, bx - ax), colours[n]);
  });
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
