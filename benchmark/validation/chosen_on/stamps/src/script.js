// Each stamp lands one stagger after the stamp whose turn comes before; the reward takes the last turn.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".turn").forEach((place, n) => place.style.setProperty("--i", order[n]));
