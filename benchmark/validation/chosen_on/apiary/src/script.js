// Draws hives, flowers and bees; how they move is in style.css. Only the bees' paths are made here.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const find = (selector) => document.querySelector(selector);

const hives = [
  { x: 232, y: 486, colours: ["--colour-4", "--colour-11", "--colour-3"] },
  { x: 470, y: 474, colours: ["--colour-3", "--colour-4", "--colour-11"] },
  { x: 806, y: 482, colours: ["--colour-11", "--colour-3", "--colour-4"] },
];

// Where each flower's head is, its colour, and the landing board that its bee flies to. Visits are not in a row.
const visits = [
  { x: 128, y: 610, colour: "--colour-5", to: [222, 452] },
  { x: 596, y: 646, colour: "--colour-4", to: [492, 440] },
  { x: 362, y: 654, colour: "--colour-6", to: [448, 440] },
  { x: 902, y: 606, colour: "--colour-4", to: [826, 448] },
  { x: 236, y: 664, colour: "--colour-4", to: [246, 452] },
  { x: 752, y: 640, colour: "--colour-6", to: [788, 448] },
  { x: 480, y: 600, colour: "--colour-5", to: [470, 440] },
];

find(".hives").innerHTML = hives
  .map(({ x, y, colours }) => {
    const boxes = colours.map(
      (colour, n) => `
        <rect class="box" style="--colour: var(${colour})" x="${x - 58}" y="${y - 62 - 44 * n}" width="116" height="44" rx="3"/>
        <rect class="shade" x="${x - 58}" y="${y - 24 - 44 * n}" width="116" height="6"/>
        <rect class="shade" x="${x - 14}" y="${y - 50 - 44 * n}" width="28" height="7" rx="3.5"/>`,
    );
    return `
      <rect class="legs" x="${x - 50}" y="${y - 20}" width="10" height="24"/>
      <rect class="legs" x="${x + 40}" y="${y - 20}" width="10" height="24"/>
      ${boxes.join("")}
      <rect class="roof" x="${x - 68}" y="${y - 164}" width="136" height="18" rx="4"/>
      <rect class="entrance" x="${x - 34}" y="${y - 30}" width="68" height="9" rx="4.5"/>
      <rect class="roof" x="${x - 66}" y="${y - 20}" width="132" height="7" rx="2"/>`;
  })
  .join("");

// There on the outer side of a loop and back on the inner one; the aim is at (1, 0), outwards is up.
const loop = [
  [0, 0],
  [0.25, 0.6], [0.95, 1.05], [1.28, 0.62],
  [1.45, 0.4], [1.3, 0.06], [1, 0],
  [0.8, -0.04], [0.72, -0.42], [0.44, -0.36],
  [0.24, -0.32], [0.1, -0.16], [0, 0],
];

function flight({ x, y, to }, side) {
  const perch = [x, y - 24];
  const aim = [to[0] - perch[0], to[1] - perch[1]].map((part) => (part / 240) * number("--travel"));
  const angle = (number("--bearing") * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const points = loop.map(([along, out]) => {
    const right = along * aim[0] + side * out * aim[1];
    const down = along * aim[1] - side * out * aim[0];
    return `${(perch[0] + right * cos - down * sin).toFixed(2)} ${(perch[1] + right * sin + down * cos).toFixed(2)}`;
  });
  return `M ${points[0]} C ${points.slice(1).join(" ")}`;
}

const order = read("--order").split(/\s+/);
const petals = [0, 60, 120, 180, 240, 300]
  .map((degrees) => `<rect class="petal" x="-11" y="-38" width="22" height="32" transform="rotate(${degrees})"/>`)
  .join("");

find(".stems").innerHTML = visits
  .map(
    ({ x, y }, n) => `
    <path class="stem" d="M${x} ${y + 10} Q${x + 6} ${y + 70} ${x + (n % 2 ? 8 : -8)} 780"/>
    <path class="leaf" d="M${x + 2} ${y + 92} q${n % 2 ? "10 -34 44 -32 q-8 30 -44 32" : "-10 -34 -44 -32 q8 30 44 32"}"/>`,
  )
  .join("");

find(".flowers").innerHTML = visits
  .map(
    ({ x, y, colour }, n) => `
    <g transform="translate(${x} ${y})">
      <g class="flower" style="--i: ${order[n]}; --colour: var(${colour})">
        <g class="shape">${petals}<rect class="heart" x="-14" y="-14" width="28" height="28"/></g>
      </g>
    </g>`,
  )
  .join("");

find(".bees").innerHTML = visits
  .map((visit, n) => {
    // A bee flies its loop on the side of the page's edge and looks ahead.
    const side = [1, -1, 1, -1, 1, 1, -1][n];
    const path = flight(visit, side);
    return `
    <g class="bee" style="--i: ${order[n]}; offset-path: path('${path}')">
      <g class="turn"><g transform="scale(${side} 1)"><g class="shape">
        <path class="sting" d="M-22 -5 L-34 1 L-22 7 Z"/>
        <rect class="body" x="-27" y="-17" width="54" height="34"/>
        <rect class="stripe" x="-14" y="-16" width="8" height="32" rx="3"/>
        <rect class="stripe" x="1" y="-17" width="8" height="34" rx="3"/>
        <rect class="head" x="13" y="-13" width="24" height="24"/>
        <circle class="eye" cx="29" cy="-3" r="3.5"/>
        <g transform="translate(0 -14)"><g class="wings">
          <ellipse class="wing" cx="-12" cy="-15" rx="10" ry="19" transform="rotate(-24)"/>
          <ellipse class="wing" cx="2" cy="-16" rx="10" ry="19" transform="rotate(14)"/>
        </g></g>
      </g></g></g>
    </g>`;
  })
  .join("");
