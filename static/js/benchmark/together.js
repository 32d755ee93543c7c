// Clips under one clock, with what the metrics saw drawn over them. Each `.together` on a page is such a group. The clock
// is ours: each video plays by itself and is put right when it strays; a clip that is shorter waits on its last frame
// until all begin again. What to draw is said by the group's own switches, or by `data-draw` switches of the whole page.

const STRAY = 0.08; // seconds
const drawn = JSON.parse(document.getElementById("drawn")?.textContent ?? "{}");

class Overlay {
  constructor(svg) {
    this.svg = svg;
    const found = drawn[svg.dataset.key] ?? {};
    this.boxes = (found.boxes ?? []).map(([x, y, width, height]) => this.make("rect", { x, y, width, height, class: "box" }));
    this.tracks = (found.tracks ?? []).map((points) => ({
      points,
      line: this.make("polyline", { class: "track" }),
      head: this.make("circle", { class: "head", r: 7 }),
    }));
    this.warping = found.warping?.length ? this.warp(found.warping) : null;
  }

  make(name, attributes, into = this.svg) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    into.append(element);
    return element;
  }

  // The warping path in a corner: the reference's time to the right, this clip's time upwards; on the dashes both agree.
  warp(path) {
    const { width, height } = this.svg.viewBox.baseVal;
    const side = Math.min(width, height) * 0.36;
    const [left, top] = [width - side * 1.08, height - side * 1.08];
    const longest = Math.max(0.001, ...path.map((pair) => Math.max(...pair)));
    const place = ([first, second]) => [left + (first / longest) * side, top + side - (second / longest) * side];
    const group = this.make("g", { class: "warping" });
    const add = (name, attributes) => this.make(name, attributes, group);
    const pad = side * 0.06;
    add("rect", { x: left - pad, y: top - pad, width: side + 2 * pad, height: side + 2 * pad, class: "paper" });
    const [x2, y2] = place([longest, longest]);
    add("line", { x1: left, y1: top + side, x2, y2, class: "in-time" });
    add("polyline", { points: path.map((pair) => place(pair).join(",")).join(" "), class: "path" });
    const dot = add("circle", { r: side * 0.04, class: "head" });
    return {
      group,
      at(second) {
        const nearest = path.reduce((best, pair) => (Math.abs(pair[0] - second) < Math.abs(best[0] - second) ? pair : best));
        const [x, y] = place(nearest);
        dot.setAttribute("cx", x);
        dot.setAttribute("cy", y);
      },
    };
  }

  show(wanted, at) {
    for (const box of this.boxes) box.toggleAttribute("hidden", !wanted("boxes"));
    for (const { points, line, head } of this.tracks) {
      const until = points.filter(([second]) => second <= at + 1e-6);
      const visible = wanted("tracks") && until.length > 0;
      line.toggleAttribute("hidden", !visible);
      head.toggleAttribute("hidden", !visible);
      if (!visible) continue;
      line.setAttribute("points", until.map(([, x, y]) => `${x},${y}`).join(" "));
      const [, x, y] = until[until.length - 1];
      head.setAttribute("cx", x);
      head.setAttribute("cy", y);
    }
    if (!this.warping) return;
    this.warping.group.toggleAttribute("hidden", !wanted("warping"));
    this.warping.at(at);
  }
}

