// Eight acts, each a letter, a shape, a verb, a word and a beat, that dance one after the other.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

const order = read("--order").split(/\s+/).map(Number);
const ease = read("--ease");
const cycle = ms("--cycle");
const travel = number("--travel");
const swell = number("--swell");
const dip = number("--dip");
const bulge = number("--bulge");
const angle = (number("--bearing") * Math.PI) / 180;

// A step's frames: offset, how far along the bearing and to its right, tilt, growth and squash.
const steps = {
  leap: {
    shape: [
      [0, 0, 0, 0, 0, 0],
      [0.09, -0.16, 0, 0, 0, 0.8],
      [0.25, 1.15, -0.2, -0.2, 0.2, -0.5],
      [0.39, -0.05, 0.42, 0.1, 0, 1],
      [0.47, 0.12, 0.42, 0, 0, -0.25],
      [0.66, 0, 0, 0, 0, 0],
    ],
    letter: [
      [0.06, 0, 0, 0, 0, 0],
      [0.14, -0.1, 0, 0, 0, 0.5],
      [0.3, 0.5, 0, -0.16, 0, -0.4],
      [0.42, -0.06, 0, 0.06, 0, 0.6],
      [0.52, 0, 0, 0, 0, 0],
    ],
  },
  sway: {
    shape: [
      [0, 0, 0, 0, 0, 0],
      [0.16, 0.25, -0.6, -0.5, 0, 0],
      [0.36, 0.45, 0.55, 0.7, 0.4, 0],
      [0.5, 0.05, -0.2, -0.25, 0, 0.3],
      [0.62, 0, 0, 0, 0, 0],
    ],
    letter: [
      [0.04, 0, 0, 0, 0, 0],
      [0.2, 0.05, 0.2, 0.24, 0, 0],
      [0.4, 0.1, -0.24, -0.3, 0.3, 0],
      [0.54, 0, 0.05, 0.08, 0, 0],
      [0.64, 0, 0, 0, 0, 0],
    ],
  },
  turn: {
    round: 0.62,
    shape: [
      [0, 0, 0, 0, 0, 0],
      [0.2, 0, 0, 0.9, 0.5, 0],
      [0.44, 0, 0, -0.4, 0.9, 0],
      [0.62, 0, 0, 0, 0, 0],
    ],
    letter: [
      [0.05, 0, 0, 0, 0, 0],
      [0.22, -0.2, -0.15, -0.22, -0.4, 0],
      [0.42, -0.1, 0.2, 0.2, 0.2, 0],
      [0.56, 0, 0, 0, 0, 0],
    ],
  },
  fall: {
    shape: [
      [0, 0, 0, 0, 0, 0],
      [0.24, 0.85, 0.1, 0.14, 0, -0.3],
      [0.4, -0.5, 0.3, 1, 0, 0],
      [0.48, -0.34, 0.3, 0.86, 0, 0.2],
      [0.7, 0, 0, 0, 0, 0],
    ],
    letter: [
      [0.1, 0, 0, 0, 0, 0],
      [0.28, 0.42, 0, -0.1, 0.2, -0.2],
      [0.42, -0.2, 0.1, 0.26, 0, 0.6],
      [0.52, -0.1, 0.1, 0.2, 0, -0.2],
      [0.68, 0, 0, 0, 0, 0],
    ],
  },
  slide: {
    shape: [
      [0, 0, 0, 0, 0, 0],
      [0.12, 0, -0.3, 0, 0, -0.4],
      [0.3, 0.1, 0.95, 0, 0, 1],
      [0.44, 0.55, 0.5, -0.2, 0, -0.3],
      [0.62, 0, 0, 0, 0, 0],
    ],
    letter: [
      [0.08, 0, 0, 0, 0, 0],
      [0.18, 0, -0.14, -0.12, 0, 0],
      [0.34, 0, 0.4, 0.16, 0, 0.4],
      [0.5, 0.2, 0.1, -0.06, 0, -0.3],
      [0.62, 0, 0, 0, 0, 0],
    ],
  },
  spin: {
    shape: [
      [0, 0, 0, 0, 0, 0],
      [0.1, 0, 0.1, -0.3, -0.3, 0],
      [0.34, 0.6, -0.35, 2, 0.6, 0],
      [0.46, 0.5, -0.45, 1.8, 0.4, 0],
      [0.68, 0, 0, 0, 0, 0],
    ],
    letter: [
      [0.06, 0, 0, 0, 0, 0],
      [0.24, 0.3, 0.1, 0, 0.8, -0.4],
      [0.4, 0, 0.24, 0, -0.3, 0.7],
      [0.58, 0, 0, 0, 0, 0],
    ],
  },
  rise: {
    shape: [
      [0, 0, 0, 0, 0, 0],
      [0.12, -0.3, 0, 0, -0.2, 0.7],
      [0.36, 0.8, -0.1, 0, 0.7, -0.7],
      [0.48, 0.7, -0.1, 0.1, 0.6, -0.4],
      [0.66, 0, 0, 0, 0, 0],
    ],
    letter: [
      [0.06, 0, 0, 0, 0, 0],
      [0.16, -0.16, 0, 0, 0, 0.5],
      [0.42, 0.34, 0.1, 0.1, 0.5, -0.4],
      [0.62, 0, 0, 0, 0, 0],
    ],
  },
};

