"""Web push: neutral words, encrypted for the one browser, handed to its push service through the guard.

The push service learns that this site has something for this browser, and when; it cannot read a word, and every letter is as
long as every other.
"""

import json
from dataclasses import replace
from typing import Final

from reporting.adapters.channels import PushRoute
from reporting.adapters.outbound import Call, NotAllowed, Unreachable, require_public_name, target_of
from reporting.adapters.web_push import Browser, Fresh, NotAKey, encrypt
from reporting.services.sending import Result
from worker.delivery.channel import Letter, Outside, off, result_of

KEPT_FOR_S: Final = 24 * 3600
"""A phone that is off gets it when it is switched on within a day."""
TOPIC: Final = "letter"
"""Of several that wait for one phone only the newest is shown: they say the same."""
TAKEN: Final = frozenset((200, 201, 202, 204))
GONE: Final = frozenset((404, 410))


def send_push(letter: Letter, outside: Outside) -> Result:
    """Hands the letter to the push service. 404 and 410 mean that the browser took its subscription back."""
    route = outside.channels.push
    if route is None:
        return off()
    try:
        answer = outside.http.call(_call(letter, route))
    except (NotAllowed, NotAKey) as refusal:
        return Result("refused", f"not_allowed_{refusal}", gone=True)
    except Unreachable as trouble:
        return Result("again", str(trouble), service_away=True)
    if answer.status in TAKEN:
        return Result("sent", f"status_{answer.status}")
    found = result_of(answer.status, answer.headers.get("retry-after", ""))
    return replace(found, gone=answer.status in GONE)


def _call(letter: Letter, route: PushRoute) -> Call:
    """The call, where its push service is one that the town sends to; raises NotAllowed and NotAKey."""
    browser = Browser.of(letter.address)
    target = target_of(browser.endpoint)
    require_public_name(target)
    if route.service_of(target.host) is None:
        raise NotAllowed("service")
    headers = {
        "Authorization": route.vapid.authorization(f"https://{target.host}", route.contact, int(letter.now.timestamp())),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_FOR_S),
        "Urgency": "normal",
        "Topic": TOPIC,
    }
    return Call(browser.endpoint, headers=headers, body=encrypt(browser, said(letter), Fresh.made()))


def said(letter: Letter) -> bytes:
    """What the phone shows: the words, their language, and which page a tap opens."""
    words = letter.words
    shown = {"title": words.subject, "body": words.short, "url": words.url, "lang": words.language, "dir": words.direction}
    return json.dumps(shown, ensure_ascii=False).encode()
