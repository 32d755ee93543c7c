// A wave of turning tiles that runs over the board along its diagonal.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const board = document.querySelector(".board");
const order = read("--order").split(/\s+/).map(Number);
const cycle = ms("--cycle");
const angle = (number("--bearing") * Math.PI) / 180;
const travel = number("--travel");
const away = `${travel * Math.cos(angle)}px ${travel * Math.sin(angle)}px`;

for (let n = 0; n < 25; n++) {
  const diagonal = (n % 5) + Math.floor(n / 5);
  const mix = diagonal < 4 ? ["--colour-1", "--colour-2", diagonal / 4] : ["--colour-2", "--colour-3", diagonal / 4 - 1];

  const tile = document.createElement("i");
  tile.className = "tile";
  tile.style.background = `color-mix(in oklch, var(${mix[0]}), var(${mix[1]}) ${100 * mix[2]}%)`;
  tile.style.transform = `scaleX(${read("--stretch")})`;
  board.append(tile);

  const wave = tile.animate(
    [
      { rotate: "0deg", scale: 1, translate: "0 0", offset: 0 },
      { rotate: "120deg", scale: 1 - number("--dip"), translate: away, offset: 0.28 },
      { rotate: "180deg", scale: 1, translate: "0 0", offset: 0.6 },
      { rotate: "180deg", scale: 1, translate: "0 0", offset: 1 },
    ].map((frame) => ({ ...frame, easing: read("--ease") })),
    {
      duration: cycle,
      iterations: Infinity,
      direction: read("--direction"),
      delay: ms("--delay") + order[diagonal] * ms("--stagger") - ms("--at") - 2 * cycle,
      fill: "both",
    },
  );
  if (read("--play") === "paused") wave.pause();
}
