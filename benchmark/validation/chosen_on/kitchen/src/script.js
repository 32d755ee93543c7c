// The style sheet moves the kitchen, except for the pancake: its flight needs an easing for each part.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/);
const things = [...document.querySelectorAll(".thing")];
things.forEach((thing, n) => thing.style.setProperty("--turn", order[n]));
document.querySelectorAll("rect").forEach((rect) => {
  rect.setAttribute("rx", (number("--round") * rect.height.baseVal.value) / 2);
});

const angle = (number("--bearing") * Math.PI) / 180;
const ease = read("--ease");

function at(offset, height, turned, easing = ease) {
  const far = height * number("--travel");
  const place = `translate(${far * Math.sin(angle)}px, ${-far * Math.cos(angle)}px)`;
  return { offset, easing, transform: `${place} rotate(${turned}deg)` };
}

const cake = document.querySelector(".cake");
const flight = cake.animate(
  [
    at(0, 0, 0),
    at(0.12, -18, 0),
    at(0.22, 44, 10, read("--ease-up")),
    at(0.46, 310, 190, read("--ease-down")),
    at(0.7, -18, 360),
    at(0.82, 0, 360),
    at(1, 0, 360),
  ],
  {
    duration: ms("--cycle"),
    iterations: Infinity,
    direction: read("--direction"),
    delay: ms("--delay") + order[things.indexOf(cake)] * ms("--stagger") - ms("--at") - 2 * ms("--cycle"),
    fill: "both",
  },
);
if (read("--play") === "paused") flight.pause();
