// A ranking through three seasons: the bars take their new lengths, the rows their new places.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const readers = [
  [92, 66, 78],
  [80, 95, 62],
  [71, 84, 50],
  [58, 40, 34],
  [47, 74, 90],
  [38, 52, 70],
  [30, 33, 41],
];
const rank = (n, season) => readers.filter((row) => row[season] > readers[n][season]).length;

const pitch = 66;
const angle = (number("--bearing") * Math.PI) / 180;
const far = number("--travel");
const order = read("--order").split(/\s+/);

// Each season rests for a while, then the next one's values come.
function run(element, turn, frame) {
  const stops = [[0, 0], [0, 0.1], [1, 0.33], [1, 0.43], [2, 0.66], [2, 0.76], [0, 1]];
  const animation = element.animate(
    stops.map(([season, offset]) => ({ ...frame(season), offset, easing: read("--ease") })),
    {
      duration: ms("--cycle"),
      iterations: Infinity,
      direction: read("--direction"),
      delay: ms("--delay") + turn * ms("--stagger") - ms("--at") - 2 * ms("--cycle"),
      fill: "both",
    },
  );
  if (read("--play") === "paused") animation.pause();
}

document.querySelectorAll(".row").forEach((row, n) => {
  row.style.top = `${pitch * rank(n, 0)}px`;
  run(row, order[n], (season) => {
    const way = far * pitch * (rank(n, season) - rank(n, 0));
    return { translate: `${-way * Math.sin(angle)}px ${way * Math.cos(angle)}px` };
  });
  run(row.querySelector("i"), order[n], (season) => {
    const grown = readers[n][0] + number("--swell") * (readers[n][season] - readers[n][0]);
    return { width: `${5.1 * grown}px` };
  });
});

run(document.querySelector(".chosen"), 0, (season) => {
  const way = far * 132 * season;
  return { translate: `${way * Math.cos(angle)}px ${way * Math.sin(angle)}px` };
});
