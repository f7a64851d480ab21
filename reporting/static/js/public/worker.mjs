// What the service worker does: opens the report page without a network, and sends what waits in the outbox.
// It keeps public pages and files of one release alone: no answer of the interface, no receipt, nothing of a signed-in person.

import { Outbox } from "./outbox.mjs";

const PATIENCE_MS = 3_000;
const MOST_PLACES = 5;
/** Whatever else stands there is no language, and nobody fills a phone with pages by it. */
const LANGUAGE = /^[a-z]{2}$/;
const PLACE = /^\/v\/[^/]+$/;
/** The flag form of a venue's staff: its page is somebody's and never kept; this one, which is nobody's, opens in its stead. */
const VENUE = { home: "/venue/", form: "/venue/offline" };
const kept = ({ pathname }) => pathname === "/" || pathname === VENUE.form || PLACE.test(pathname);

/** A page's address, of its search the language alone. */
function short({ pathname, searchParams }) {
  const [lang] = (searchParams.get("lang") ?? "").toLowerCase().split("-");
  return pathname + (LANGUAGE.test(lang) ? `?lang=${lang}` : "");
}

export class Shell {
  /** `release` is the mark of the files, `files` their addresses; `dress` are the deployer's colours and logo. */
  constructor({ release, files, dress }) {
    Object.assign(this, { release, files, dress, name: `shell-${release}`, mark: `/static/@${release}/` });
  }

  /** Everything of this release, and each page that was kept of the one before, read anew. */
  async fill() {
    await Promise.all(this.files.map((address) => this.#add(address)));
    const pages = await this.#pages();
    if (!(await this.learn("/"))) throw new Error("the page is of another release");
    await Promise.all(pages.filter((address) => address !== "/").map((address) => this.learn(address)));
    await (await caches.open(this.name)).addAll(this.dress);
  }

  // "immutable" is what the server says of files of its own release; while another one still answers, we come again later.
  async #add(address) {
    const response = await fetch(address);
    if (!response.headers.get("Cache-Control")?.includes("immutable")) throw new Error(`${address} is of another release`);
    await (await caches.open(this.name)).put(address, response);
  }

  /** Lets go of every other release. */
  async settle() {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== this.name).map((name) => caches.delete(name)));
  }

  async #pages() {
    const names = (await caches.keys()).filter((name) => name.startsWith("shell-"));
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return [...new Set(lists.flat().map(({ url }) => new URL(url)).filter(kept).map(short))];
  }

  /** Reads a page for later; false when it cannot be had now. */
  async learn(address) {
    try {
      return await this.keep(address, await fetch(address, { credentials: "omit", cache: "no-store" }));
    } catch {
      return false;
    }
  }

  /** Reads a page unless it is kept already; its next visit renews it. */
  async need(address) {
    return (await (await caches.open(this.name)).match(address)) ?? this.learn(address);
  }

  /** Keeps a page of this very release, marked as kept so that it says nothing about this hour. */
  async keep(address, response) {
    if (!response.ok || response.redirected || !response.headers.get("Content-Type")?.startsWith("text/html")) return false;
    const text = await response.text();
    if (!text.includes(this.mark)) return false;
    const headers = new Headers(response.headers);
    for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
    const cache = await caches.open(this.name);
    await cache.put(address, new Response(text.replace("<html ", "<html data-kept "), { headers }));
    const places = (await cache.keys()).filter(({ url }) => PLACE.test(new URL(url).pathname));
    await Promise.all(places.slice(0, -MOST_PLACES).map((old) => cache.delete(old)));
    return true;
  }

  /** Files of this release that were loaded before the worker was there, such as a font. */
  async keepFiles(addresses) {
    const own = addresses.filter((address) => new URL(address, location.href).pathname.startsWith(this.mark));
    const cache = await caches.open(this.name);
    await Promise.all(own.map(async (address) => (await cache.match(address)) ?? this.#add(address).catch(() => {})));
  }

  /** A file of this release, from the phone first. */
  async file(request) {
    const cache = await caches.open(this.name);
    return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
  }

  /** The deployer's colours or logo, as they are now if there is a network. */
  async dressed(request) {
    return fetch(request).catch(async () => (await caches.open(this.name)).match(request, { ignoreVary: true }));
  }

  /** The page from the network, unless that is away, slow or in trouble; then the kept one. */
  async page(event) {
    const address = new URL(event.request.url);
    const network = fetch(event.request);
    event.waitUntil(network.then((response) => this.keep(short(address), response.clone())).catch(() => {}));
    const here = await this.#here(address);
    if (!here) return network;
    const slow = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, here));
    return Promise.race([network.then((response) => (response.status < 500 ? response : here)).catch(() => here), slow]);
  }

  /** The page of a venue from the network; where there is none, the form that is nobody's, in its language. */
  async venue(event) {
    const form = new URL(event.request.url);
    form.pathname = VENUE.form;
    const cache = await caches.open(this.name);
    return fetch(event.request).catch(async (error) => {
      const here = (await cache.match(short(form))) ?? (await cache.match(VENUE.form));
      if (!here) throw error;
      return here;
    });
  }

  // A place or a language that was never opened here: the same form, which asks for the place and reads the code itself.
  async #here(address) {
    const cache = await caches.open(this.name);
    const { pathname } = address;
    return (await cache.match(short(address))) ?? (await cache.match(short(address).replace(pathname, "/"))) ?? cache.match("/");
  }
}

async function send() {
  if (!(await new Outbox(null).deliver())) throw new Error("still waiting for a network");
}

/** Puts the worker's ears on. */
export function serve(shell, scope = self) {
  const quietly = () => send().catch(() => {});
  scope.addEventListener("install", (event) => event.waitUntil(shell.fill().then(() => scope.skipWaiting())));
  scope.addEventListener("activate", (event) => event.waitUntil(shell.settle().then(() => scope.clients.claim()).then(quietly)));
  scope.addEventListener("sync", (event) => event.tag === "outbox" && event.waitUntil(send()));
  scope.addEventListener("online", quietly);
  scope.addEventListener("message", (event) => {
    const { page, files } = event.data ?? {};
    if (!page) return;
    const address = new URL(page, location.href);
    event.waitUntil(Promise.all([kept(address) && shell.need(short(address)), shell.keepFiles(files ?? [])]));
  });
  scope.addEventListener("fetch", (event) => {
    const { request } = event;
    const address = new URL(request.url);
    if (request.method !== "GET" || address.origin !== location.origin) return;
    if (request.mode === "navigate") event.waitUntil(quietly());
    if (request.mode === "navigate" && address.pathname === VENUE.home) event.respondWith(shell.venue(event));
    else if (request.mode === "navigate" && kept(address)) event.respondWith(shell.page(event));
    else if (shell.dress.includes(address.pathname)) event.respondWith(shell.dressed(request));
    else if (address.pathname.startsWith(shell.mark)) event.respondWith(shell.file(request));
  });
}
