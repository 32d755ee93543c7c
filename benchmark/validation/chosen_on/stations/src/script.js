// Nine weather stations, each going round its own year in a chart of temperature and rainfall.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);
const find = (selector) => document.querySelector(selector);

// Name, and [°C, mm] in winter, spring, summer and autumn.
const data = [
  ["Arnsund", [-7.6, 62], [-4.6, 32], [-0.4, 42], [-3.4, 72]],
  ["Bekholm", [-4, 118], [-1.4, 148], [3.2, 142], [1.8, 108]],
  ["Corrie", [1, 90], [2.8, 58], [8, 66], [6.2, 94]],
  ["Dunmore", [3.8, 184], [6, 150], [10.4, 154], [7.8, 188]],
  ["Fossby", [7.4, 96], [9, 126], [13.8, 130], [11.8, 100]],
  ["Hamre", [9.8, 58], [12, 26], [16.6, 34], [13.6, 66]],
  ["Lindau", [13.4, 140], [15.8, 170], [20.4, 164], [18, 130]],
  ["Morava", [17, 102], [18.6, 66], [23.2, 72], [21.2, 108]],
  ["Solera", [21.4, 124], [23.6, 154], [27.8, 158], [25.6, 116]],
];
const right = (degrees) => 106 + 17.6 * (degrees + 10);
const down = (rain) => 545 - 2.5 * rain;
const points = data.map(([, ...year]) => year.map(([degrees, rain]) => [right(degrees), down(rain)]));
const mean = (numbers) => numbers.reduce((sum, each) => sum + each) / numbers.length;

// From cold to warm by way of mild.
const tint = (n) =>
  n < 4
    ? `color-mix(in oklch, var(--colour-1), var(--colour-2) ${25 * n}%)`
    : `color-mix(in oklch, var(--colour-2), var(--colour-3) ${25 * (n - 4)}%)`;
const each = (draw) => data.map(([name], n) => draw(name, n, `style="--tint: ${tint(n)}"`)).join("");

function mark(size) {
  const wide = size * number("--stretch");
  return `<rect x="${-wide / 2}" y="${-size / 2}" width="${wide}" height="${size}" rx="${number("--round") * size}"/>`;
}

find(".grid").innerHTML = [
  ...[0, 50, 100, 150, 200].map(
    (rain) => `
      <line x1="106" x2="774" y1="${down(rain)}" y2="${down(rain)}"/>
      <text x="94" y="${down(rain) + 5}" text-anchor="end">${rain}</text>`,
  ),
  ...[-10, 0, 10, 20].map((degrees) => `<text x="${right(degrees)}" y="578" text-anchor="middle">${String(degrees).replace("-", "\u2212")}</text>`),
].join("");
find(".years").innerHTML = each((name, n, own) => `<polygon ${own} points="${points[n].join(" ")}"/>`);
find(".stations").innerHTML = each(
  (name, n, own) => `
    <g class="station" ${own}>
      <g class="mark">${mark(number("--size"))}<text>${name.slice(0, 3)}</text></g>
    </g>`,
);
find(".key").innerHTML = each(
  (name, n, own) => `
    <g ${own} transform="translate(858 ${76 + 56 * n})">${mark(16)}<text x="24" y="6">${name}</text></g>`,
);

const angle = (number("--bearing") * Math.PI) / 180;
const travel = number("--travel");
const order = read("--order").split(/\s+/).map(Number);
const sun = [-1, 0, 1, 0].map((more) => 1 + more * number("--swell"));

document.querySelectorAll(".station").forEach((station, n) => {
  const [x, y] = [0, 1].map((axis) => mean(points[n].map((point) => point[axis])));
  const places = points[n].map((point) => {
    const [dx, dy] = [travel * (point[0] - x), travel * (point[1] - y)];
    return `${x + dx * Math.cos(angle) - dy * Math.sin(angle)}px ${y + dx * Math.sin(angle) + dy * Math.cos(angle)}px`;
  });
  const timing = {
    duration: ms("--cycle"),
    iterations: Infinity,
    direction: read("--direction"),
    delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * ms("--cycle"),
    fill: "both",
  };
  const round = (name, values) => [...values, values[0]].map((value) => ({ [name]: value, easing: read("--ease") }));

  for (const turn of [
    station.animate(round("translate", places), timing),
    station.firstElementChild.animate(round("scale", sun), timing),
  ]) {
    if (read("--play") === "paused") turn.pause();
  }
});
