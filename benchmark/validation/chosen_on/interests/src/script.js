// Each chip is picked one stagger after the chip whose turn comes before.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".chip").forEach((chip, n) => {
  chip.style.setProperty("--i", order[n]);
});
