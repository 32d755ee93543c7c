// Five leaves turn over one after the other, and back with the last one first, so that none goes through another.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const leaves = [...document.querySelectorAll(".leaf")];
const order = read("--order").split(/\s+/);
const step = number("--stagger") / number("--cycle");
const bearing = number("--bearing");
const ease = read("--ease");
const turned = (degrees) => ({
  transform: `rotateZ(${bearing}deg) rotateY(${-degrees * number("--swell")}deg) rotateZ(${-bearing}deg)`,
});

leaves.forEach((leaf, n) => {
  leaf.style.setProperty("--n", n);
  const over = 0.03 + order[n] * step;
  const back = 0.56 + (leaves.length - 1 - order[n]) * step;
  const turning = leaf.animate(
    [
      { ...turned(0), offset: 0 },
      { ...turned(0), offset: over, easing: ease },
      { ...turned(172), offset: over + 0.3 },
      { ...turned(172), offset: back, easing: ease },
      { ...turned(0), offset: back + 0.22 },
      { ...turned(0), offset: 1 },
    ],
    {
      duration: ms("--cycle"),
      iterations: Infinity,
      direction: read("--direction"),
      delay: ms("--delay") - ms("--at") - 2 * ms("--cycle"),
      fill: "both",
    },
  );
  if (read("--play") === "paused") turning.pause();
});
