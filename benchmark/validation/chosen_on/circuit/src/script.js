// Each square gets its place in the row of colours and its turn to start.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);

document.querySelectorAll(".square").forEach((square, n) => {
  square.style.setProperty("--n", n);
  square.style.setProperty("--turn", order[n]);
});
