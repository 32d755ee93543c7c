// Fifty flakes fall past, each at a pace and with a sway of its own, and come again after a whole cycle.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const context = document.querySelector("canvas").getContext("2d");
const cycle = number("--cycle");
const bearing = (number("--bearing") * Math.PI) / 180;
const share = (n, k) => (((n + 1) * k * 0.618034) % 1); // spread evenly, the same on every visit

function draw(seconds) {
  context.clearRect(0, 0, 1024, 768);
  for (let n = 0; n < number("--count"); n++) {
    const phase = (seconds - n * number("--stagger")) / cycle;
    const run = read("--direction") === "reverse" ? -phase : phase;
    const rounds = n % 3 === 0 ? 2 : 1; // the near ones fall faster
    const fallen = (((run * rounds + share(n, 7)) % 1) + 1) % 1;
    const along = number("--travel") * (fallen - 0.5) * 900;
    const sway = number("--travel") * 26 * Math.sin(2 * Math.PI * (run * 2 + share(n, 3)));
    const size = number("--size") * (rounds === 2 ? 26 : 15);
    const wide = size * number("--stretch");
    const x = 512 + (share(n, 1) - 0.5) * 980 + along * Math.sin(bearing) + sway * Math.cos(bearing);
    const y = 384 + along * Math.cos(bearing) - sway * Math.sin(bearing);
    context.fillStyle = read(`--colour-${(n % 2) + 1}`);
    context.beginPath();
    context.roundRect(x - wide / 2, y - size / 2, wide, size, number("--round") * size);
    context.fill();
  }
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
