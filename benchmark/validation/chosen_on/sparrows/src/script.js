// One sparrow is drawn in the page, the others are its copies; each takes off when its turn comes.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);
const birds = document.querySelectorAll(".bird");
const drawn = birds[0].firstElementChild;

birds.forEach((bird, n) => {
  bird.style.setProperty("--i", order[n]);
  if (n > 0) bird.replaceChildren(drawn.cloneNode(true));
});
