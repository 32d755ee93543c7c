// A Galton board: marbles hop down from peg to peg, rest in a bin, roll to the pipe and are blown up to the hopper again.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const cycle = number("--cycle");
const order = read("--order").split(/\s+/).map(Number);
const ease = easing(read("--ease"));
const bearing = (number("--bearing") * Math.PI) / 180;
const [size, round, stretch] = ["--size", "--round", "--stretch"].map(number);
const [travel, swell] = ["--travel", "--swell"].map(number);
const colours = [1, 2, 3, 4, 5, 6].map((n) => read(`--colour-${n}`));
const [light, dark, brass] = ["--colour-7", "--colour-8", "--colour-9"].map(read);
const [face, bell, shade] = ["--page-5", "--page-6", "--page-7"].map(read);

// Everything lies about the board's middle. Pegs stand in a triangle; a marble bounces a little above a peg.
const middle = { x: 512, y: 384 };
const mouth = { x: -54, y: -240 };
const rows = 7;
const apart = { x: 66, y: 46 };
const firstRow = -150;
const above = 26;
const pipe = { x: 285, top: -268, bottom: 262, bend: 70 };
const pegAt = (row, place) => ({ x: mouth.x + (place - row / 2) * apart.x, y: firstRow + row * apart.y });
const binAt = (bin) => mouth.x + (bin - rows / 2) * apart.x;
const gutterAt = (x) => pipe.bottom - ((pipe.x - pipe.bend - x) / 500) * 40;

// The moments of a round, as shares of it.
const struck = 0.04; // the first peg
const hop = 0.058; // from peg to peg
const binned = struck + (rows - 1) * hop + 0.1;
const atPipe = binned + 0.19;
const blownUp = atPipe + 0.2;

// Which way every marble goes at the pegs; as many fall into a bin as the binomial law has it.
const marbles = "0101100 1101101 0010010 1010011 1110111 1100010 0000100 0110110 0000000 0011010 1011101 0111010 1000010 1111111 1001001 0110101"
  .split(" ")
  .map((turns, n) => {
    const places = [0];
    for (const turn of turns) places.push(places.at(-1) + Number(turn));
    return { places, colour: colours[(n * 5 + Math.floor(n / 6)) % colours.length], kind: n % 5 };
  });

function along({ places }, phase) {
  if (phase < struck) {
    const share = phase / struck;
    return { x: mouth.x, y: mouth.y + ((ease(share) + share) / 2) * (firstRow - above - mouth.y) };
  }
  if (phase < binned) {
    const row = Math.min(rows - 1, Math.floor((phase - struck) / hop));
    const from = pegAt(row, places[row]);
    const last = row === rows - 1;
    const share = (phase - struck - row * hop) / (last ? binned - struck - row * hop : hop);
    const x = binAt(places[rows]);
    const to = last ? { x, y: gutterAt(x) - 36 + above } : pegAt(row + 1, places[row + 1]);
    const across = last ? Math.min(1, 1.7 * share) : share;
    return { x: from.x + across * (to.x - from.x), y: from.y - above + ease(share) * (to.y - from.y) };
  }
  const bin = binAt(places[rows]);
  const edge = pipe.x - pipe.bend;
  if (phase < atPipe) {
    const speed = 500 / (atPipe - binned);
    const x = Math.max(bin, edge - speed * (atPipe - phase));
    return { x, y: gutterAt(x) - 36 * Math.max(0, 1 - (x - bin) / 30) ** 2 };
  }
  if (phase < blownUp) {
    const quarter = (Math.PI / 2) * pipe.bend;
    const straight = pipe.bottom - pipe.top - 2 * pipe.bend;
    const way = ((phase - atPipe) / (blownUp - atPipe)) * (2 * quarter + straight);
    if (way > quarter && way < quarter + straight) return { x: pipe.x, y: pipe.bottom - pipe.bend - (way - quarter) };
    const lower = way <= quarter;
    const angle = (lower ? way : way - quarter - straight) / pipe.bend;
    return lower
      ? { x: edge + pipe.bend * Math.sin(angle), y: pipe.bottom - pipe.bend * (1 - Math.cos(angle)) }
      : { x: edge + pipe.bend * Math.cos(angle), y: pipe.top + pipe.bend * (1 - Math.sin(angle)) };
  }
  const share = (phase - blownUp) / (1 - blownUp);
  return { x: edge + share * (mouth.x - edge), y: pipe.top + share ** 1.5 * (mouth.y - pipe.top) };
}

