// A rosette of rhombi: three rings of eight that tile an octagon. Each in its turn, from the rim to the heart,
// leaves its socket, makes half a turn on a drop-shaped loop and lies down again.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);
const find = (selector) => document.querySelector(selector);

const SIDE = 98;
const EIGHTH = Math.PI / 4;

// How far from the middle the corners of the rings lie: the sum of k unit vectors an eighth of a turn apart.
const corner = (k) => (SIDE * Math.sin((k * EIGHTH) / 2)) / Math.sin(EIGHTH / 2);

// From the rim to the heart, so that the inner ones pass over the outer ones.
const places = [3, 2, 1].flatMap((ring) =>
  Array.from({ length: 8 }, (_, n) => ({
    angle: n * EIGHTH + (ring % 2 ? EIGHTH / 2 : 0) - Math.PI / 2,
    radius: (corner(ring - 1) + corner(ring + 1)) / 2,
    half: [SIDE * Math.cos((ring * EIGHTH) / 2), SIDE * Math.sin((ring * EIGHTH) / 2)],
    tint: ring === 3 ? (n % 2 ? "--colour-4" : "--colour-3") : `--colour-${ring}`,
  })),
);

// One quarter of a rhombus, from its middle to the (rounded) corners a and b.
function quarter(a, b, cut) {
  const towards = (from, to, part) => from.map((value, axis) => value + (to[axis] - value) * part);
  const part = cut / Math.hypot(a[0] - b[0], a[1] - b[1]);
  const [start, end] = [towards(a, b, part), towards(b, a, part)];

  // The corners are quadratic curves cut in halves on the diagonals.
  const half = (tip, side) => {
    const mirrored = tip[0] ? [side[0], -side[1]] : [-side[0], side[1]];
    return { top: towards(towards(mirrored, side, 0.5), tip, 0.5), control: towards(tip, side, 0.5) };
  };
  const [first, last] = [half(a, start), half(b, end)];
  return { from: first.top, curve: `Q${first.control} ${start} L${end} Q${last.control} ${last.top}` };
}

function gem([wide, high], cut) {
  const tips = [[wide, 0], [0, high], [-wide, 0], [0, -high]];
  const quarters = tips.map((tip, n) => quarter(tip, tips[(n + 1) % 4], cut));
  return {
    outline: `M${quarters[0].from} ${quarters.map((each) => each.curve).join(" ")}Z`,
    facets: [0, 2].map((n) => `M0 0 L${quarters[n].from} ${quarters[n].curve}Z`).join(" "),
  };
}

const degrees = (angle) => (angle * 180) / Math.PI;
const octagon = (radius) =>
  `M${Array.from({ length: 8 }, (_, n) => {
    const angle = (n + 0.5) * EIGHTH;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }).join(" L")}Z`;
const at = ({ radius, angle }) =>
  `translate(${radius * Math.cos(angle)} ${radius * Math.sin(angle)}) rotate(${degrees(angle)})`;

// The page carries the drawing of a whole floor of octagons; the one in the middle is laid.
const APART = 2 * 302 * Math.cos(EIGHTH / 2);
const drawing = (scale) => places.map((place) => `<path transform="${at(place)}" d="${gem(place.half.map((side) => side * scale), 0).outline}"/>`).join("");
const floor = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => [x * APART, y * APART]));
find(".floor").innerHTML = floor
  .map(([x, y]) => `<g transform="translate(${x} ${y})"><path d="${octagon(302)}"/>${!x !== !y ? drawing(1) : ""}</g>`)
  .join("");
find(".bed").innerHTML = `<path d="${octagon(280)}"/>`;
find(".sockets").innerHTML = drawing(0.72);

const cut = Math.min(number("--round"), SIDE / 2);
find(".tiles").innerHTML = places
  .map((place) => {
    const { outline, facets } = gem(place.half, cut);
    return `
      <g class="tile" transform="${at(place)}" style="--tint: var(${place.tint})">
        <g class="flight">
          <g class="gem"><path d="${outline}"/><path class="light" d="${facets}"/><path class="edge" d="${outline}"/></g>
        </g>
      </g>`;
  })
  .join("");

// The loop, in the tile's own axes (x points away from the middle): out on one side, home on the other.
const travel = number("--travel");
const bearing = (number("--bearing") * Math.PI) / 180;
const STEPS = 24;
const loop = Array.from({ length: STEPS + 1 }, (_, n) => {
  const t = n / STEPS;
  const out = Math.sin(Math.PI * t);
  const veer = bearing + 0.75 * Math.cos(Math.PI * t);
  const [x, y] = [travel * out * Math.cos(veer), travel * out * Math.sin(veer)];
  return { transform: `translate(${x}px, ${y}px) rotate(${180 * t}deg) scale(${1 + number("--swell") * out})` };
});

const order = read("--order").split(/\s+/).map(Number);
const cycle = ms("--cycle");

document.querySelectorAll(".flight").forEach((flight, n) => {
  const flying = flight.animate(loop, {
    duration: cycle,
    iterations: Infinity,
    easing: read("--ease"),
    direction: read("--direction"),
    delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * cycle,
    fill: "both",
  });
  if (read("--play") === "paused") flying.pause();
});
