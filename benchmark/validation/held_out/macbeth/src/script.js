// Splits the words into letters and deals the turns: the letter that is named 0 leaves first.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);
let n = 0;

document.querySelectorAll(".word").forEach((word) => {
  const letters = [...word.textContent].map((text) => {
    const letter = document.createElement("span");
    const glyph = document.createElement("b");
    glyph.textContent = text;
    letter.className = "letter";
    letter.style.setProperty("--i", order[n++]);
    letter.append(glyph);
    return letter;
  });
  word.replaceChildren(...letters);
});
