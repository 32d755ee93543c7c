// Two steps along the row and one long way back; the card whose turn it is stands out. Tweened frame by frame.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const cards = [...document.querySelectorAll(".card")];
const order = read("--order").split(/\s+/);
const cycle = number("--cycle");
const ease = easing(read("--ease"));
const angle = (number("--bearing") * Math.PI) / 180;
const timeline = [[0.02, 0.26, 0, 1], [0.32, 0.56, 1, 2], [0.62, 0.98, 2, 0]];

cards.forEach((card, n) => card.style.setProperty("--n", n));

// How many steps the row has gone at a time in seconds.
function steps(seconds) {
  let phase = (((seconds / cycle) % 1) + 1) % 1;
  if (read("--direction") === "reverse") phase = 1 - phase;
  let gone = 0;
  for (const [begin, end, from, to] of timeline) {
    if (phase > begin) gone = from + (to - from) * ease(Math.min(1, (phase - begin) / (end - begin)));
  }
  return gone;
}

function show(seconds) {
  cards.forEach((card, n) => {
    const gone = steps(seconds - order[n] * number("--stagger"));
    const way = -gone * number("--travel");
    const near = Math.max(0, 1 - Math.abs(n - 1 - gone));
    card.style.transform = `translate(${way * Math.cos(angle)}px, ${way * Math.sin(angle)}px) scale(${1 + number("--swell") * near})`;
  });
}

const offset = number("--at") - number("--delay");
let start;

function frame(now) {
  start ??= now;
  show((now - start) / 1000 + offset);
  requestAnimationFrame(frame);
}

if (read("--play") === "running") requestAnimationFrame(frame);
else show(offset);

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
