// Each form sets out one stagger after the form whose turn comes before.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".part").forEach((part, n) => part.style.setProperty("--i", order[n]));
