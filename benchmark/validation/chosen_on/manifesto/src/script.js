// Deals the turns: the word that is named 0 rises first.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".word").forEach((word, n) => word.style.setProperty("--i", order[n]));
