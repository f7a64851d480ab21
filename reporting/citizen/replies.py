"""What a reporter does on the follow-up page, as plain forms: answer, add, withdraw, say how it felt, take everything along.

Every form carries the receipt code in its body and shows the page again; sent twice it changes nothing.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth.guards import public
from reporting.citizen import blueprint
from reporting.citizen.follow_up import Shown, show, talking, unknown
from reporting.domain.conversation import FEELINGS, MOST_WORDS, Reply
from reporting.domain.errors import NotFound, NotPossible, Refused
from reporting.domain.receipts import normalised
from reporting.page import page_language
from reporting.queries import given
from reporting.schemas.fields import bare_of
from reporting.schemas.report_form import FormProblem
from reporting.services import replies

OWN: Final = "the receipt code itself is the right to act"
ADDED: Final = "add-text"
"""The id of the field for something more."""
SURE: Final = "sure"
"""The id of the tick without which nothing is taken back."""

Step = Callable[[str, Mapping[str, str]], str]


@blueprint.post("/follow-up/<any(answer,add,withdraw,feel):step>")
@public(OWN)
def follow_up_step(step: str) -> ResponseReturnValue:
    """Does one step and shows the page again with a sentence on it, or with what is missing and everything that was typed."""
    code, form = request.form.get("receipt_code", ""), request.form
    if normalised(code) is None:
        return unknown(code)
    try:
        done = STEPS[step](code, form)
    except NotFound:
        return unknown(code)
    except Refused as refused:
        words = refused.problems[0].message if refused.problems else refused.message
        return show(code, _again(step, form, words), 422)
    except NotPossible as refused:
        return show(code, _again(step, form, refused.message), 409)
    return show(code, Shown(done))


@blueprint.post("/follow-up/<any(copy,file):kind>")
@public(OWN)
def follow_up_copy(kind: str) -> ResponseReturnValue:
    """Everything the reporter gave and was sent: a page that prints well, or a file for programs."""
    code = request.form.get("receipt_code", "")
    found = given.everything(code, _)
    if found is None:
        return unknown(code)
    if kind == "file":
        answer: Response = jsonify(found)
        answer.headers["Content-Disposition"] = 'attachment; filename="report.json"'
        return answer
    return render_template("citizen/given.html", given=found, code=normalised(code), **talking())


def _answer(code: str, form: Mapping[str, str]) -> str:
    key = _key(form.get("question", ""))
    text = _text(form)
    replies.reply(code, Reply(question=key, answer=form.get("answer") or None, text=text, language=_language(text)))
    return _("Thank you. We have your answer.")


def _add(code: str, form: Mapping[str, str]) -> str:
    text = _text(form)
    replies.reply(code, Reply(text=text, language=_language(text)))
    return _("Thank you. We added it to your report.")


def _withdraw(code: str, form: Mapping[str, str]) -> str:
    if not form.get("sure"):
        raise Refused(_("Tick the box first, so that it does not happen by mistake."))
    replies.withdraw(code)
    return ""


def _feel(code: str, form: Mapping[str, str]) -> str:
    answer = form.get("answer", "")
    if answer not in FEELINGS:
        raise Refused(_("Tap one of the answers."))
    replies.feel(code, answer)
    return _("Thank you for telling us.")


STEPS: Final[Mapping[str, Step]] = {"answer": _answer, "add": _add, "withdraw": _withdraw, "feel": _feel}


def _text(form: Mapping[str, str]) -> str:
    """What was typed. A browser keeps to the limit by itself; what is longer was not typed here."""
    text = bare_of(form.get("text", "").replace("\r\n", "\n"))
    if len(text) > MOST_WORDS:
        raise Refused(_("This is too much text. Please shorten it."))
    if any(not (letter.isprintable() or letter in "\n\t") and ord(letter) < 160 for letter in text):
        raise Refused(_("This text cannot be read. Please write it again."))
    return text


def _language(text: str) -> str | None:
    return page_language().code if text else None


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused(_("There is no such question.")) from None


def _again(step: str, form: Mapping[str, str], words: str) -> Shown:
    question = form.get("question", "")
    target = f"words-{question}" if question else ADDED
    kept = {"question": question, "text": form.get("text", ""), "answer": form.get("answer", "")}
    own = SURE if step == "withdraw" else target if "text" in form else ""
    return Shown(problems=[FormProblem(own, _(words))], values=kept)
