// The birds follow one another in the given order.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".bird").forEach((bird, n) => bird.style.setProperty("--i", order[n]));
