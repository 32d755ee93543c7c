// Six pucks on a table: each is struck, bounces off all four cushions, loses speed and comes home to its spot.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const order = read("--order").split(/\s+/).map(Number);
const cycle = number("--cycle");
const ease = easing(read("--ease"));
const bearing = (number("--bearing") * Math.PI) / 180;
const [table, lines, cap] = ["--page-2", "--page-3", "--colour-7"].map(read);

// The table's middle, how far from it a puck's centre can go, and from there to the cushion.
const middle = { x: 512, y: 384 };
const reach = { x: 390, y: 258 };
const margin = 34;

// Every way round is a parallelogram with sides along the table's diagonals. `corner`: where on the upper cushion it
// bounces, a share of its length; `from`: how far along the way round the spot is; `sense`: clockwise or against it.
const pucks = [
  { corner: 0.448, from: 0.401, sense: -1 },
  { corner: 0.426, from: 0.079, sense: -1 },
  { corner: 0.715, from: 0.588, sense: -1 },
  { corner: 0.242, from: 0.933, sense: 1 },
  { corner: 0.751, from: 0.066, sense: -1 },
  { corner: 0.24, from: 0.697, sense: 1 },
].map((puck, n) => {
  const colour = read(`--colour-${n + 1}`);
  return { ...puck, colour, side: `color-mix(in oklab, ${colour}, #000000 28%)`, home: along(puck, 0) };
});

function along({ corner, from, sense }, progress) {
  const [u, v] = [(2 * corner - 1) * reach.x, (2 * corner - 1) * reach.y];
  const corners = [
    [u, -reach.y],
    [reach.x, -v],
    [-u, reach.y],
    [-reach.x, v],
    [u, -reach.y],
  ];
  const ends = [0, (1 - corner) / 2, 0.5, 1 - corner / 2, 1];
  const way = (((from + sense * progress) % 1) + 1) % 1;
  const leg = ends.findLastIndex((end) => end <= way);
  const share = (way - ends[leg]) / (ends[leg + 1] - ends[leg]);
  const [a, b] = [corners[leg], corners[leg + 1]];
  return { x: a[0] + share * (b[0] - a[0]), y: a[1] + share * (b[1] - a[1]) };
}

function draw(seconds) {
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.save();
  context.translate(middle.x, middle.y);
  drawTable();
  pucks.slice(0, number("--count")).forEach((puck, n) => {
    let phase = ((seconds - order[n] * number("--stagger")) / cycle + 2) % 1;
    if (read("--direction") === "reverse") phase = 1 - phase;
    const there = along(puck, ease(phase));
    const x = there.x * Math.cos(bearing) - there.y * Math.sin(bearing);
    const y = there.x * Math.sin(bearing) + there.y * Math.cos(bearing);
    const travel = number("--travel");
    drawPuck(puck, puck.home.x + travel * (x - puck.home.x), puck.home.y + travel * (y - puck.home.y));
  });
  context.restore();
}

function drawTable() {
  const [width, height] = [2 * (reach.x + margin), 2 * (reach.y + margin)];
  const box = [-width / 2, -height / 2, width, height];
  context.strokeStyle = lines;
  context.fillStyle = table;
  context.lineWidth = 28;
  context.beginPath();
  context.roundRect(box[0] - 14, box[1] - 14, width + 28, height + 28, 40);
  context.fill();
  context.stroke();

  context.lineWidth = 4;
  context.beginPath();
  context.moveTo(0, -height / 2);
  context.lineTo(0, height / 2);
  context.moveTo(92, 0);
  context.arc(0, 0, 92, 0, 2 * Math.PI);
  pucks.forEach(({ home }) => {
    context.moveTo(home.x + 12, home.y);
    context.arc(home.x, home.y, 12, 0, 2 * Math.PI);
  });
  context.stroke();
}

// A flat disc with an edge below and a light ring on its top.
function drawPuck({ colour, side }, x, y) {
  const size = number("--size");
  const stretch = Math.sqrt(number("--stretch"));
  const plate = (share, down) => {
    const [width, height] = [size * share * stretch, (size * share) / stretch];
    context.beginPath();
    context.roundRect(-width / 2, size * down - height / 2, width, height, number("--round") * share);
    context.fill();
  };
  context.save();
  context.translate(x, y);
  context.fillStyle = side;
  plate(1, 0.04);
  context.fillStyle = colour;
  plate(1, -0.04);
  context.fillStyle = cap;
  plate(0.6, -0.04);
  context.fillStyle = colour;
  plate(0.4, -0.04);
  context.restore();
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
      const half = (low + high) / 2;
      if (curve(x1, x2, half) < progress) low = half;
      else high = half;
    }
    return curve(y1, y2, low);
  };
}
