// The judging screen: puts clock, answers and outbox together and shows where they stand.

import { Answers } from "./answers.js";
import { Attendance } from "./attendance.js";
import { Clock } from "./clock.js";
import { Draft } from "./drafts.js";
import { fetchAhead, fetchClips, showClips, Unplayable } from "./media.js";
import { ask, newKey, Outbox } from "./outbox.js";

document.getElementById("no-script").remove(); // shown to a browser in which nothing of this runs
const page = JSON.parse(document.getElementById("page").textContent);
const say = (key, values = {}) =>
  page.messages[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const tenths = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const seconds = (value) => tenths.format(value);
const show = (element, visible) => element.toggleAttribute("hidden", !visible);

const videos = Object.fromEntries(all("video").map((video) => [video.dataset.role, video]));
const seats = Object.fromEntries(all(".seat").map((seat) => [seat.dataset.role, seat]));
const clock = new Clock();
const outbox = new Outbox(`${page.storage}:outbox`, { csrf: page.csrf, stateUrl: page.urls.state, status: showStatus });
const draft = new Draft(`${page.storage}:draft`);
const keys = page.dimensions.map((one) => one.key);
const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;

let state = page.state; // what the server says stands now
let round = null; // the round on the screen
let answers = null;
let phase = "loading"; // loading, open, sending, feedback
let attendance = new Attendance();
let sure = false;
let enlarged = 0;
let anySaved = false;

// ---------------------------------------------------------------- rounds

async function enter(next) {
  state = next;
  if (state.csrf) outbox.csrf = state.csrf;
  if (state.step === "done" || state.step === "go") return leave(state.url);
  const path = location.pathname;
  if (state.step === "rate" && path.endsWith("/practice/")) return leave(path.replace(/practice\/$/, "rate/"));
  round = state.round;
  phase = "loading";
  sure = false;
  anySaved = state.step === "rate" && (round.position > 1 || Boolean(round.answers));
  showStatus("idle");
  enlarge(0);
  attendance = new Attendance();
  const kept = draft.read(round.ticket);
  answers = new Answers(keys, round.answers);
  answers.restore(kept);
  find("#reason") && (find("#reason").value = kept?.reason ?? round.reason ?? "");
  showRound();
  paint();
  await load();
}

async function load() {
  const mine = round;
  clock.drop();
  show(find("#loader"), true);
  progress(0);
  try {
    const blobs = await fetchClips(mine.clips, {
      progress,
      retrying: () => {
        attendance.retries += 1;
        find("#loader-text").textContent = say("retrying");
      },
      offline: (down) => showStatus(down ? "waiting-clips" : "idle"),
    });
    if (mine !== round) return;
    await showClips(videos, blobs);
    if (mine !== round) return;
    const roles = ["left", "reference", "right"];
    await clock.take(roles.map((role) => ({ role, video: videos[role], ...mine.clips[role] })));
  } catch (error) {
    if (mine === round) await giveUp(error);
    return;
  }
  if (mine !== round) return;
  attendance.ready();
  phase = "open";
  show(find("#loader"), false);
  openAnswersIfWatched();
  paint();
  if (!document.querySelector("dialog[open]")) find("#stage").focus({ preventScroll: true });
  fetchAhead(state.ahead);
}

/** A clip that will not play: the server exchanges the round, and the participant goes on. */
async function giveUp(error) {
  const failed = error instanceof Unplayable ? error : new Unplayable("reference", String(error.message ?? error));
  phase = "sending";
  clock.drop();
  show(find("#loader"), true);
  find("#loader-text").textContent = say("exchanging");
  const body = {
    step: state.step,
    position: round.position,
    ticket: round.ticket,
    role: failed.role,
    why: failed.why.slice(0, 200),
  };
  const reply = await outbox.send({ url: page.urls.failure, body });
  if (reply.accepted) return enter(reply);
  find("#loader-text").textContent = reply.sentence ?? say("trouble");
}

function leave(url) {
  phase = "sending";
  clock.drop();
  location.assign(url);
}

// ---------------------------------------------------------------- answering

function openAnswersIfWatched() {
  if (phase === "open" && clock.counts.plays >= round.plays) answers.open(performance.now());
}

function choose(key, choice) {
  if (phase !== "open" || !answers.choose(key, choice, performance.now())) return;
  sure = false;
  keep();
  paint();
}

function keep() {
  draft.write({ ticket: round.ticket, ...answers.draft, reason: find("#reason")?.value ?? "" });
}

const waitLeft = () => Math.max(0, Math.ceil(round.wait_s - attendance.secondsReady));
const mayGoOn = () => phase === "open" && answers.isOpen && answers.complete && waitLeft() === 0;

async function next() {
  if (!mayGoOn()) return;
  phase = "sending";
  await clock.pause();
  const body = { key: newKey(), ticket: round.ticket, ...answers.post };
  if (state.step === "practice") {
    delete body.changes;
    delete body.answered_ms;
  } else {
    Object.assign(body, { position: round.position, sure, amend: Boolean(round.answers), evidence: evidence() });
    if (find("#reason")) body.reason = find("#reason").value.slice(0, 2000);
  }
  paint();
  received(await outbox.send({ url: state.step === "practice" ? page.urls.practice : page.urls.answer, body }));
}

async function received(reply) {
  if (reply.ask_sure) {
    sure = true;
    phase = "open";
    paint();
    return;
  }
  if (!reply.accepted) {
    tell(reply.sentence ?? reply.detail ?? say("trouble"));
    if (!reply.step) {
      phase = round ? "open" : "loading";
      return;
    }
    if (round && reply.round?.ticket === round.ticket) {
      state = reply;
      phase = "open";
      paint();
      return;
    }
    return enter(reply);
  }
  draft.clear();
  if (reply.feedback) return feedback(reply);
  tell("");
  await enter(reply);
}

/** What the clock measured, and how it was attended to. */
function evidence() {
  const frame = seats.left.querySelector(".frame").getBoundingClientRect();
  return { ...clock.evidence, ...attendance.evidence(frame, reduced) };
}

async function back() {
  if (phase !== "open" || !round.back) return;
  phase = "sending";
  try {
    const response = await ask(`${page.urls.state}?back=1`, outbox.csrf);
    await enter(await response.json());
  } catch {
    phase = "open";
    tell(say("trouble"));
  }
}

// ---------------------------------------------------------------- practice feedback

function feedback(reply) {
  const { understood, verdicts, explanation, tries_left } = reply.feedback;
  phase = "feedback";
  for (const key of keys) {
    const mark = find(`[data-verdict="${key}"]`);
    mark.textContent = verdicts[key] ? `✓ ${say("as_meant")}` : `✗ ${say("otherwise")}`;
    mark.classList.toggle("wrong", !verdicts[key]);
  }
  const ended = !understood && tries_left === 0;
  const title = understood ? "understood" : ended ? "screened_out" : "not_understood";
  find("#feedback-title").textContent = say(title);
  find("#feedback-text").innerHTML = explanation; // made safe by the server
  find("#feedback-go").textContent = say(understood || ended ? "go_on" : "again");
  const dialog = find("#feedback");
  dialog.addEventListener("close", () => enter(reply), { once: true });
  dialog.showModal();
  paint();
}

// ---------------------------------------------------------------- what is seen

function progress(part) {
  find("#loader progress").value = part;
  find("#loader-text").textContent = say("loading", { percent: Math.round(part * 100) });
}

function showRound() {
  const { position, of, clips, instruction } = round;
  find("#where").textContent = say(state.step === "practice" ? "practice" : "round", { position, of });
  find("#way").max = of;
  find("#way").value = position - 1;
  const { width = 4, height = 3 } = clips.reference;
  document.documentElement.style.setProperty("--aspect", width / height);
  document.documentElement.style.setProperty("--rows", keys.length);
  if (find("#reason")) show(find("#reason"), state.step === "rate");
  for (const { key, label, question } of page.dimensions) {
    const row = find(`[data-row="${key}"]`);
    row.classList.toggle("instructed", Boolean(instruction));
    row.querySelector(".label").textContent = label;
    row.querySelector(".question").textContent = instruction ? instruction[key] : question;
    find(`[data-verdict="${key}"]`).textContent = "";
  }
  fitQuestions();
}

/** A long question takes up to three lines, and the clips give way to it; Help holds it whole. */
function fitQuestions() {
  const lines = Math.min(3, Math.max(...all(".question-row p").map((line) => Math.round(line.scrollHeight / 18))));
  document.documentElement.style.setProperty("--lines", lines || 1);
}

function paint() {
  if (!round) return;
  const open = phase === "open";
  const chosen = answers.chosen;
  for (const [index, key] of keys.entries()) {
    const row = find(`[data-row="${key}"]`);
    row.classList.toggle("later", index >= answers.visible);
    row.classList.toggle("in-turn", open && answers.isOpen && index === answers.turn);
    for (const button of row.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(chosen.get(key) === button.value));
      button.disabled = !open || !answers.isOpen || index >= answers.visible;
    }
  }
  find("#next").disabled = !mayGoOn();
  find("#next .word").textContent = say(state.step === "practice" ? "check" : "next");
  show(find("#back"), Boolean(round.back));
  find("#back").disabled = !open;
  for (const control of all("#clock button, #clock input")) control.disabled = !open;
  find("#hint").textContent = hint();
  paintClock();
}

