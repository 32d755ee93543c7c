// Eight bars grow from the line one after the other, each with its figure on top, and sink again.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const svg = document.querySelector("svg");
const [line, least] = [644, 10];
const months = [["Jan", 18], ["Feb", 24], ["Mar", 21], ["Apr", 35], ["May", 42], ["Jun", 31], ["Jul", 47], ["Aug", 38]];
const order = read("--order").split(/\s+/);
const ease = read("--ease");

months.forEach(([month, riders], n) => {
  const x = 135 + 108 * n;
  svg.insertAdjacentHTML("beforeend", `
    <g class="bar ${riders === 47 ? "best" : ""}">
      <rect x="${x - 32}" width="64"/>
      <g class="top"><text x="${x}" y="${line - 28}">${riders}</text></g>
      <text x="${x}" y="688">${month}</text>
    </g>`);
  const bar = svg.lastElementChild;
  const grown = least + number("--travel") * riders * 9;
  const timing = {
    duration: ms("--cycle"),
    iterations: Infinity,
    direction: read("--direction"),
    delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * ms("--cycle"),
    fill: "both",
  };
  const frames = (at) => [
    { ...at(least), offset: 0, easing: ease },
    { ...at(grown), offset: 0.36 },
    { ...at(grown), offset: 0.56, easing: ease },
    { ...at(least), offset: 0.92 },
    { ...at(least), offset: 1 },
  ];
  const growing = [
    bar.querySelector("rect").animate(frames((high) => ({ y: `${line - high}px`, height: `${high}px` })), timing),
    bar.querySelector(".top").animate(frames((high) => ({ transform: `translateY(${-high}px)` })), timing),
  ];
  if (read("--play") === "paused") growing.forEach((one) => one.pause());
});