const scene = drawn(drawScene);
const glass = drawn(drawGlass);

function draw(seconds) {
  const about = marbles.slice(0, number("--count")).map((marble, n) => {
    const rounds = (seconds - order[n] * number("--stagger")) / cycle;
    return { marble, phase: share(read("--direction") === "reverse" ? -rounds : rounds) };
  });
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(scene, 0, 0);
  context.save();
  context.translate(middle.x, middle.y);
  drawPegs(about);
  about.forEach(({ marble, phase }) => {
    const { x, y } = along(marble, phase);
    const turnedX = x * Math.cos(bearing) - y * Math.sin(bearing);
    const turnedY = x * Math.sin(bearing) + y * Math.cos(bearing);
    drawMarble(marble, travel * turnedX, travel * turnedY);
  });
  context.restore();
  context.drawImage(glass, 0, 0);
}

function share(rounds) {
  return ((rounds % 1) + 1) % 1;
}

function block(pen, across) {
  const [wide, high] = [across * Math.sqrt(stretch), across / Math.sqrt(stretch)];
  pen.beginPath();
  pen.roundRect(-wide / 2, -high / 2, wide, high, round * Math.min(wide, high));
  return [wide, high];
}

// A peg that is struck swells and shows the marble's colour for a moment.
function drawPegs(about) {
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place <= row; place++) {
      let [most, colour] = [0, brass];
      about.forEach(({ marble, phase }) => {
        const age = share(phase - struck - row * hop) / 0.085;
        if (marble.places[row] !== place || age >= 1) return;
        const bump = Math.sin(Math.PI * Math.sqrt(age));
        if (bump > most) [most, colour] = [bump, marble.colour];
      });
      const { x, y } = pegAt(row, place);
      context.save();
      context.translate(x, y);
      context.fillStyle = `color-mix(in oklab, ${brass}, ${colour} ${(100 * most).toFixed(1)}%)`;
      block(context, 0.46 * size * (1 + swell * most));
      context.fill();
      context.fillStyle = light;
      block(context, 0.17 * size);
      context.fill();
      context.restore();
    }
  }
}

// Marbles with a band, a spot, a ring, two halves, or a cross.
function drawMarble({ colour, kind }, x, y) {
  context.save();
  context.translate(x, y);
  context.fillStyle = colour;
  const [wide, high] = block(context, size);
  context.fill();
  context.save();
  context.clip();
  context.fillStyle = context.strokeStyle = light;
  if (kind === 0) context.fillRect(-wide / 2, -0.13 * high, wide, 0.26 * high);
  if (kind === 3) context.fillRect(0, -high / 2, wide / 2, high);
  if (kind === 4) {
    context.fillRect(-0.09 * wide, -high / 2, 0.18 * wide, high);
    context.fillRect(-wide / 2, -0.09 * high, wide, 0.18 * high);
  }
  if (kind === 1) {
    block(context, 0.44 * size);
    context.fill();
  }
  if (kind === 2) {
    context.lineWidth = 0.12 * size;
    block(context, 0.56 * size);
    context.stroke();
  }
  context.restore();
  context.strokeStyle = dark;
  context.lineWidth = 0.09 * size;
  block(context, 0.95 * size);
  context.stroke();
  context.restore();
}

