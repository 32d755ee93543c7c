// Cuts the badges' edges, wavy or (round: 0) into points, and gives each its turn.
const style = getComputedStyle(document.documentElement);
const order = style.getPropertyValue("--order").trim().split(/\s+/);
const round = Number(style.getPropertyValue("--round"));

function edge(petals) {
  const steps = petals * 24;
  const points = Array.from({ length: steps }, (_, step) => {
    const phase = (step % 24) / 24;
    const wave = 50 - 5 * (0.5 - 0.5 * Math.cos(2 * Math.PI * phase));
    const spike = 50 - 17 * (1 - Math.abs(2 * phase - 1));
    const radius = round * wave + (1 - round) * spike;
    const angle = (2 * Math.PI * step) / steps;
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}Z`;
}

document.querySelectorAll(".badge").forEach((badge, n) => {
  badge.style.setProperty("--n", n);
  badge.style.setProperty("--i", order[n]);
  badge.querySelector("path").setAttribute("d", edge(Number(badge.dataset.petals)));
});
