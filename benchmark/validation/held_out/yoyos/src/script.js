// Nine yo-yos on a rail: dropped one after the other, they sleep and sway at the end of their strings, and climb back.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const find = (selector) => document.querySelector(selector);

const strings = [190, 280, 365, 435, 470, 435, 365, 280, 190];
const level = 98;
const wound = 74; // from the peg to the axle of a yo-yo that is wound up
const left = (n) => 512 + 82 * (n - 4);

const cycle = number("--cycle");
const order = read("--order").split(/\s+/).map(Number);
const size = number("--size");
const travel = number("--travel");
const swell = number("--swell");
const bearing = (number("--bearing") * Math.PI) / 180;
const ease = bezier(...read("--ease").match(/-?[\d.]+/g).map(Number));

// The timing function of CSS: for a share of the time, the share of the way.
function bezier(x1, y1, x2, y2) {
  const along = (a, b, s) => 3 * a * s * (1 - s) ** 2 + 3 * b * s * s * (1 - s) + s ** 3;
  return (share) => {
    let [low, high] = [0, 1];
    for (let k = 0; k < 24; k++) {
      const middle = (low + high) / 2;
      if (along(x1, x2, middle) < share) low = middle;
      else high = middle;
    }
    return along(y1, y2, (low + high) / 2);
  };
}

// How far into a part of the cycle a moment is, from 0 before it to 1 after it.
const within = (moment, from, to) => Math.min(1, Math.max(0, (moment - from) / (to - from)));

// Where a yo-yo is at a moment of its cycle: it falls, sleeps, climbs, rests.
function state(moment) {
  const falling = within(moment, 0, 0.24);
  const asleep = within(moment, 0.24, 0.54);
  const climbing = within(moment, 0.54, 0.94);
  const free = within(moment, 0.24, 0.94);

  const fallen = ease(falling);
  const climbed = 1 - ease(1 - climbing); // a fall, seen backwards
  const recoil = Math.abs(Math.sin(2 * Math.PI * asleep)) * (1 - asleep);

  return {
    depth: fallen - climbed - 0.09 * recoil,
    near: Math.sin((Math.PI / 2) * (fallen - climbed)),
    turns: 1.25 * fallen + 1.5 * asleep + 1.25 * climbed,
    sway: Math.sin(3 * Math.PI * free) * (1 - free),
    tug: 5 * (fallen - climbed) + 3 * recoil,
  };
}

function shape(name, inset = 0) {
  const side = 100 - 2 * inset;
  const wide = side * number("--stretch");
  const round = number("--round") * side;
  return `<rect class="${name}" x="${-wide / 2}" y="${-side / 2}" width="${wide}" height="${side}" rx="${round}"/>`;
}

const face = `
  ${shape("body")}
  ${shape("rim", 5)}
  <g transform="scale(${number("--stretch")} 1)">
    <circle class="plate" r="34"/>
    <path class="swirl" d="M0-34A17 17 0 0 1 0 0A17 17 0 0 0 0 34A34 34 0 0 1 0-34"/>
    <circle class="axle" r="8"/>
  </g>`;

find(".pegs").innerHTML = strings.map((_, n) => `<circle class="peg" cx="${left(n)}" cy="${level}" r="5"/>`).join("");
find(".yoyos").innerHTML = strings
  .map(
    (_, n) => `
    <g class="yoyo" style="--tint: var(--colour-${(n % 4) + 1})">
      <g class="shade" transform="translate(11 15)"><line class="string"/><g class="spun">${shape("body")}</g></g>
      <line class="string"/>
      <circle class="loop" r="${size * 0.19}"/>
      <g class="spun">${face}</g>
    </g>`,
  )
  .join("");

const yoyos = [...document.querySelectorAll(".yoyo")].map((yoyo) => ({
  lines: yoyo.querySelectorAll(".string"),
  loop: yoyo.querySelector(".loop"),
  spun: yoyo.querySelectorAll(".spun"),
}));

function place(yoyo, n, seconds) {
  const late = number("--delay") + order[n] * number("--stagger") - number("--at");
  const laps = (seconds - late) / cycle;
  const moment = laps - Math.floor(laps);
  const { depth, near, turns, sway, tug } = state(read("--direction") === "reverse" ? 1 - moment : moment);

  const angle = bearing + travel * 0.12 * sway;
  const [right, down] = [-Math.sin(angle), Math.cos(angle)];
  const far = wound + travel * strings[n] * depth;
  const [x, y] = [left(n) + far * right, level + far * down];
  const [loopX, loopY] = [left(n) + travel * tug * right, level + travel * tug * down];
  const scale = (size / 100) * (1 + swell * near);

  for (const line of yoyo.lines) {
    line.setAttribute("x1", loopX + size * 0.19 * right);
    line.setAttribute("y1", loopY + size * 0.19 * down);
    line.setAttribute("x2", x);
    line.setAttribute("y2", y);
  }
  yoyo.loop.setAttribute("cx", loopX);
  yoyo.loop.setAttribute("cy", loopY);
  for (const each of yoyo.spun) each.setAttribute("transform", `translate(${x} ${y}) rotate(${360 * turns}) scale(${scale})`);
}

function draw(now) {
  const paused = read("--play") === "paused";
  yoyos.forEach((yoyo, n) => place(yoyo, n, paused ? 0 : now / 1000));
  if (!paused) requestAnimationFrame(draw);
}
requestAnimationFrame(draw);