function hint() {
  if (phase !== "open") return "";
  if (!answers.isOpen) return say(round.plays > 1 ? "watch_more" : "watch", { plays: round.plays });
  if (sure) return say("sure");
  if (round.answers) return say("changing");
  if (!answers.complete) return "";
  return waitLeft() ? say("wait", { seconds: waitLeft() }) : "";
}

function paintClock() {
  if (!clock.clips.length) return;
  const word = say(clock.playing ? "pause" : "play");
  find("#play .word").textContent = word;
  find("#play").dataset.playing = clock.playing;
  show(find("#start"), phase === "open" && !clock.playing && clock.counts.plays === 0 && clock.frame === 0);
  const bar = find("#at");
  bar.max = clock.longest.frames - 1;
  bar.value = clock.frame;
  const time = `${seconds(Math.min(clock.time, clock.duration))} / ${seconds(clock.duration)} s`;
  bar.setAttribute("aria-valuetext", time);
  find("#time").textContent = time;
  for (const button of all("[data-speed]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === clock.speed));
  }
  const running = clock.clips.some((clip) => !clip.held);
  for (const clip of clock.clips) {
    const held = clip.held && running;
    seats[clip.role].classList.toggle("held", held);
    seats[clip.role].querySelector(".holding").textContent = held ? say("holding") : "";
  }
}

function enlarge(which) {
  const order = [null, "left", "reference", "right"];
  enlarged = which % order.length;
  if (enlarged) attendance.enlarged += 1;
  document.body.classList.toggle("large", enlarged > 0);
  for (const [role, seat] of Object.entries(seats)) {
    seat.classList.toggle("enlarged", role === order[enlarged]);
    seat.querySelector("[data-enlarge]").setAttribute("aria-pressed", String(role === order[enlarged]));
  }
}

function showStatus(word) {
  const line = find("#status");
  line.dataset.state = word;
  if (word === "saving") line.textContent = say("saving");
  else if (word === "trouble") line.textContent = say("trouble");
  else if (word === "waiting") line.textContent = say(outbox.kept ? "waiting" : "not_kept");
  else if (word === "waiting-clips") line.textContent = say("waiting_clips");
  else if (anySaved) line.textContent = say("saved");
  else line.textContent = say("kept");
}

function tell(sentence) {
  find("#notice").textContent = sentence;
  show(find("#notice"), Boolean(sentence));
}

// ---------------------------------------------------------------- mouse and keyboard

clock.addEventListener("change", paintClock);
clock.addEventListener("loop", () => {
  openAnswersIfWatched();
  paint();
});
clock.addEventListener("blocked", () => tell(say("blocked")));
clock.addEventListener("broken", ({ detail }) => {
  if (phase === "open") giveUp(new Unplayable(detail.role, detail.why));
});

find("#play").addEventListener("click", () => play());
find("#start").addEventListener("click", () => play());
find("#restart").addEventListener("click", () => clock.restart());
find("#earlier").addEventListener("click", () => clock.step(-1));
find("#later").addEventListener("click", () => clock.step(1));
find("#at").addEventListener("input", (event) => clock.seek(Number(event.target.value)));
find("#next").addEventListener("click", next);
find("#back").addEventListener("click", back);
find("#help-open").addEventListener("click", () => {
  clock.pause();
  find("#help").showModal();
});
for (const button of all("[data-speed]")) {
  button.addEventListener("click", () => clock.setSpeed(Number(button.dataset.speed)));
}
for (const button of all("[data-enlarge]")) {
  button.addEventListener("click", () => {
    const which = ["left", "reference", "right"].indexOf(button.dataset.enlarge) + 1;
    enlarge(which === enlarged ? 0 : which);
  });
}
for (const key of keys) {
  for (const button of find(`[data-row="${key}"]`).querySelectorAll("button")) {
    button.addEventListener("click", () => choose(key, button.value));
  }
}
find("#reason")?.addEventListener("input", keep);

function play() {
  if (phase !== "open") return;
  tell("");
  clock.toggle();
}

// After a mouse click the keys belong to the round again, not to the button that was clicked.
document.addEventListener("pointerup", () => {
  setTimeout(() => {
    if (document.activeElement?.matches("button, input[type=range]") && !document.querySelector("dialog[open]")) {
      find("#stage").focus({ preventScroll: true });
    }
  });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const { target, key } = event;
  const typing = target.matches?.("input:not([type=range]), textarea, select");
  const pressing = target.matches?.("button, a, summary");
  if (typing || phase !== "open") return;
  const choice = { 1: "left", 2: "equal", 3: "right" }[key];
  if (key === " " && !pressing) play();
  else if (key === "ArrowLeft") clock.step(-1);
  else if (key === "ArrowRight") clock.step(1);
  else if (key === "ArrowUp") answers.move(-1), paint();
  else if (key === "ArrowDown") answers.move(1), paint();
  else if (choice) enlarge(0), choose(keys[answers.turn], choice); // what is marked is seen
  else if (key === "Enter" && !pressing) next();
  else if (key === "e" || key === "E") enlarge(enlarged + 1);
  else if (key === "Escape") enlarge(0);
  else if (key === "r" || key === "R") clock.restart();
  else return;
  event.preventDefault();
});

addEventListener("resize", fitQuestions);

document.addEventListener("visibilitychange", () => {
  attendance.hidden(document.hidden);
  if (document.hidden) clock.pause(); // a hidden tab paints nothing: what ran there would count as watched
});

setInterval(() => {
  if (round && phase === "open" && answers.isOpen && answers.complete) paint();
}, 250);

// ---------------------------------------------------------------- begin

showStatus("idle");
const left = outbox.pending;
if (left) {
  // The page was closed before the server had confirmed this; it knows the key if it had.
  outbox.send(left).then(async (reply) => {
    if (reply.ask_sure || (!reply.accepted && !reply.step)) return enter(page.state);
    if (!reply.accepted) tell(reply.sentence ?? "");
    return reply.feedback ? enter(state).then(() => feedback(reply)) : enter(reply);
  });
} else {
  enter(page.state);
}
