// Offers to keep the app on the phone, only after a receipt and only where the browser can.

let offered;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event;
});

/** Shows the offer in its box. On an iPhone nobody may ask, so it says how. */
export function offerInstall(box) {
  const byHand = navigator.standalone === false;
  box.hidden = !offered && !byHand;
  box.querySelector("#install-now").hidden = !offered;
  box.querySelector("#install-by-hand").hidden = Boolean(offered) || !byHand;
  box.querySelector("#install-now").onclick = async () => {
    await offered.prompt();
    offered = undefined;
    box.hidden = true;
  };
}
