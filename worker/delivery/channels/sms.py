"""Text messages by a town's own gateway: any service that takes a number and a text over HTTP, described by settings.

Each carries one short link, which opens its page and stops the messages, so that it is one message long wherever that can be.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from reporting.adapters.channels import JSON_BODY, SmsRoute
from reporting.adapters.outbound import Call, NotAllowed, Unreachable
from reporting.services.sending import Result
from worker.delivery.channel import Letter, Outside, off, result_of
from worker.delivery.text_messages import fitted


def send_sms(letter: Letter, outside: Outside) -> Result:
    """Hands number and words to the gateway. The setting says which answer means that it took them."""
    route = outside.channels.sms
    if route is None:
        return off()
    told = {"to": letter.address.decode(), "text": text_of(letter), "id": str(letter.id)}
    headers = {"Content-Type": route.content_type, **route.headers}
    try:
        answer = outside.http.call(Call(route.url, route.method, headers, body_of(route, told)))
    except NotAllowed as refusal:
        return Result("again", f"not_allowed_{refusal}", service_away=True)
    except Unreachable as trouble:
        return Result("again", str(trouble), service_away=True)
    lowest, highest = route.statuses
    if lowest <= answer.status <= highest:
        taken = route.contains in answer.body.decode("utf-8", "replace")
        return Result("sent", f"status_{answer.status}") if taken else Result("refused", "answer_without_the_word")
    return result_of(answer.status, answer.headers.get("retry-after", ""))


def text_of(letter: Letter) -> str:
    """The words and the link, written so that it costs one message where letters without their marks are read as well."""
    return fitted(f"{letter.words.sms} {letter.short_url or letter.stop_url}")


def body_of(route: SmsRoute, told: Mapping[str, str]) -> bytes:
    """The body with the values filled into its own form, so that nothing in them is read as form."""
    if route.content_type == JSON_BODY:
        return json.dumps(_filled(route.body, told), ensure_ascii=False).encode()
    return urlencode([(name, _text(value, told)) for name, value in route.body]).encode()


def _filled(value: Any, told: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, told) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, told) for inner in value]
    return _text(value, told) if isinstance(value, str) else value


def _text(value: str, told: Mapping[str, str]) -> str:
    for name, given in told.items():
        value = value.replace("{" + name + "}", given)
    return value
