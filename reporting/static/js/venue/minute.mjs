// The minute of a drill, counted down beside the cases; when it is over nothing is taken away.
import { counted } from "../public/counted.mjs";

const shown = document.querySelector("#minute");
const ends = performance.now() + Number(shown.dataset.seconds) * 1000;
shown.hidden = false;
const timer = setInterval(count, 1000);

function count() {
  const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
  shown.textContent = left ? counted(shown.dataset.left, left) : shown.dataset.over;
  if (!left) clearInterval(timer);
}
count();
