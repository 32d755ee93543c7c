// Hangs the pictures and deals the turns: the picture that is named 0 is liked first, the button has a turn of its own.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

// Name; colours of sky, sun, far land and near land; where the sun stands; the two lands.
const places = [
  ["Fjord", [4, 6, 5, 3], [48, 36, 13], "M0 92 L38 34 L70 78 L104 26 L172 96 V128 H0Z", "M0 100 Q60 88 172 104 V128 H0Z"],
  ["Dunes", [1, 6, 2, 5], [128, 38, 17], "M0 84 Q48 40 92 78 T172 66 V128 H0Z", "M0 118 Q70 66 172 112 V128 H0Z"],
  ["Islands", [5, 1, 3, 4], [86, 64, 26], "M16 88 Q48 44 78 88Z M100 88 Q128 56 158 88Z", "M0 87 H172 V128 H0Z"],
  ["Canyon", [4, 6, 1, 2], [86, 48, 18], "M0 30 H44 L58 98 H114 L128 40 H172 V128 H0Z", "M0 62 H26 L44 112 H138 L152 74 H172 V128 H0Z"],
  ["Meadow", [4, 1, 3, 1], [132, 34, 16], "M0 76 Q52 30 104 70 T172 62 V128 H0Z", "M0 106 Q90 74 172 100 V128 H0Z"],
  ["Volcano", [2, 1, 5, 3], [86, 40, 20], "M8 128 L72 46 H100 L164 128Z", "M0 108 Q86 92 172 112 V128 H0Z"],
  ["Glacier", [3, 6, 4, 5], [36, 34, 11], "M0 70 L46 44 L86 84 L126 32 L172 74 V128 H0Z", "M0 98 L58 82 L112 106 L172 90 V128 H0Z"],
  ["Lagoon", [1, 2, 5, 3], [60, 80, 27], "M92 80 Q136 40 172 62 V80Z", "M0 80 H172 V128 H0Z"],
];
const colour = (n) => `style="fill: var(--colour-${n})"`;

document.querySelector(".gallery").innerHTML = places
  .map(([name, [sky, sun, far, near], [x, y, r], back, front], n) => `
    <div class="place" style="--x: ${182 + 220 * (n % 4)}px; --y: ${n < 4 ? 258 : 540}px; --i: ${order[n]}">
      <div class="slot"></div>
      <div class="like"><svg viewBox="0 0 24 22"><path d="M12 21 C5 15 1 11.5 1 7 A5.8 5.8 0 0 1 12 4.4 A5.8 5.8 0 0 1 23 7 C23 11.5 19 15 12 21Z"/></svg></div>
      <div class="slide"><div class="print">
        <svg viewBox="0 0 172 128" preserveAspectRatio="xMidYMid slice"><rect width="172" height="128" ${colour(sky)}/><circle cx="${x}" cy="${y}" r="${r}" ${colour(sun)}/><path d="${back}" ${colour(far)}/><path d="${front}" ${colour(near)}/></svg>
        <b>${name}</b>
      </div></div>
    </div>`)
  .join("");

document.querySelector(".action").style.setProperty("--i", order[places.length]);
