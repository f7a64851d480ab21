// What rooms ask and tell, kept current while the page is open: the server draws it, this brings it in when its mark changes. The
// page comes as a parsed document, never as markup. A sound is made only where somebody chose it.
const LOOK_MS = 2000;
const AWAY_MS = 10000;
const SOUND = "venue.sound";
const said = document.querySelector("#asked-said");
const home = new URL("asked", new URL(document.querySelector("#asked")?.dataset.home ?? "/venue/", location.href));
home.search = location.search.includes("lang=") ? `?lang=${new URLSearchParams(location.search).get("lang")}` : "";
let audio = null;

const section = () => document.querySelector("#asked");
const listed = (element, name) => (element?.dataset[name] ?? "").split(" ").filter(Boolean);

const kept = {
  get: () => {
    try {
      return localStorage.getItem(SOUND) === "on";
    } catch {
      return false;
    }
  },
  set: (on) => {
    try {
      localStorage.setItem(SOUND, on ? "on" : "off");
    } catch {
      // A browser that stores nothing asks again at the next visit.
    }
  },
};

function read() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", home);
    request.responseType = "document";
    request.timeout = AWAY_MS;
    request.onload = () => resolve(request.status === 200 ? request.response?.querySelector("#asked") : null);
    request.onerror = request.ontimeout = () => resolve(null);
    request.send();
  });
}

// Answers that were chosen already stay chosen while the same question stands.
function answersOf(element) {
  const form = element?.querySelector("form[data-keeps]");
  return form ? [form.dataset.keeps, [...new FormData(form)].filter(([name]) => name !== "csrf_token")] : [null, []];
}

function putBack(element, [id, answers]) {
  const form = element.querySelector("form[data-keeps]");
  if (!form || form.dataset.keeps !== id) return;
  for (const [name, value] of answers) {
    const radio = form.querySelector(`input[name="${name}"][value="${value}"]`);
    if (radio) radio.checked = true;
  }
}

function swap(fresh) {
  const old = section();
  const element = document.adoptNode(fresh);
  const answers = answersOf(old);
  const focused = old.contains(document.activeElement);
  const news = ["looks", "notices"].filter((name) => listed(element, name).some((id) => !listed(old, name).includes(id)));
  old.replaceWith(element);
  putBack(element, answers);
  begin(element);
  if (focused) (element.querySelector("h2, .note strong") ?? document.querySelector("main")).closest("[tabindex]")?.focus({ preventScroll: true });
  if (news.length) announce(element, news[0]);
}

function announce(element, name) {
  const words = element.querySelector(name === "looks" ? ".look h2" : ".note.written strong");
  if (said && words) said.textContent = words.textContent;
  if (name === "looks") element.scrollIntoView({ block: "start" });
  if (kept.get()) chime();
}

function chime() {
  if (!audio || audio.state !== "running") return;
  for (const [number, pitch] of [523, 659].entries()) {
    const [tone, loudness] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + number * 0.28;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.2, at + 0.03);
    loudness.gain.linearRampToValueAtTime(0, at + 0.26);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.28);
  }
}

// Browsers let a page sound only after a tap: whoever chose it on an earlier visit is heard from their first tap on.
function wake() {
  if (!kept.get()) return;
  audio ??= new AudioContext();
  audio.resume();
}

function begin(element) {
  const button = element.querySelector("#asked-sound");
  if (button && "AudioContext" in window) {
    const show = () => {
      button.textContent = kept.get() ? button.dataset.on : button.dataset.off;
      button.setAttribute("aria-pressed", String(kept.get()));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      kept.set(!kept.get());
      wake();
      show();
      if (kept.get()) chime();
    });
    show();
  }
  tick();
}

function tick() {
  for (const each of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(each.dataset.until) - Date.now()) / 1000));
    const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const text = each.dataset.left.replace("{left}", words);
    if (each.textContent !== text) each.textContent = text;
  }
}

async function look() {
  const fresh = document.visibilityState === "visible" || kept.get() ? await read() : null;
  if (fresh && fresh.dataset.mark !== section().dataset.mark) swap(fresh);
  setTimeout(look, LOOK_MS);
}

if (section()?.dataset.mark) {
  begin(section());
  addEventListener("pointerdown", wake, { capture: true });
  addEventListener("keydown", wake, { capture: true });
  setInterval(tick, 1000);
  setTimeout(look, LOOK_MS);
}
