// The header of every page but the console: the switch between dark and light, which this desk remembers.
const button = document.getElementById("theme");
const root = document.documentElement;

button.hidden = false;
button.addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  try {
    localStorage.setItem("control.theme", root.dataset.theme);
  } catch {
    // Nothing is lost but the memory of a preference.
  }
});
