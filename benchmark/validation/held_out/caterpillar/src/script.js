// A caterpillar in boots does the wave and dreams of wings. The last segment is part 0, the head part 9.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);
const heights = [540, 540, 538, 534, 534, 538, 538, 528, 506];

function place(part, n, x, y) {
  part.style.setProperty("--x", `${x}px`);
  part.style.setProperty("--y", `${y}px`);
  part.style.setProperty("--i", order[n]);
  part.style.zIndex = n;
}

document.querySelectorAll(".segment").forEach((segment, n) => {
  place(segment, n, 128 + 69 * n, heights[n]);
});
place(document.querySelector(".head"), 9, 772, 436);

// The butterfly goes with the head that dreams it.
place(document.querySelector(".butterfly"), 9, 400, 202);
