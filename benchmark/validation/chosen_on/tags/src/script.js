// Each tag drops to its place in the rows, rests, and falls out below.
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

const away = (share) => {
  const turn = (number("--bearing") * Math.PI) / 180;
  const far = share * number("--travel");
  return { translate: `${-far * Math.sin(turn)}px ${-far * Math.cos(turn)}px` };
};

document.querySelectorAll(".tag").forEach((tag, n) => {
  run(
    tag,
    [
      { ...away(1), opacity: 0, offset: 0, easing: ease },
      { ...away(0), opacity: 1, offset: 0.3 },
      { ...away(0), opacity: 1, offset: 0.6, easing: ease },
      { ...away(-0.6), opacity: 0, offset: 0.85 },
      { ...away(-0.6), opacity: 0, offset: 1 },
    ],
    n,
  );
});
