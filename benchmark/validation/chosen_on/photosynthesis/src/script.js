// Light, water and air stream into a plant, sugar and oxygen out of it; each stage in its turn.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/).map(Number);
const ease = read("--ease");
const cycle = ms("--cycle");
const travel = number("--travel");
const bulge = number("--bulge");
const swell = number("--swell");
const dip = number("--dip");
const round = number("--round");
const angle = (number("--bearing") * Math.PI) / 180;
const turned = ([x, y]) => [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];

// A turn may have a part: 1.4 begins four tenths of a stagger after the second thing.
function run(element, frames, turn, easing = ease) {
  const animation = element.animate(
    frames.map((frame) => ({ easing, ...frame })),
    {
      duration: cycle,
      iterations: Infinity,
      direction: read("--direction"),
      delay: ms("--delay") + turn * ms("--stagger") - ms("--at") - 2 * cycle,
      fill: "both",
    },
  );
  if (read("--play") === "paused") animation.pause();
}

// Drawing.

const block = (kind, x, y, width, height, corner) =>
  `<rect class="${kind}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="${round * corner}"/>`;
const atom = (kind, x, y, radius) => block(`atom ${kind}`, x, y, 2 * radius, 2 * radius, radius);

const molecules = {
  light: `<g transform="rotate(45)">${block("atom light", 0, 0, 19, 19, 5)}</g>`,
  water: atom("", -11, 8, 7) + atom("", 11, 8, 7) + atom("water", 0, -2, 12),
  air: atom("oxygen", -17, 0, 9) + atom("oxygen", 17, 0, 9) + atom("carbon", 0, 0, 12),
  sugar: `<path class="bond" d="M12 7L21 13"/>${atom("", 22, 13, 6)}
    <path class="atom sugar" d="M-15 0L-8 -13H8L15 0L8 13H-8Z"/>${atom("oxygen", 8, -13, 6)}`,
  oxygen: atom("oxygen", -9, 0, 11) + atom("oxygen", 9, 0, 11),
};

// Where each stage's stream runs from and to, how far it is bent, where its label stands and its term of the formula.
const stages = [
  { kind: "light", from: [806, 160], to: [572, 300], bend: -0.5, card: [868, 250], name: "Sunlight", note: "drives it all", term: [492, 96, "light"] },
  { kind: "water", from: [236, 640], to: [508, 478], bend: 1.9, card: [140, 642], name: "Water", note: "up from the roots", term: [352, 96, "6 H₂O"] },
  { kind: "air", from: [240, 340], to: [466, 384], bend: -0.8, card: [140, 340], name: "Carbon dioxide", note: "in from the air", term: [212, 96, "6 CO₂"] },
  { kind: "sugar", from: [516, 478], to: [788, 640], bend: 1.9, card: [884, 642], name: "Sugar", note: "feeds the plant", term: [652, 136, "C₆H₁₂O₆"] },
  { kind: "oxygen", from: [566, 412], to: [786, 424], bend: -0.9, card: [884, 430], name: "Oxygen", note: "out for us all", term: [812, 96, "6 O₂"] },
];
const lanes = [-15, 11, -3, 17, -11];

// The way of one lane about the stream's middle, so long, so bent and so turned as the properties say.
function way({ from, to, bend }, lane) {
  const middle = [0, 1].map((axis) => (from[axis] + to[axis]) / 2);
  const half = [0, 1].map((axis) => (to[axis] - from[axis]) / 2);
  const length = Math.hypot(...half);
  const normal = [-half[1] / length, half[0] / length];
  const point = (along, aside) => {
    const [x, y] = turned(
      [0, 1].map((axis) => along * half[axis] * (travel / 100) + (lane + aside * bulge * Math.sign(bend)) * normal[axis]),
    );
    return `${(middle[0] + x).toFixed(2)} ${(middle[1] + y).toFixed(2)}`;
  };
  const aside = Math.abs(bend);
  return `M${point(-1, 0)}C${point(-0.33, aside)} ${point(0.33, aside)} ${point(1, 0)}`;
}

