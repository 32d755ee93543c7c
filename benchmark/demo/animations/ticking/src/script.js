// Twelve marks; each lights up when the hand arrives.
const style = getComputedStyle(document.documentElement);
const order = style.getPropertyValue("--order").trim().split(/\s+/);
const sense = style.getPropertyValue("--direction").trim() === "reverse" ? -1 : 1;
const marks = document.querySelector(".marks");

order.forEach((turn, n) => {
  const mark = document.createElement("i");
  mark.className = "mark";
  mark.style.setProperty("--n", n);
  mark.style.setProperty("--i", sense * turn);
  marks.append(mark);
});
