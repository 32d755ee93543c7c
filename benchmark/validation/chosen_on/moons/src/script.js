// Moons on ellipses about a point where nothing stands.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const context = document.querySelector("canvas").getContext("2d");
const moons = [
  { wide: 150, high: 90, size: 70 },
  { wide: 260, high: 160, size: 54 },
  { wide: 360, high: 230, size: 84 },
  { wide: 430, high: 300, size: 44 },
];
const ease = easing(read("--ease"));

function draw(seconds) {
  context.clearRect(0, 0, 1024, 768);
  moons.slice(0, number("--count")).forEach((moon, n) => {
    let phase = (((seconds - n * number("--stagger")) / number("--cycle")) % 1 + 1) % 1;
    if (read("--direction") === "reverse") phase = 1 - phase;
    const turn = 2 * Math.PI * ease(phase) + n;
    const bearing = (number("--bearing") * Math.PI) / 180;
    const x = number("--travel") * moon.wide * Math.cos(turn);
    const y = number("--travel") * moon.high * Math.sin(turn);
    const size = moon.size * number("--size");
    const wide = size * number("--stretch");
    context.fillStyle = read(`--colour-${n + 1}`);
    context.beginPath();
    context.roundRect(
      512 + x * Math.cos(bearing) - y * Math.sin(bearing) - wide / 2,
      384 + x * Math.sin(bearing) + y * Math.cos(bearing) - size / 2,
      wide,
      size,
      number("--round") * size,
    );
    context.fill();
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
