// Sends one picture of this phone in pieces. What has come stays with the server, so a connection that breaks costs one piece at
// most: the phone asks how much is there and goes on. Where pieces do not pass, the picture is sent whole.

const PIECE = 65_536;
const LEAST_PIECE = 16_384;
const PIECE_MS = 60_000;
const WHOLE_MS = 120_000;
const FINAL = [400, 404, 413, 415, 422];
const NO_PIECES = [404, 405, 501];
const MOST_STANDING = 3;

const addressOf = ({ reportId, n }) => `/api/v1/reports/${encodeURIComponent(reportId)}/pictures/${n}`;

/** Sends what is missing of a record's picture. `told(bytes)`: so many are there or on their way; `wanted()`: whether it is still
    to be sent. Returns {state: "sent" | "refused" | "gone" | "taken" | "removed" | "waiting", seconds, at}: `taken` where its
    number has another picture, `at` the bytes that are there. */
export async function sendPicture(record, { told, wanted }) {
  if (!globalThis.crypto?.subtle) return sendWhole(record, told);
  const upload = await uploadOf(record);
  let at = record.at ?? 0;
  let answer = record.begun ? read(await ask("HEAD", upload)) : { at: 0 };
  for (let standing = 0; !answer.state && standing < MOST_STANDING; standing++) {
    if (answer.at > at) standing = 0;
    at = answer.at;
    told(at);
    if (!(await wanted())) return cancelled(upload);
    answer = read(await piece(record, upload, { at, told }));
  }
  return answer.state === "no pieces" ? sendWhole(record, told) : { state: "waiting", at, ...answer };
}

/** Tells the server that this picture is not going to be sent: what has come of it is deleted there at once, else after a day. */
export async function cancel(record) {
  if (record.begun && record.blob && globalThis.crypto?.subtle) await cancelled(await uploadOf(record));
}

async function cancelled(upload) {
  await ask("DELETE", upload);
  return { state: "removed" };
}

const uploadOf = async (record) => ({
  address: `${addressOf(record)}/upload`,
  headers: { "Receipt-Code": record.code, "Repr-Digest": `sha-256=:${await digestOf(record.blob)}:` },
});

async function digestOf(blob) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return btoa(String.fromCharCode(...digest));
}

// A line that broke gets smaller pieces, down to the smallest that the server takes.
function piece({ blob, breaks = 0 }, { address, headers }, { at, told }) {
  const end = Math.min(at + Math.max(LEAST_PIECE, PIECE / 2 ** breaks), blob.size);
  const of = {
    "Content-Type": "application/partial-upload",
    "Upload-Offset": at,
    "Upload-Complete": end === blob.size ? "?1" : "?0",
    "Upload-Length": blob.size,
  };
  const sent = { body: blob.slice(at, end), told: (loaded) => told(at + loaded), within: PIECE_MS };
  return ask("PATCH", { address, headers: { ...headers, ...of } }, sent);
}

// Only what the server itself says counts: a gate of some Wi-Fi answers everything with a page of its own.
function read(answer) {
  const told = (name) => answer.getResponseHeader(name);
  if (told("Upload-Complete") === "?1") return { state: "sent" };
  const at = told("Upload-Offset");
  if (at !== null && [200, 204, 409].includes(answer.status)) return { at: Number(at) };
  if (answer.status === 409 && isOurs(answer)) return { state: "taken" };
  if (NO_PIECES.includes(answer.status)) return { state: "no pieces" };
  return ending(answer);
}

function ending(answer) {
  if (FINAL.includes(answer.status) && isOurs(answer) && !wasCut(answer)) {
    return { state: answer.status === 404 ? "gone" : "refused" };
  }
  return { state: "waiting", seconds: Number(answer.getResponseHeader("Retry-After")) || 0 };
}

const isOurs = (answer) => /\bjson\b/.test(answer.getResponseHeader("Content-Type") ?? "");

// A request that ended too early names no field.
const wasCut = (answer) => answer.status === 400 && !/"field"/.test(answer.responseText);

async function sendWhole(record, told) {
  const headers = { "Receipt-Code": record.code };
  const answer = await ask("PUT", { address: addressOf(record), headers }, { body: record.blob, told, within: WHOLE_MS });
  if ((answer.status === 200 || answer.status === 201) && isOurs(answer)) return { state: "sent" };
  if (answer.status === 409 && isOurs(answer)) return { state: "taken" };
  return ending(answer);
}

// XMLHttpRequest, because fetch does not tell how far an upload is.
function ask(method, { address, headers }, { body = null, told = null, within = PIECE_MS } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.timeout = within;
    if (told) request.upload.onprogress = ({ loaded }) => told(loaded);
    request.onloadend = () => resolve(request);
    request.send(body);
  });
}
