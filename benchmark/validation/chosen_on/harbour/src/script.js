// The style sheet moves the scene; here the sun gets its corners.
const style = getComputedStyle(document.documentElement);
const read = (name) => style.getPropertyValue(name).trim();
const number = (name) => parseFloat(read(name));
const ms = (name) => 1000 * number(name);

document.querySelector(".sun").setAttribute("rx", 60 * number("--round"));