class Together {
  constructor(root) {
    this.root = root;
    this.videos = [...root.querySelectorAll("video")];
    this.seconds = Number(root.dataset.seconds);
    this.step = 1 / Math.max(1, ...this.videos.map((video) => Number(video.dataset.fps) || 30));
    this.overlays = [...root.querySelectorAll("svg[data-key]")].map((svg) => new Overlay(svg));
    this.playing = false;
    this.rate = 1;
    this.place = 0; // seconds
    const { controls } = this;
    this.control("toggle").addEventListener("click", () => this.toggle());
    this.control("back").addEventListener("click", () => this.frame(-1));
    this.control("forward").addEventListener("click", () => this.frame(1));
    this.control("rate")?.addEventListener("change", ({ target }) => this.setRate(Number(target.value)));
    this.slider.addEventListener("input", () => {
      if (this.playing) this.stop();
      this.go(Number(this.slider.value));
    });
    root.addEventListener("pointerdown", () => { active = this; });
    root.addEventListener("focusin", () => { active = this; });
    for (const name of ["boxes", "tracks", "warping"]) this.switch(name)?.addEventListener("change", () => this.tell());
    controls.hidden = this.videos.length === 0;
    if (this.videos.length) this.tell();
  }

  get controls() { return this.root.querySelector(".controls"); }
  get slider() { return this.controls.querySelector("input[type=range]"); }
  control(name) { return this.controls.querySelector(`[data-do=${name}]`); }
  switch(name) { return this.control(name) ?? document.querySelector(`[data-draw=${name}]`); }

  within(video) {
    return Math.min(this.place, Math.max(0, (video.duration || this.seconds) - this.step / 2));
  }

  put() {
    for (const video of this.videos) {
      // In the middle of the frame: at its very beginning rounding may show the one before.
      const half = this.playing ? 0 : this.step / 2;
      const at = Math.min(this.within(video) + half, Math.max(0, (video.duration || this.seconds) - 0.001));
      if (Math.abs(video.currentTime - at) > (this.playing ? STRAY : 0.001)) video.currentTime = at;
    }
  }

  tell() {
    this.slider.value = String(this.place);
    this.controls.querySelector("output").textContent = `${this.place.toFixed(1)} / ${this.seconds.toFixed(1)} s`;
    for (const overlay of this.overlays) overlay.show((name) => this.switch(name)?.checked ?? false, this.place);
  }

  go(to) {
    this.place = Math.min(Math.max(0, to), this.seconds);
    this.put();
    this.tell();
  }

  toggle() {
    if (this.playing) this.stop();
    else this.start();
  }

  start() {
    for (const other of groups) if (other !== this && other.playing) other.stop();
    this.playing = true;
    this.last = performance.now();
    for (const video of this.videos) {
      video.preload = "auto";
      video.playbackRate = this.rate;
      video.play().catch(() => {}); // the browser refuses while the page is hidden; the next frame of ours puts it right
    }
    this.name();
    requestAnimationFrame((now) => this.tick(now));
  }

  stop() {
    this.playing = false;
    for (const video of this.videos) video.pause();
    this.go(Math.round(this.place / this.step) * this.step);
    this.name();
  }

  name() {
    const button = this.control("toggle");
    button.textContent = this.playing ? "Pause" : "Play";
    button.setAttribute("aria-label", this.playing ? "Pause all" : "Play all");
  }

  tick(now) {
    if (!this.playing) return;
    this.place += ((now - this.last) / 1000) * this.rate;
    this.last = now;
    if (this.place >= this.seconds) {
      this.place = 0;
      for (const video of this.videos) {
        video.currentTime = 0;
        video.play().catch(() => {});
      }
    }
    this.put();
    this.tell();
    requestAnimationFrame((next) => this.tick(next));
  }

  frame(by) {
    if (this.playing) this.stop();
    this.go((Math.round(this.place / this.step) + by) * this.step);
  }

  setRate(rate) {
    this.rate = rate;
    for (const video of this.videos) video.playbackRate = rate;
  }
}

let active = null;
const groups = [];
for (const root of document.querySelectorAll(".together")) groups.push(new Together(root));
active = groups[0] ?? null;

document.addEventListener("keydown", (event) => {
  if (!active || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, button, summary, a")) return;
  if (event.key === " ") active.toggle();
  else if (event.key === "ArrowLeft") active.frame(-1);
  else if (event.key === "ArrowRight") active.frame(1);
  else return;
  event.preventDefault();
});
