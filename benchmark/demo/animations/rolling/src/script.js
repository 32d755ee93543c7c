// Each ball starts its round one stagger after the ball whose turn comes before.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".loader i").forEach((ball, n) => {
  ball.style.setProperty("--n", n);
  ball.style.setProperty("--i", order[n]);
});
