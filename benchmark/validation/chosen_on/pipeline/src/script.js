// A diagram puts itself together: boxes come down, lines are drawn to them, parcels run along; then it is cleared.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const cycle = number("--cycle");
const backwards = read("--direction") === "reverse";
const order = read("--order").split(/\s+/).map(Number);
const curve = read("--ease").match(/cubic-bezier\((.+)\)/)[1].split(",").map(Number);

// What every <animate> has in common; the keyframes are a list of [moment, value].
function timed(keyframes, turn) {
  const frames = backwards ? keyframes.map(([moment, value]) => [1 - moment, value]).reverse() : keyframes;
  const [x1, y1, x2, y2] = curve;
  const spline = (backwards ? [1 - x2, 1 - y2, 1 - x1, 1 - y1] : curve).join(" ");
  return `dur="${cycle}s" begin="${number("--delay") + turn * number("--stagger") - 2 * cycle}s"
    repeatCount="indefinite" calcMode="spline" keySplines="${frames.slice(1).map(() => spline).join(";")}"
    keyTimes="${frames.map(([moment]) => moment).join(";")}" values="${frames.map(([, value]) => value).join(";")}"`;
}

const nodes = [
  ["Collect", 140, 384, []],
  ["Clean", 384, 232, [0]],
  ["Check", 384, 536, [0]],
  ["Join", 628, 384, [1, 2]],
  ["Store", 628, 640, [2]],
  ["Report", 880, 232, [1, 3]],
  ["Warn", 880, 536, [3, 4]],
];
const [width, height] = [164, 84];

function line([, x1, y1], [, x2, y2]) {
  const [from, to] = [x1 + width / 2 + 6, x2 - width / 2 - 6];
  const middle = (from + to) / 2;
  return `M${from} ${y1}C${middle} ${y1} ${middle} ${y2} ${to} ${y2}`;
}

const turned = (number("--bearing") * Math.PI) / 180;
const away = [number("--travel") * Math.sin(turned), -number("--travel") * Math.cos(turned)].join(" ");
const small = 1 - number("--dip");
const [size, stretch] = [number("--size"), number("--stretch")];
const parcel = 22 * size;

document.querySelector("svg").innerHTML = nodes
  .map(([name, x, y, sources], n) => {
    const lines = sources.map((source) => {
      const path = line(nodes[source], nodes[n]);
      return `
        <path class="line" d="${path}" pathLength="100">
          <animate attributeName="stroke-dashoffset"
            ${timed([[0, 100], [0.22, 100], [0.44, 0], [0.7, 0], [0.86, -100], [1, -100]], order[n])}/>
        </path>
        <rect class="parcel" x="${(-parcel * stretch) / 2}" y="${-parcel / 2}" width="${parcel * stretch}"
            height="${parcel}" rx="${number("--round") * parcel}">
          <animate attributeName="opacity"
            ${timed([[0, 0], [0.38, 0], [0.42, 1], [0.66, 1], [0.7, 0], [1, 0]], order[n])}/>
          <animateMotion path="${path}" keyPoints="${(backwards ? [1, 1, 0, 0] : [0, 0, 1, 1]).join(";")}"
            ${timed([[0, 0], [0.4, 0], [0.68, 1], [1, 1]], order[n]).replace(/values=".*"/, "")}/>
        </rect>`;
    });
    return `
      <g class="node">${lines.join("")}
        <g transform="translate(${x} ${y})"><g>
          <animateTransform attributeName="transform" type="translate"
            ${timed([[0, away], [0.3, "0 0"], [1, "0 0"]], order[n])}/>
          <g>
            <animateTransform attributeName="transform" type="scale"
              ${timed([[0, 1], [0.74, 1], [0.94, small], [1, small]], order[n])}/>
            <animate attributeName="opacity"
              ${timed([[0, 0], [0.1, 1], [0.78, 1], [0.94, 0], [1, 0]], order[n])}/>
            <g transform="scale(${size * stretch} ${size})">
              <rect class="box" x="${-width / 2}" y="${-height / 2}" width="${width}" height="${height}"
                rx="${number("--round") * height}"/>
              <text y="10">${name}</text>
            </g>
          </g>
        </g></g>
      </g>`;
  })
  .join("");

if (read("--play") === "paused") {
  const svg = document.querySelector("svg");
  svg.setCurrentTime(number("--at"));
  svg.pauseAnimations();
}
