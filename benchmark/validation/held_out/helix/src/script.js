// Builds the staircase: every step is a block of thin slabs, with its shadow on the ground.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);
const SLABS = 5;

// Nested elements, the outermost first; gives the outermost and the innermost.
function nest(...names) {
  const all = names.map((name) => {
    const element = document.createElement("div");
    element.className = name;
    return element;
  });
  all.reduce((outer, inner) => (outer.append(inner), inner));
  return [all[0], all.at(-1)];
}

document.querySelectorAll(".step").forEach((step, n) => {
  step.style.setProperty("--n", n);
  step.style.setProperty("--i", order[n]);
  step.style.setProperty("--tone", `var(--colour-${1 + Math.floor(n / 2)})`);

  const [shadow] = nest("ground", "run", "block", "slab");
  const [body, block] = nest("rise", "run", "block");
  for (let k = 0; k < SLABS; k++) {
    const slab = document.createElement("div");
    slab.className = "slab";
    slab.style.setProperty("--k", k);
    block.append(slab);
  }
  step.append(shadow, body);
});
