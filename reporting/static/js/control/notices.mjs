// Who has read what, kept current while the page is open: the server draws the list, this brings it in when it is another one.
// It comes as a parsed document, never as markup put into this one.
const LOOK_MS = 1200;
const AWAY_MS = 8000;

function read() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", "/control/notices?only=list");
    request.responseType = "document";
    request.timeout = AWAY_MS;
    request.onload = () => resolve(request.status === 200 ? request.response?.getElementById("sent") : null);
    request.onerror = request.ontimeout = () => resolve(null);
    request.send();
  });
}

async function look() {
  const fresh = document.visibilityState === "visible" ? await read() : null;
  const shown = document.getElementById("sent");
  if (fresh && fresh.textContent !== shown.textContent) {
    const focused = shown.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    shown.replaceWith(document.adoptNode(fresh));
    if (focused) [...fresh.querySelectorAll("button")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
  }
  setTimeout(look, LOOK_MS);
}

setTimeout(look, LOOK_MS);
