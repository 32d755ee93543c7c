// Two lines of a banner slide against each other and back.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const angle = (number("--bearing") * Math.PI) / 180;
const place = (share) => {
  const way = share * number("--travel");
  return `calc(-50% + ${way * Math.cos(angle)}px) ${way * Math.sin(angle)}px`;
};

document.querySelectorAll("p").forEach((line, n) => {
  const side = n ? 1 : -1;
  line.style.scale = `${number("--stretch")} 1`;
  const sliding = line.animate(
    [
      { translate: place(-side), easing: read("--ease") },
      { translate: place(side), easing: read("--ease") },
      { translate: place(-side) },
    ],
    {
      duration: ms("--cycle"),
      iterations: Infinity,
      direction: read("--direction"),
      delay: ms("--delay") - ms("--at") - 2 * ms("--cycle"),
      fill: "both",
    },
  );
  if (read("--play") === "paused") sliding.pause();
});
