// The routing pages: looks how far a trial is and brings its answer in. Without this module the page renews itself.
// What comes is a parsed document, never markup put into this one; its part is adopted.
const LOOK_MS = 400;
const LONGEST_MS = 3000;

const byId = (id) => document.getElementById(id);
const isOpen = (part) => part?.dataset.trial && ["waiting", "running"].includes(part.dataset.state);

function readPage() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject(new Error(`${request.status}`)));
    request.onerror = () => reject(new Error("away"));
    request.send();
  });
}

// The parts that change when a trial has its answer: the answer itself, and the figures beside the rows.
async function bringIn(ids) {
  const fresh = await readPage();
  for (const id of ids) {
    const part = fresh.getElementById(id);
    if (part && byId(id)) byId(id).replaceWith(document.adoptNode(part));
  }
}

async function wait(id, also) {
  let pause = LOOK_MS;
  for (;;) {
    const part = byId(id);
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const answer = await fetch(`/control/routing/trials/${part.dataset.trial}`, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok) return;
      const { state, percent } = await answer.json();
      if (!["waiting", "running"].includes(state)) {
        await bringIn([id, ...also]);
        byId("polite").textContent = "The answer is here.";
        return;
      }
      const bar = part.querySelector("progress");
      if (bar) bar.value = percent;
      const line = byId("trial-state");
      if (line && state === "running") line.textContent = `Trying… ${percent} %`;
      pause = LOOK_MS;
    } catch {
      pause = Math.min(pause * 2, LONGEST_MS);
    }
  }
}

byId("trouble")?.focus();
if (isOpen(byId("trial"))) wait("trial", ["rows"]);
if (isOpen(byId("place-answer"))) wait("place-answer", []);
if (isOpen(byId("shapes"))) wait("shapes", ["shapes-doings"]);
