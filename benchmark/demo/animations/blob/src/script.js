// The drops follow one another in the given order.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".drop").forEach((drop, n) => drop.style.setProperty("--i", order[n]));