const word = [
  [0, 0, 0, 0, 0, 0],
  [0.08, -0.1, 0, 0, 0, 0.5],
  [0.2, 0.42, 0.06, -0.12, 0.3, 0],
  [0.32, 0, 0.1, 0.06, 0, 0.6],
  [0.46, 0, 0, 0, 0, 0],
];

const beat = [
  [0, 0, 0, 0, 0, 0],
  [0.1, 0, 0, 0, 4, 0],
  [0.5, 0, 0, 0, 0, 0],
];

const run = (element, frames, n) => {
  const animation = element.animate(frames, {
    duration: cycle,
    iterations: Infinity,
    direction: read("--direction"),
    delay: ms("--delay") + order[n] * ms("--stagger") - ms("--at") - 2 * cycle,
    fill: "both",
  });
  if (read("--play") === "paused") animation.pause();
};

// Frames that wait in the pose they begin and end with.
const whole = (frames) => {
  const first = { ...frames[0], offset: 0 };
  const last = { ...frames[frames.length - 1], offset: 1 };
  return [first, ...frames, last].map((frame) => ({ ...frame, easing: ease }));
};

const paths = (step) =>
  whole(
    step.map(([offset, along, aside]) => {
      const x = travel * (along * Math.cos(angle) - aside * Math.sin(angle));
      const y = travel * (along * Math.sin(angle) + aside * Math.cos(angle));
      return { offset, transform: `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px)` };
    }),
  );

// Once round a circle that touches the place, upright.
const round = (until) => {
  const at = (turn) =>
    `rotate(${angle}rad) translateX(${0.5 * travel}px) rotate(${turn}deg) ` +
    `translateX(${-0.5 * travel}px) rotate(${-turn}deg) rotate(${-angle}rad)`;
  return whole([
    { offset: 0, transform: at(0) },
    { offset: until, transform: at(360) },
  ]).map((frame) => (frame.offset >= until ? { ...frame, transform: at(360) } : frame));
};

const bodies = (step) =>
  whole(
    step.map(([offset, , , tilt, growth, squash]) => ({
      offset,
      transform:
        `rotate(${(tilt * dip).toFixed(2)}deg) ` +
        `scale(${(1 + growth * swell + squash * bulge).toFixed(4)}, ${(1 + growth * swell - squash * bulge).toFixed(4)})`,
    })),
  );

document.querySelectorAll(".act").forEach((act, n) => {
  const step = steps[act.dataset.step];
  const [shape, letter, verb, said] = act.querySelectorAll(".path");
  const carried = step.round ? round(step.round) : paths(step.shape);

  run(shape, carried, n);
  run(shape.firstElementChild, bodies(step.shape), n);
  run(letter, paths(step.letter), n);
  run(letter.firstElementChild, bodies(step.letter), n);
  run(verb, carried, n);
  run(said, paths(word), n);
  run(said.firstElementChild, bodies(word), n);
  run(act.querySelector(".beat .body"), bodies(beat), n);
});
