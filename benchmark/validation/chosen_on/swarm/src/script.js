// Twenty fireflies, each on a loop of its own about the same clearing.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const context = document.querySelector("canvas").getContext("2d");
const colours = [1, 2, 3].map((n) => read(`--colour-${n}`));
const cycle = number("--cycle");
const ease = easing(read("--ease"));

const flies = Array.from({ length: 20 }, (_, n) => {
  const share = (k) => (n * k * 0.618034) % 1; // spread evenly, the same on every visit
  return {
    wide: 120 + 200 * share(1),
    high: 80 + 190 * share(3),
    x: 110 * (share(5) - 0.5),
    y: 110 * (share(7) - 0.5),
    turns: n % 3 ? 1 : 2,
    size: 24 + 26 * share(11),
    colour: colours[n % 3],
  };
});

function draw(seconds) {
  context.clearRect(0, 0, 1024, 768);
  const bearing = (number("--bearing") * Math.PI) / 180;
  flies.slice(0, number("--count")).forEach((fly, n) => {
    let phase = (((seconds - n * number("--stagger")) / cycle) % 1 + 1) % 1;
    if (read("--direction") === "reverse") phase = 1 - phase;
    const turn = 2 * Math.PI * ease(phase);
    const x = number("--travel") * (fly.x + fly.wide * Math.cos(turn));
    const y = number("--travel") * (fly.y + fly.high * Math.sin(fly.turns * turn + n));
    const size = fly.size * number("--size") * (1 + number("--swell") * Math.sin(2 * turn));
    const wide = size * number("--stretch");
    context.fillStyle = fly.colour;
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
