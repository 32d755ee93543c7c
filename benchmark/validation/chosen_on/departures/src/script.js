// Every row shows one train, which slides out for the next one; after that the first comes round again.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const trains = [
  [["08:05", "Lisbon", "4"], ["08:47", "Oslo", "11"]],
  [["08:12", "Vienna", "7"], ["08:50", "Antwerp", "2"]],
  [["08:20", "Ghent", "1"], ["08:58", "Ljubljana", "9"]],
  [["08:26", "Salzburg", "12"], ["09:03", "Turin", "5"]],
  [["08:31", "Porto", "3"], ["09:10", "Grenoble", "8"]],
  [["08:39", "Helsinki", "6"], ["09:16", "Basel", "10"]],
];

const order = read("--order").split(/\s+/);
const ease = read("--ease");
const bearing = (number("--bearing") * Math.PI) / 180;

function at(share, opacity, offset, easing = "linear") {
  const far = share * number("--travel");
  return { transform: `translate(${-far * Math.sin(bearing)}px, ${far * Math.cos(bearing)}px)`, opacity, offset, easing };
}

// In from below, a rest, out above; the second train of a row comes half a cycle after the first.
const frames = [at(1, 0, 0, ease), at(0, 1, 0.16), at(0, 1, 0.42, ease), at(-1, 0, 0.5), at(-1, 0, 1)];

const list = document.querySelector("ul");
trains.forEach((pair, n) => {
  const row = document.createElement("li");
  row.className = "row";
  pair[0].forEach((_, column) => {
    const cell = document.createElement("span");
    cell.className = "cell";
    pair.forEach((train, second) => {
      const face = document.createElement("span");
      const text = document.createElement("b");
      face.className = "face";
      text.textContent = train[column];
      face.append(text);
      cell.append(face);
      const animation = face.animate(frames, {
        duration: ms("--cycle"),
        iterations: Infinity,
        direction: read("--direction"),
        delay:
          ms("--delay") + (Number(order[n]) + column * 0.4) * ms("--stagger") - ms("--at") -
          (2 - second / 2) * ms("--cycle"),
        fill: "both",
      });
      if (read("--play") === "paused") animation.pause();
    });
    row.append(cell);
  });
  list.append(row);
});
