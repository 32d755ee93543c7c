// Two poppers in the lower corners; every paper follows its own throw, drawn anew in each animation frame.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const colours = [1, 2, 3, 4, 5].map((n) => read(`--colour-${n}`));
const cycle = number("--cycle");
const ease = easing(read("--ease"));

const random = generator(20);
const papers = Array.from({ length: 64 }, (_, n) => ({
  side: n % 2 ? 1 : -1,
  angle: 0.62 + 0.72 * random(),
  speed: 520 + 560 * random(),
  spin: (random() - 0.5) * 26,
  flutter: 3 + 5 * random(),
  size: 0.7 + 0.6 * random(),
  long: 0.5 + 0.6 * random(),
  colour: colours[n % colours.length],
}));

function draw(seconds) {
  context.clearRect(0, 0, canvas.width, canvas.height);
  papers.slice(0, number("--count")).forEach((paper, n) => {
    let phase = ((seconds - n * number("--stagger")) / cycle + 2) % 1;
    if (read("--direction") === "reverse") phase = 1 - phase;
    const t = ease(phase) * 2;
    const bearing = (number("--bearing") * Math.PI) / 180;
    const out = paper.side * -1 * Math.cos(paper.angle) * paper.speed * t * 0.55;
    const up = -Math.sin(paper.angle) * paper.speed * t + 300 * t * t;
    const x = out * Math.cos(bearing) - up * Math.sin(bearing) * paper.side;
    const y = out * Math.sin(bearing) * paper.side + up * Math.cos(bearing);

    const size = number("--size") * paper.size * Math.min(1, 24 * phase, 10 * (1 - phase));
    context.save();
    context.translate(512 + paper.side * 330 + number("--travel") * x, 690 + number("--travel") * y);
    context.rotate(paper.spin * t * 0.3);
    context.scale(number("--stretch"), 0.35 + 0.65 * Math.abs(Math.cos(paper.flutter * t)));
    context.fillStyle = paper.colour;
    context.beginPath();
    context.roundRect(-size / 2, -size * paper.long, size, 2 * size * paper.long, number("--round") * paper.size);
    context.fill();
    context.restore();
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

// The same papers on every visit (mulberry32).
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

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
