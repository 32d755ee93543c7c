// Splits the words into letters, which rise one after the other.
const order = getComputedStyle(document.documentElement).getPropertyValue("--order").trim().split(/\s+/);
let n = 0;

document.querySelectorAll(".headline span").forEach((word) => {
  const letters = [...word.textContent].map((text) => {
    const letter = document.createElement("b");
    letter.textContent = text;
    letter.style.setProperty("--i", order[n++]);
    return letter;
  });
  word.replaceChildren(...letters);
});
