// Sets the theme before the first paint. Dark unless this desk chose light; says to the style sheets that scripts run.
(() => {
  const root = document.documentElement;
  root.classList.replace("no-script", "scripted");
  try {
    if (localStorage.getItem("control.theme") === "light") root.dataset.theme = "light";
  } catch {
    // Storage can be forbidden by the browser; the dark theme stands.
  }
})();
