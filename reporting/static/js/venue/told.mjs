// Offers messages to this device of a venue's staff: it is told that something waits here, until the device is ended.

import { offerPush } from "../public/push.mjs";

const section = document.querySelector("[data-push]");

if (section) await offerPush(section, { csrfToken: section.dataset.csrf });
