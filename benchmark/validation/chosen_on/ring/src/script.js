// The ring draws itself; the style sheet alone moves it.
document.querySelector(".loader").setAttribute("aria-label", "Loading");
