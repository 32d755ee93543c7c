// Deals the turns: the card that is named 0 goes first.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".card").forEach((card, n) => card.style.setProperty("--i", order[n]));