function drawn(paint) {
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [canvas.width, canvas.height];
  const pen = sheet.getContext("2d");
  pen.translate(middle.x, middle.y);
  pen.lineCap = pen.lineJoin = "round";
  paint(pen);
  return sheet;
}

function pipeLine(pen) {
  const edge = pipe.x - pipe.bend;
  pen.beginPath();
  pen.moveTo(edge, pipe.bottom);
  pen.arcTo(pipe.x, pipe.bottom, pipe.x, 0, pipe.bend);
  pen.arcTo(pipe.x, pipe.top, edge, pipe.top, pipe.bend);
  pen.lineTo(edge, pipe.top);
}

function drawScene(pen) {
  // the board on its feet, before the wall
  pen.fillStyle = shade;
  pen.fillRect(-270, 300, 60, 46);
  pen.fillRect(210, 300, 60, 46);
  pen.globalAlpha = 0.45;
  pen.beginPath();
  pen.roundRect(-320, -296, 668, 626, 44);
  pen.fill();
  pen.globalAlpha = 1;
  pen.fillStyle = face;
  pen.strokeStyle = brass;
  pen.lineWidth = 10;
  pen.beginPath();
  pen.roundRect(-334, -312, 668, 626, 44);
  pen.fill();
  pen.stroke();

  // the bell curve behind the pegs
  pen.fillStyle = bell;
  pen.beginPath();
  pen.moveTo(-322, 196);
  for (let x = -322; x <= 228; x += 5) pen.lineTo(x, 196 - 310 * Math.exp(-(((x - mouth.x) / 118) ** 2)));
  pen.lineTo(228, 196);
  pen.fill();

  // the pipe's inside
  pen.strokeStyle = bell;
  pen.lineWidth = 48;
  pipeLine(pen);
  pen.stroke();

  // the chute above, the hopper, the gutter below, and the bins
  pen.strokeStyle = brass;
  pen.lineWidth = 6;
  pen.beginPath();
  pen.moveTo(190, pipe.top + 24);
  pen.lineTo(mouth.x + 46, mouth.y + 16);
  pen.lineTo(mouth.x + 25, mouth.y + 44);
  pen.moveTo(mouth.x - 46, mouth.y - 30);
  pen.lineTo(mouth.x - 46, mouth.y + 12);
  pen.lineTo(mouth.x - 25, mouth.y + 44);
  pen.moveTo(binAt(-0.5), gutterAt(binAt(-0.5)) + 22);
  pen.lineTo(190, gutterAt(190) + 22);
  pen.stroke();
  pen.lineWidth = 5;
  pen.beginPath();
  for (let bin = 0; bin <= rows + 1; bin++) {
    const x = binAt(bin - 0.5);
    pen.moveTo(x, 142);
    pen.lineTo(x, gutterAt(x) - 30);
  }
  pen.stroke();

  // screws in the corners
  pen.fillStyle = brass;
  for (const [x, y] of [[-304, -282], [-304, 284], [304, -282], [304, 284]]) {
    pen.beginPath();
    pen.arc(x, y, 7, 0, 2 * Math.PI);
    pen.fill();
  }
}

function drawGlass(pen) {
  pen.strokeStyle = light;
  pen.globalAlpha = 0.2;
  pen.lineWidth = 5;
  pen.beginPath();
  pen.moveTo(pipe.x - 14, pipe.bottom - 80);
  pen.lineTo(pipe.x - 14, pipe.top + 80);
  pen.stroke();
  pen.globalAlpha = 1;
  pen.fillStyle = brass;
  for (const y of [170, 57, -57, -170]) {
    pen.beginPath();
    pen.roundRect(pipe.x - 29, y - 6, 58, 12, 5);
    pen.fill();
  }
  for (const y of [pipe.top, pipe.bottom]) {
    pen.beginPath();
    pen.roundRect(pipe.x - pipe.bend - 32, y - 29, 12, 58, 5);
    pen.fill();
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
