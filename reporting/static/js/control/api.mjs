// Talks to the operators' HTTP interface with the session's cookie. A refusal becomes a Problem with the server's own sentence.
import { settings } from "./settings.mjs";

export class Problem extends Error {
  constructor(status, body = {}) {
    super(OURS[status] || body.detail || "The server could not do that. Try again.");
    this.status = status;
    this.body = body;
    this.fields = (body.errors ?? []).map((error) => error.message);
  }
}

// Where the console knows better than the server what the person at the desk can do.
const OURS = {
  0: "No connection. Nothing was sent; try again when the header says live.",
  401: "You are signed out. Sign in in another window, then send again: what you typed is kept.",
  404: "This incident is no longer yours to work on.",
};

async function ask(path, options) {
  let response;
  try {
    response = await fetch(settings.api + path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  const json = /json/.test(response.headers.get("content-type") ?? "") ? await response.json() : {};
  if (!response.ok) throw new Problem(response.status, json);
  return json;
}

export const get = (path, signal) => ask(path, { headers: { Accept: "application/json" }, signal });

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": settings.csrf },
    body: JSON.stringify(body),
  });

// Every open incident, page by page; the first page can be drawn while the others come.
export async function* openIncidents(signal) {
  let cursor = "";
  do {
    const page = await get(`/incidents?status=open&limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`, signal);
    yield page.items;
    cursor = page.next;
  } while (cursor);
}
