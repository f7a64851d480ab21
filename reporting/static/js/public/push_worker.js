// The service worker's part in messages: shows the neutral words, opens the page they lead to, renews the address.
// A module for its side effects; the listeners stand at once, as browsers ask for.

import { get, put, ways, WORDS } from "./push_store.mjs";

const LONGEST = 300;
const PAGE = "/follow-up";
const ICON = new URL("../../icons/any-192.png", import.meta.url).href;

const said = (value) => (typeof value === "string" ? value.slice(0, LONGEST) : "");

/** The letter's own words, else those this phone kept in its language when it asked for messages. */
async function words(data) {
  let letter;
  try {
    letter = data?.json();
  } catch {
    letter = undefined;
  }
  if (said(letter?.title) && said(letter?.body)) return letter;
  return (await get(WORDS).catch(() => undefined)) ?? { title: registration.scope, body: "" };
}

/** The page of ours that a letter leads to; whatever else stands there leads to the usual one. */
function pathOf(url) {
  try {
    const { pathname } = new URL(url, location.origin);
    return ["/follow-up", "/venue/", "/control/"].includes(pathname) ? pathname : PAGE;
  } catch {
    return PAGE;
  }
}

async function show(data) {
  const letter = await words(data);
  const path = pathOf(letter.url ?? PAGE);
  const dir = letter.dir === "rtl" ? "rtl" : "ltr";
  const shown = { body: said(letter.body), lang: said(letter.lang), dir, icon: ICON, tag: path, renotify: true, data: { path } };
  await registration.showNotification(said(letter.title), shown);
  for (const client of await clients.matchAll({ type: "window" })) client.postMessage({ letter: path });
}

async function openPage(path) {
  const windows = await clients.matchAll({ type: "window" });
  const there = windows.find(({ url }) => new URL(url).pathname === path);
  return there ? there.focus() : clients.openWindow(path);
}

/** Asks for a new address where the browser gave none, and tells it for every report that the former one stood for. */
async function renew({ newSubscription, oldSubscription }) {
  for (const way of await ways()) {
    const endpoint = oldSubscription?.endpoint ?? way.endpoint;
    const fresh = newSubscription ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: way.serverKey }));
    const body = JSON.stringify({ id: way.id, endpoint, subscription: fresh.toJSON() });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/api/v1/push/renew", { method: "POST", body, headers, credentials: "omit" });
    if (answer.ok) await put({ ...way, endpoint: fresh.endpoint });
  }
}

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(pathOf(event.notification.data?.path ?? PAGE)));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
