// Toast pops, steam rises, a spoon stirs and an orange rolls: SMIL, written from the knobs.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const svg = document.querySelector("svg");
const order = read("--order").split(/\s+/);
const reversed = read("--direction") === "reverse";
const far = number("--travel");
const bearing = (number("--bearing") * Math.PI) / 180;
const [x1, y1, x2, y2] = read("--ease").match(/cubic-bezier\((.+)\)/)[1].split(",").map(Number);
const mirrored = ([a, b, c, d]) => [1 - c, 1 - d, 1 - a, 1 - b];

const rise = [x1, y1, x2, y2];
const fall = mirrored(rise);
const even = [0, 0, 1, 1];

// What a thing does: moments, and for each the way right and down in px, the turn in degrees and the opacity.
const deeds = {
  pop: (lean) => [
    [0, 0, 0, 0, 1, rise], [0.06, 0, 22, 0, 1, rise], [0.32, 0, -250, lean, 1, fall], [0.58, 0, 0, 0, 1, rise],
    [0.68, 0, -34, 0, 1, fall], [0.78, 0, 0, 0, 1, even], [1, 0, 0, 0, 1],
  ],
  jolt: () => [
    [0, 0, 0, 0, 1, rise], [0.06, 0, 14, 0, 1, rise], [0.2, 0, -30, 0, 1, fall], [0.34, 0, 0, 0, 1, even],
    [1, 0, 0, 0, 1],
  ],
  stir: () => [[0, 0, 0, -26, 1, rise], [0.5, 0, 0, 4, 1, rise], [1, 0, 0, -26, 1]],
  rise: () => [
    [0, 0, 60, 0, 0, rise], [0.3, 14, 0, 0, 1, even], [0.6, -14, -60, 0, 1, fall], [1, 10, -150, 0, 0],
  ],
  roll: () => [[0, 0, 0, 0, 1, rise], [0.45, 100, 0, 120, 1, fall], [0.9, 0, 0, 0, 1, even], [1, 0, 0, 0, 1]],
};

function animated(tag, attributes, frames, value, turn) {
  const run = reversed ? frames.toReversed() : frames;
  const splines = frames.slice(0, -1).map((frame) => frame[5]);
  const curves = reversed ? splines.toReversed().map(mirrored) : splines;
  const begin = number("--delay") + turn * number("--stagger") - 2 * number("--cycle");
  const element = document.createElementNS(svg.namespaceURI, tag);
  const all = {
    ...attributes,
    dur: `${number("--cycle")}s`,
    begin: `${begin}s`,
    repeatCount: "indefinite",
    calcMode: "spline",
    values: run.map(value).join(";"),
    keyTimes: run.map(([moment]) => (reversed ? 1 - moment : moment)).join(";"),
    keySplines: curves.map((curve) => curve.join(" ")).join(";"),
  };
  for (const [name, setting] of Object.entries(all)) element.setAttribute(name, setting);
  return element;
}

document.querySelectorAll("[data-round]").forEach((element) => {
  element.setAttribute("rx", number("--round") * element.dataset.round);
});

document.querySelectorAll(".thing").forEach((thing, n) => {
  const frames = deeds[thing.dataset.does](Number(thing.dataset.lean ?? 0));
  const box = thing.getBBox();
  const about = thing.dataset.about ?? `${box.x + box.width / 2} ${box.y + box.height / 2}`;
  const way = ([, right, down]) => [
    far * (right * Math.cos(bearing) - down * Math.sin(bearing)),
    far * (right * Math.sin(bearing) + down * Math.cos(bearing)),
  ];
  const move = { attributeName: "transform", type: "translate" };
  const lean = { attributeName: "transform", type: "rotate", additive: "sum" };
  thing.append(
    animated("animateTransform", move, frames, (frame) => way(frame).join(" "), order[n]),
    animated("animateTransform", lean, frames, (frame) => `${far * frame[3]} ${about}`, order[n]),
    animated("animate", { attributeName: "opacity" }, frames, (frame) => frame[4], order[n]),
  );
});

if (read("--play") === "paused") {
  svg.setCurrentTime(number("--at"));
  svg.pauseAnimations();
}
