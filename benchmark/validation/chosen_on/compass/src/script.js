// The ticks around the dial, which stand still.
const ticks = document.querySelector(".ticks");

ticks.innerHTML = Array.from({ length: 12 }, (_, n) => `<line y1="-236" y2="-216" transform="rotate(${30 * n})"/>`).join("");
