// The page on which a reporter chooses how to be told: mail and text messages are plain forms, push needs this script.

import { offerPush } from "./push.mjs";
import { keepOnPhone } from "./shell.mjs";

const section = document.querySelector("[data-push]");
const receiptCode = document.querySelector("[name=receipt_code]")?.value;

if (section && receiptCode) {
  keepOnPhone();
  await offerPush(section, { receiptCode });
}
