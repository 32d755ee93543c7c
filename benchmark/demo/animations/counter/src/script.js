// A gauge that a timer counts up to its value, with five bars that fill behind it.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const output = document.querySelector("output");
const value = document.querySelector(".value");
const knob = document.querySelector(".knob");
const ease = easing(read("--ease"));
const cycle = number("--cycle");
const size = number("--size");

const bars = read("--order").split(/\s+/).map((turn) => {
  const bar = document.createElement("i");
  bar.className = "bar";
  document.querySelector(".bars").append(bar);
  return [bar, Number(turn)];
});

knob.setAttribute("width", size * 1.3);
knob.setAttribute("height", size * 1.3);
knob.setAttribute("rx", number("--round") * size * 1.3);

// Up in four fifths of the cycle, then a rest.
function share(seconds, from, to) {
  let phase = (seconds / cycle + 2) % 1;
  if (read("--direction") === "reverse") phase = 1 - phase;
  return ease(Math.min(1, Math.max(0, (phase - from) / (to - from))));
}

function show(seconds) {
  const done = number("--travel") * share(seconds, 0.06, 0.8);
  output.textContent = Math.round(100 * done);
  value.style.strokeDasharray = `${100 * done} 100`;
  const angle = 2 * Math.PI * done - Math.PI / 2;
  const [x, y] = [160 * Math.cos(angle), 160 * Math.sin(angle)];
  knob.setAttribute("transform", `translate(${x - knob.width.baseVal.value / 2} ${y - knob.height.baseVal.value / 2})`);
  bars.forEach(([bar, turn]) => {
    const begin = 0.06 + (turn * number("--stagger")) / cycle;
    bar.style.setProperty("--done", number("--travel") * share(seconds, begin, begin + 0.3));
  });
}

let seconds = number("--at") - number("--delay");
show(seconds);

if (read("--play") === "running") {
  setInterval(() => show((seconds += 0.02)), 20);
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