document.querySelector(".stages").innerHTML = stages
  .map(({ kind, card, name, note, term: [x, width, formula] }, n) => {
    const rays = Array.from({ length: 12 }, (_, ray) => {
      const long = ray % 2 ? 20 : 30;
      return `<g transform="rotate(${30 * ray})">${block("beam", 0, -58 - long / 2, 9, long, 4.5)}</g>`;
    });
    const sun = `
      <g transform="translate(868 122)">
        <g class="rays"><g class="look">${rays.join("")}</g></g>
        <g class="look">${block("disc", 0, 0, 96, 96, 48)}</g>
      </g>`;
    const flow = lanes.map(() => `<g class="mover"><g class="fader"><g class="look">${molecules[kind]}</g></g></g>`);
    return `
      <g class="stage">
        ${kind === "light" ? sun : ""}
        ${flow.join("")}
        <g transform="translate(${card.join(" ")})"><g class="card"><g class="look">
          ${block("sheet", 0, 0, 204, 70, 20)}
          <text class="name" x="-72" y="-4">${name}</text>
          <text class="note" x="-72" y="18">${note}</text>
          <g transform="translate(-102 0)"><g class="pop">
            ${block("badge", 0, 0, 42, 42, 21)}
            <text class="step" y="6.5">${n + 1}</text>
          </g></g>
        </g></g></g>
        <g transform="translate(${x} 730)"><g class="hop"><g class="look">
          ${block("term", 0, 0, width, 36, 18)}
          <text class="formula" y="6">${formula}</text>
        </g></g></g>
      </g>`;
  })
  .join("");

document.querySelector(".signs").innerHTML = [["+", 282], ["+", 422], ["→", 562], ["+", 742]]
  .map(([sign, x]) => `<text class="sign" x="${x}" y="738">${sign}</text>`)
  .join("");

document.querySelector(".stones").innerHTML = [
  [66, 724, 30, 18], [300, 606, 22, 14], [338, 682, 34, 20], [410, 692, 16, 12], [622, 700, 26, 16],
  [690, 610, 32, 18], [742, 690, 18, 12], [946, 604, 22, 14], [976, 734, 34, 20], [44, 602, 18, 12],
]
  .map(([x, y, width, height]) => `<g transform="translate(${x} ${y})"><g class="look">${block("stone", 0, 0, width, height, height / 2)}</g></g>`)
  .join("");

// The plant: joints of its leaves, which way they point, how long and how wide they are.
const leaves = [
  [511, 516, -168, 128, 33],
  [513, 494, -14, 128, 33],
  [509, 434, -154, 126, 33],
  [513, 412, -28, 126, 33],
  [510, 356, -134, 110, 29],
  [514, 338, -46, 110, 29],
  [512, 296, -91, 96, 26],
];

// Half a leaf, from its middle at the origin; without roundness a triangle.
function side(long, wide) {
  const mixed = (whole, straight) => (round * whole + (1 - round) * straight).toFixed(2);
  return `M${-long / 2} 0Q${mixed(-0.28 * long, -0.25 * long)} ${mixed(wide, wide / 2)} 0 ${wide}
    Q${mixed(0.24 * long, 0.25 * long)} ${mixed(wide, wide / 2)} ${long / 2} 0Z`;
}

document.querySelector(".plant").innerHTML = `
  <g transform="translate(512 636)"><g class="look">
    <path class="root" d="M0 -58C2 -30 -4 0 2 52"/>
    <path class="root" d="M0 -44C-14 -14 -50 -14 -74 16"/>
    <path class="root" d="M0 -44C16 -12 52 -16 76 14"/>
    <path class="root fine" d="M-34 -12C-42 10 -40 22 -48 44M36 -12C42 8 42 24 50 42M-1 -6C-14 16 -14 24 -20 40M0 0C12 16 16 30 18 46"/>
  </g></g>
  <g transform="translate(512 438)"><g class="look">
    <path class="stem" d="M0 146C-5 90 4 40 -1 -20S2 -110 0 -140"/>
  </g></g>
  ${leaves
    .map(
      ([x, y, points, long, wide]) => `
        <g transform="translate(${x} ${y})"><g class="leaf"><g transform="rotate(${points}) translate(${long / 2} 0)"><g class="look">
          <path class="blade" d="${side(long, -wide)}"/>
          <path class="shade" d="${side(long, wide)}"/>
          <path class="rib" d="M${-long / 2} 0H${0.36 * long}M${-0.2 * long} 0l14 -13M${0.04 * long} 0l13 -12M${-0.1 * long} 0l14 13M${0.14 * long} 0l12 10"/>
        </g></g></g></g>`,
    )
    .join("")}`;

