// One cover after the other is pulled off the shelf, shown around and put back.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/).map(Number);
const cycle = ms("--cycle");
const angle = (number("--bearing") * Math.PI) / 180;
const travel = number("--travel");

// A place so many travels along the bearing and so many to its right.
const place = (along, aside) => {
  const x = travel * (along * Math.cos(angle) - aside * Math.sin(angle));
  const y = travel * (along * Math.sin(angle) + aside * Math.cos(angle));
  return `${x.toFixed(2)}px ${y.toFixed(2)}px`;
};
const tilt = (share) => `${(share * travel) / 10}deg`;
const grown = (share) => 1 + share * number("--swell");

const frames = [
  { translate: place(0, 0), rotate: tilt(0), scale: grown(0), zIndex: 0, offset: 0 },
  { translate: place(1, 0), rotate: tilt(-1), scale: grown(1), zIndex: 2, offset: 0.2 },
  { translate: place(0.7, 0.7), rotate: tilt(0.7), scale: grown(1), zIndex: 2, offset: 0.42 },
  { translate: place(0, 0), rotate: tilt(0), scale: grown(0), zIndex: 0, offset: 0.62 },
  { translate: place(0, 0), rotate: tilt(0), scale: grown(0), zIndex: 0, offset: 1 },
].map((frame) => ({ ...frame, easing: read("--ease") }));

document.querySelectorAll(".cover").forEach((cover, n) => {
  const turn = cover.animate(frames, {
    duration: cycle,
    iterations: Infinity,
    direction: read("--direction"),
    delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * cycle,
    fill: "both",
  });
  if (read("--play") === "paused") turn.pause();
});
