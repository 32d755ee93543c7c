// Places the petals around the core and deals the turns: the petal that is named 0 goes first.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".petal").forEach((petal, n) => {
  petal.style.setProperty("--n", n);
  petal.style.setProperty("--i", order[n]);
});