// Moving.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const shifted = (x, y) => {
  const [right, down] = turned([x * travel, y * travel]);
  return `${right.toFixed(2)}px ${down.toFixed(2)}px`;
};

all(".stage").forEach((stage, n) => {
  all(".mover", stage).forEach((mover, lane) => {
    const turn = order[n] + 0.4 * lane;
    mover.style.offsetPath = `path("${way(stages[n], lanes[lane])}")`;
    run(mover, [{ offsetDistance: "0%", offset: 0 }, { offsetDistance: "100%", offset: 0.6 }, { offsetDistance: "100%", offset: 1 }], turn);
    run(
      mover.firstElementChild,
      [
        { opacity: 0, scale: 1 - dip, rotate: `${-110 * swell}deg`, offset: 0 },
        { opacity: 1, scale: 1, rotate: `${-70 * swell}deg`, offset: 0.1 },
        { opacity: 1, scale: 1, rotate: `${70 * swell}deg`, offset: 0.5 },
        { opacity: 0, scale: 1 - dip, rotate: `${110 * swell}deg`, offset: 0.62 },
        { opacity: 0, scale: 1 - dip, rotate: `${-110 * swell}deg`, offset: 1 },
      ],
      turn,
      "linear",
    );
  });

  // A label leans the way its stream runs, its number pops, its term hops.
  const lean = stages[n].to[0] > stages[n].from[0] ? 0.16 : -0.16;
  all(".card", stage).forEach((card) =>
    run(card, [
      { translate: "0 0", offset: 0 },
      { translate: shifted(lean, 0), offset: 0.18 },
      { translate: "0 0", offset: 0.5 },
      { translate: "0 0", offset: 1 },
    ], order[n]),
  );
  all(".pop", stage).forEach((badge) =>
    run(badge, [
      { scale: 1, offset: 0 },
      { scale: 1 + 2.4 * swell, offset: 0.14 },
      { scale: 1 - 0.5 * swell, offset: 0.34 },
      { scale: 1, offset: 0.48 },
      { scale: 1, offset: 1 },
    ], order[n]),
  );
  all(".hop", stage).forEach((term) =>
    run(term, [
      { translate: "0 0", scale: 1, offset: 0 },
      { translate: shifted(0, -0.2), scale: 1 + 1.2 * swell, offset: 0.16 },
      { translate: shifted(0, 0.04), scale: 1, offset: 0.42 },
      { translate: "0 0", scale: 1, offset: 0.56 },
      { translate: "0 0", scale: 1, offset: 1 },
    ], order[n]),
  );
  all(".rays", stage).forEach((rays) =>
    run(rays, [
      { scale: 1, rotate: "0deg", offset: 0 },
      { scale: 1 + 1.1 * swell, rotate: `${130 * swell}deg`, offset: 0.24 },
      { scale: 1 - 0.3 * swell, rotate: `${40 * swell}deg`, offset: 0.58 },
      { scale: 1, rotate: "0deg", offset: 0.84 },
      { scale: 1, rotate: "0deg", offset: 1 },
    ], order[n]),
  );
});

all(".leaf").forEach((leaf, n) => {
  const sway = (n % 2 ? 70 : -70) * swell;
  run(leaf, [
    { rotate: "0deg", offset: 0 },
    { rotate: `${sway}deg`, offset: 0.26 },
    { rotate: `${-0.55 * sway}deg`, offset: 0.54 },
    { rotate: `${0.2 * sway}deg`, offset: 0.76 },
    { rotate: "0deg", offset: 1 },
  ], order[n % order.length] + 0.6);
});
