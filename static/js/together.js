// "Play together" starts the clips of one comparison at their first frame at once, when all of them can play through.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-play]");
  if (!button) return;
  const clips = [...button.closest("article").querySelectorAll("video")];
  if (clips.some((clip) => !clip.paused)) {
    clips.forEach((clip) => clip.pause());
    button.textContent = "Play together";
    return;
  }
  button.textContent = "Loading …";
  await Promise.all(clips.map(ready));
  clips.forEach((clip) => { clip.currentTime = 0; });
  await Promise.all(clips.map((clip) => clip.play()));
  button.textContent = "Pause";
});

function ready(clip) {
  if (clip.readyState === HTMLMediaElement.HAVE_ENOUGH_DATA) return null;
  clip.preload = "auto";
  return new Promise((resolve) => {
    clip.addEventListener("canplaythrough", resolve, { once: true });
    clip.addEventListener("error", resolve, { once: true });
    clip.load();
  });
}
