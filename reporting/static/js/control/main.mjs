// Starts the console: one store, the panes that this page has, the stream, the keys. The map comes last and may fail alone.
import { Actions } from "./actions.mjs";
import { openIncidents } from "./api.mjs";
import { byId, setText } from "./dom.mjs";
import { Filter } from "./filter.mjs";
import { Finder } from "./finder.mjs";
import { runClocks, showState, Speaker, switchTheme, Waiting } from "./header.mjs";
import { Keys } from "./keys.mjs";
import { Live } from "./live.mjs";
import { Pane } from "./pane.mjs";
import { Pictures } from "./pictures.mjs";
import { Queue } from "./queue.mjs";
import { titleOf } from "./row.mjs";
import { settings } from "./settings.mjs";
import { Sound } from "./sound.mjs";
import { Store } from "./store.mjs";
import { allowMapWorker } from "./trusted.mjs";
import { Windows } from "./windows.mjs";

const UNFINISHED_MS = 1500;

const store = new Store();
const speaker = new Speaker(store);
const actions = new Actions(store, (text) => speaker.say(text));
const pictures = new Pictures();
const pane = byId("incident-pane") ? new Pane((root) => bind(root)) : null;
const filter = byId("filter") ? new Filter(store, () => refilter()) : null;
const queue = filter ? new Queue(store, { passes: filter.passes, open: (id) => open(id) }) : null;
const finder = queue ? new Finder({ say: (strong, text) => queue.say(strong, text), open: (id) => open(id) }) : null;
const sound = new Sound(store);
const windows = new Windows((id) => open(id));
const waiting = new Waiting(store, (id) => open(id));
let map = null;

function bind(root) {
  actions.bind(root);
  pictures.bind(root);
  for (const link of root.querySelectorAll("a[data-incident]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link.dataset.incident);
    });
  }
  for (const link of root.querySelectorAll("a[data-timeline]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      pane.look(link.dataset.timeline);
    });
  }
  root.querySelector("[data-shut]")?.addEventListener("click", (event) => {
    event.preventDefault();
    shut();
  });
}

// Opens an incident in this window, or in the window that has the incident pane.
async function open(id, { remember = true, focus = false } = {}) {
  queue?.show(id);
  map?.select(id);
  if (!pane) return windows.ask(id);
  if (remember && id !== pane.id) history.pushState({ id }, "", settings.shape === "all" ? `/control/?incident=${id}` : `/control/incidents/${id}`);
  await pane.open(id);
  waiting.retitle(pane.field("number") ? `${pane.field("number")} · ${titleTail}` : titleTail);
  if (focus) pane.element.focus({ preventScroll: true });
}

function shut({ remember = true } = {}) {
  queue?.show(null);
  map?.select(null);
  pane?.shut();
  if (remember) history.pushState({}, "", "/control/");
  waiting.retitle(titleTail);
  queue?.grid.focus();
}

const titleTail = document.title.split(" · ").at(-1);

function refilter() {
  queue.refilter();
  const [strong, text] = filter.emptiness;
  queue.say(strong, text);
  finder?.look(filter.input.value, queue.keys.length);
}

let firstPage = () => {};
const begun = new Promise((resolve) => (firstPage = resolve));

async function load() {
  const began = performance.now();
  const seen = new Set();
  for await (const items of openIncidents()) {
    for (const item of items) {
      seen.add(item.id);
      store.put(item);
    }
    if (queue && !queue.grid.isConnected) mount();
    firstPage();
  }
  store.settle(seen, began);
}

// Reports that triage has not read stand first: the pages up to the first one that holds none of them are enough.
async function loadUntriaged() {
  const began = performance.now();
  const seen = new Set();
  for await (const items of openIncidents()) {
    for (const item of items) {
      seen.add(item.id);
      store.put(item);
    }
    if (!items.some((item) => !item.triaged)) break;
  }
  store.settleUntriaged(seen, began);
}

let unfinished = 0;

function noteUnfinished() {
  unfinished ||= setTimeout(() => {
    unfinished = 0;
    loadUntriaged().catch(() => {});
  }, UNFINISHED_MS);
}

function mount() {
  queue.mount();
  refilter();
  if (pane?.id) queue.show(pane.id);
  if (document.activeElement === document.body) queue.grid.focus({ preventScroll: true });
}

function hear(item) {
  const before = store.get(item.id);
  if (!item.gone && before?.assignee?.id === settings.actor.id && item.assignee && item.assignee.id !== settings.actor.id) {
    actions.toast.show(`${item.assignee.name} took over ${item.number}: ${titleOf(item)}.`);
  }
  if (item.gone) store.remove(item.id, item.version);
  else store.put(item);
  if (pane?.id === item.id) pane.changed(item);
}

store.listen((ids) => {
  if (queue?.grid.isConnected) queue.change(ids);
  filter?.count(ids);
  waiting.count();
  speaker.heard(ids);
  sound.heard(ids);
  map?.change(ids);
  dispatchEvent(new Event("control:changed"));
});

async function showMap() {
  const say = byId("map-say");
  say.textContent = say.dataset.drawing;
  try {
    allowMapWorker();
    const { IncidentMap } = await import("./map.mjs");
    map = await IncidentMap.draw(store, { open: (id) => open(id) });
    if (pane?.id) map.select(pane.id);
    say.hidden = true;
  } catch (error) {
    setText(say, "The map cannot be drawn on this screen. The queue is complete without it.");
    say.hidden = false;
    console.info("map:", error);
  }
}

async function start() {
  runClocks();
  switchTheme();
  new Keys({ queue, pane, actions, filter, pictures, open });
  actions.pane = pane;
  const live = new Live(settings.stream, { item: hear, unfinished: noteUnfinished, reload: load, state: showState });
  addEventListener("popstate", () => {
    const id = new URLSearchParams(location.search).get("incident");
    if (id) open(id, { remember: false });
    else if (settings.shape === "all") shut({ remember: false });
  });
  await live.start();
  const loaded = live.reload();
  await Promise.race([begun, loaded]);
  if (byId("map")?.checkVisibility()) showMap();
  await loaded;
  speaker.begin();
  sound.begin();
}

start();
