// All clips of an animation under one clock. The clock is ours: each video plays by itself and is put right when it
// strays; a clip that is shorter waits on its last frame until all begin again.

const STRAY = 0.08; // seconds
const root = document.querySelector(".together");
const videos = [...root.querySelectorAll("video")];
const controls = root.querySelector(".controls");
const slider = root.querySelector("#place");
const output = root.querySelector("output");
const drawn = JSON.parse(document.getElementById("drawn").textContent);
const seconds = Number(root.dataset.seconds);
const step = 1 / Math.max(1, ...videos.map((video) => Number(video.dataset.fps) || 30));
const control = (name) => controls.querySelector(`[data-do=${name}]`);
const overlays = [...root.querySelectorAll("svg[data-key]")].map((svg) => new Overlay(svg));

let playing = false;
let rate = 1;
let place = 0; // seconds
let last = 0;

function Overlay(svg) {
  const found = drawn[svg.dataset.key] || { boxes: [], tracks: [] };
  const make = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    svg.append(element);
    return element;
  };
  const boxes = found.boxes.map(([x, y, width, height]) => make("rect", { x, y, width, height, class: "box" }));
  const tracks = found.tracks.map((points) => ({
    points,
    line: make("polyline", { class: "track" }),
    head: make("circle", { class: "head", r: 7 }),
  }));
  this.show = (withBoxes, withTracks, at) => {
    for (const box of boxes) box.toggleAttribute("hidden", !withBoxes);
    for (const { points, line, head } of tracks) {
      const until = points.filter(([second]) => second <= at + 1e-6);
      const visible = withTracks && until.length > 0;
      line.toggleAttribute("hidden", !visible);
      head.toggleAttribute("hidden", !visible);
      if (!visible) continue;
      line.setAttribute("points", until.map(([, x, y]) => `${x},${y}`).join(" "));
      const [, x, y] = until[until.length - 1];
      head.setAttribute("cx", x);
      head.setAttribute("cy", y);
    }
  };
}

const within = (video) => Math.min(place, Math.max(0, (video.duration || seconds) - step / 2));

function put() {
  for (const video of videos) {
    // In the middle of the frame: at its very beginning rounding may show the one before.
    const at = Math.min(within(video) + (playing ? 0 : step / 2), Math.max(0, (video.duration || seconds) - 0.001));
    if (Math.abs(video.currentTime - at) > (playing ? STRAY : 0.001)) video.currentTime = at;
  }
}

function tell() {
  slider.value = String(place);
  output.textContent = `${place.toFixed(1)} / ${seconds.toFixed(1)} s`;
  for (const overlay of overlays) overlay.show(control("boxes").checked, control("tracks").checked, place);
}

function go(to) {
  place = Math.min(Math.max(0, to), seconds);
  put();
  tell();
}

function start() {
  playing = true;
  last = performance.now();
  for (const video of videos) {
    video.playbackRate = rate;
    video.play().catch(() => {}); // the browser refuses while the page is hidden; the next frame of ours puts it right
  }
  name();
  requestAnimationFrame(tick);
}

function stop() {
  playing = false;
  for (const video of videos) video.pause();
  go(Math.round(place / step) * step);
  name();
}

function name() {
  const button = control("toggle");
  button.textContent = playing ? "Pause" : "Play";
  button.setAttribute("aria-label", playing ? "Pause all" : "Play all");
}

function tick(now) {
  if (!playing) return;
  place += ((now - last) / 1000) * rate;
  last = now;
  if (place >= seconds) {
    place = 0;
    for (const video of videos) {
      video.currentTime = 0;
      video.play().catch(() => {});
    }
  }
  put();
  tell();
  requestAnimationFrame(tick);
}

const frame = (by) => {
  if (playing) stop();
  go((Math.round(place / step) + by) * step);
};

control("toggle").addEventListener("click", () => (playing ? stop() : start()));
control("back").addEventListener("click", () => frame(-1));
control("forward").addEventListener("click", () => frame(1));
control("boxes").addEventListener("change", tell);
control("tracks").addEventListener("change", tell);
control("rate").addEventListener("change", (event) => {
  rate = Number(event.target.value);
  for (const video of videos) video.playbackRate = rate;
});
slider.addEventListener("input", () => {
  if (playing) stop();
  go(Number(slider.value));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, button, summary, a")) return;
  if (event.key === " ") playing ? stop() : start();
  else if (event.key === "ArrowLeft") frame(-1);
  else if (event.key === "ArrowRight") frame(1);
  else return;
  event.preventDefault();
});

controls.hidden = videos.length === 0;
if (videos.length) tell();
