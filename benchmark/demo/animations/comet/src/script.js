// A comet of eleven beads that SMIL leads along a figure of eight.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const svg = document.querySelector("svg");
const cycle = number("--cycle");
const points = read("--direction") === "reverse" ? "1;0" : "0;1";
const curve = read("--ease").match(/cubic-bezier\((.+)\)/);
const spline = curve ? curve[1].replaceAll(",", "") : "0 0 1 1";

// The lemniscate of Gerono, turned by the bearing.
function eight(width, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const steps = Array.from({ length: 181 }, (_, n) => {
    const t = (2 * Math.PI * n) / 180 + Math.PI / 2;
    const [x, y] = [width * Math.cos(t), width * 0.46 * Math.sin(2 * t)];
    return `${(512 + x * Math.cos(angle) - y * Math.sin(angle)).toFixed(2)} ${(384 + x * Math.sin(angle) + y * Math.cos(angle)).toFixed(2)}`;
  });
  return `M ${steps.join(" L ")} Z`;
}

const path = eight(number("--travel"), number("--bearing"));
const beads = read("--order").split(/\s+/).map((turn, n) => {
  const size = number("--size") * (1 - 0.075 * n);
  const wide = size * number("--stretch");
  return `
    <rect x="${-wide / 2}" y="${-size / 2}" width="${wide}" height="${size}" rx="${number("--round") * size}"
          fill="color-mix(in oklch, var(--colour-1), var(--colour-2) ${n * 10}%)" opacity="${1 - 0.06 * n}">
      <animateMotion dur="${cycle}s" begin="${number("--delay") + turn * number("--stagger") - 2 * cycle}s"
                     repeatCount="indefinite" calcMode="spline" keyTimes="0;1" keyPoints="${points}"
                     keySplines="${spline}" path="${path}"/>
    </rect>`;
});

svg.innerHTML = `
  <path d="${eight(300, 0)}" fill="none" stroke="var(--colour-3)" stroke-width="4" stroke-dasharray="1 14" stroke-linecap="round"/>
  ${beads.reverse().join("")}`;

if (read("--play") === "paused") {
  svg.setCurrentTime(number("--at"));
  svg.pauseAnimations();
}
