// Notices slide in from the side one after the other and leave the same way.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/);
const ease = read("--ease");
const timing = (n, easing = "linear") => ({
  duration: ms("--cycle"),
  iterations: Infinity,
  direction: read("--direction"),
  delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * ms("--cycle"),
  fill: "both",
  easing,
});
const run = (element, frames, n) => {
  const animation = element.animate(frames, timing(n));
  if (read("--play") === "paused") animation.pause();
};

const turn = (number("--bearing") * Math.PI) / 180;
const out = {
  translate: `${number("--travel") * Math.cos(turn)}px ${number("--travel") * Math.sin(turn)}px`,
};
const home = { translate: "0px 0px" };

document.querySelectorAll(".toast").forEach((toast, n) => {
  run(
    toast,
    [
      { ...out, offset: 0, easing: ease },
      { ...home, offset: 0.25 },
      { ...home, offset: 0.62, easing: ease },
      { ...out, offset: 0.86 },
      { ...out, offset: 1 },
    ],
    n,
  );
});
