// Three gears that SMIL turns there and back, and a word mark that comes up below them.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));

const svg = document.querySelector("svg");
const cycle = number("--cycle");
const curve = read("--ease").match(/cubic-bezier\((.+)\)/);
const [size, stretch] = [number("--size"), number("--stretch")];

// The attributes that all of them share: away in a third of the cycle, a rest, and back; or all that the other way round.
function timing(away, turn) {
  const reverse = read("--direction") === "reverse";
  const [x1, y1, x2, y2] = curve ? curve[1].split(",").map(Number) : [1 / 3, 1 / 3, 2 / 3, 2 / 3];
  const spline = reverse ? [1 - x2, 1 - y2, 1 - x1, 1 - y1].join(" ") : [x1, y1, x2, y2].join(" ");
  const times = reverse ? "0;0.52;0.66;1" : "0;0.34;0.48;1";
  return `values="${away[0]};${away[1]};${away[1]};${away[0]}" keyTimes="${times}" calcMode="spline"
    keySplines="${spline};0 0 1 1;${spline}" dur="${cycle}s" repeatCount="indefinite"
    begin="${number("--delay") + turn * number("--stagger") - 2 * cycle}s"`;
}

function gear(x, y, radius, teeth, colour, degrees, start, turn) {
  const outer = radius + number("--tooth");
  const rim = Array.from({ length: 4 * teeth }, (_, n) => {
    const angle = (2 * Math.PI * (n + (n % 4 === 1 || n % 4 === 2 ? 0 : n % 4 ? -0.25 : 0.25))) / (4 * teeth);
    const at = n % 4 === 1 || n % 4 === 2 ? outer : radius;
    return `${(at * Math.cos(angle)).toFixed(2)} ${(at * Math.sin(angle)).toFixed(2)}`;
  });
  const hub = radius * 0.8;
  return `
    <g transform="translate(${x} ${y})"><g>
      <animateTransform attributeName="transform" type="rotate" ${timing([start, start + number("--swell") * degrees], turn)}/>
      <g transform="scale(${size * stretch} ${size})">
        <path d="M ${rim.join(" L ")} Z" fill="var(--colour-${colour})"/>
        <rect x="${-hub / 2}" y="${-hub / 2}" width="${hub}" height="${hub}" rx="${number("--round") * hub}" fill="var(--colour-4)"/>
        <rect x="${radius * 0.58}" y="-10" width="20" height="20" rx="${number("--round") * 20}" fill="var(--colour-4)"/>
      </g>
    </g></g>`;
}

const angle = (number("--bearing") * Math.PI) / 180;
const low = `${number("--travel") * Math.cos(angle)} ${number("--travel") * Math.sin(angle)}`;

svg.innerHTML = `
  ${gear(400, 320, 112, 12, 1, 150, 0, 0)}
  ${gear(602, 250, 76, 8, 2, -225, 12, 1)}
  ${gear(640, 428, 64, 7, 3, 257, 0, 2)}
  <g>
    <animateTransform attributeName="transform" type="translate" ${timing([low, "0 0"], 1)}/>
    <g transform="translate(512 610) scale(${size * stretch} ${size})"><text>clockwork</text></g>
  </g>`;

if (read("--play") === "paused") {
  svg.setCurrentTime(number("--at"));
  svg.pauseAnimations();
}
