// Gives the floor: the guest that is named 0 talks first, the next one a stagger later.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".guest").forEach((guest, n) => {
  guest.style.setProperty("--i", order[n]);
});
