"""The console's words for the conversation: cards, languages by their English names, and how a reporter can be reached."""

from typing import Any, Final

from babel import Locale

from reporting.dashboard.words import hour
from reporting.domain import questions, safe_asking
from reporting.domain.languages import LANGUAGES as KNOWN
from reporting.domain.outcomes import OUTCOMES

CARDS: Final = questions.CARDS
RULE: Final = safe_asking.RULE
SENTENCES: Final = {outcome.code: outcome.sentence for outcome in OUTCOMES.values()}
"""What a reporter reads of each ending."""
WAYS: Final = {"push": "message on the phone", "mail": "mail", "sms": "text message"}
_NAMES: Final = Locale("en").languages
LANGUAGES: Final = tuple((language.code, str(_NAMES.get(language.code, language.name))) for language in KNOWN)


def language(code: str) -> str:
    """The English name of a language; an unknown one as it was named."""
    return str(_NAMES.get(code.partition("-")[0].lower(), code))


def reach(found: dict[str, Any], zone: str) -> str:
    """Whether the reporter can be reached, as the end of a sentence that begins with "Reporter"."""
    since = hour(found["since"], zone)[:5] if found["since"] else ""
    told = ", ".join(WAYS[each["channel"]] + ("" if each["confirmed"] else ", not confirmed") for each in found["ways"])
    words = {
        "page_open": "reachable: the page is open",
        "push": f"reachable: {told}" + (f"; here at {since}" if since else ""),
        "away": f"not here since {since}",
        "unseen": "not here in the last day",
        "withdrawn": "withdrew the report",
    }[str(found["state"])]
    return words if found["state"] == "push" or not told else f"{words}; {told}"
