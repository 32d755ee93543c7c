// One track after the other is swiped aside, to the queue or to the favourites, and springs back into the list.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/).map(Number);
const cycle = ms("--cycle");
const travel = number("--travel");
const bearing = (number("--bearing") * Math.PI) / 180;
const swollen = 1 + number("--swell");

document.querySelectorAll(".track").forEach((track, n) => {
  const timing = {
    duration: cycle,
    iterations: Infinity,
    direction: read("--direction"),
    delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * cycle,
    fill: "both",
  };
  const play = (element, frames) => {
    const eased = frames.map((frame) => ({ ...frame, easing: read("--ease") }));
    const animation = element.animate(eased, timing);
    if (read("--play") === "paused") animation.pause();
  };

  const side = track.classList.contains("like") ? -1 : 1;
  const away = (share) => {
    const distance = share * side * travel;
    return `${distance * Math.cos(bearing)}px ${distance * Math.sin(bearing)}px`;
  };

  play(track.querySelector(".row"), [
    { translate: away(0), offset: 0 },
    { translate: away(1), offset: 0.2 },
    { translate: away(1), offset: 0.32 },
    { translate: away(-0.1), offset: 0.52 },
    { translate: away(0), offset: 0.62 },
    { translate: away(0), offset: 1 },
  ]);
  play(track.querySelector(".icon"), [
    { scale: 1, offset: 0 },
    { scale: 1, offset: 0.1 },
    { scale: swollen, offset: 0.22 },
    { scale: 1, offset: 0.36 },
    { scale: 1, offset: 1 },
  ]);
});
