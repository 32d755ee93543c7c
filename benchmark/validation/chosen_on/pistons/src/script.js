// Deals the turns: what is named 0 goes first.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".piston").forEach((thing, n) => {
  thing.style.setProperty("--n", n);
  thing.style.setProperty("--i", order[n]);
});
