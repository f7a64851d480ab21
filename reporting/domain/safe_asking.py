"""The rule that nobody may be asked to do something dangerous for us, and a gentle look at free questions for it.

It only warns whoever writes: words are no proof, and a person decides. Questions about what already happened and sentences
that forbid are left alone. The words of languages other than English are drafts until native speakers have read them.
"""

import re
from collections.abc import Iterator
from typing import Final

RULE: Final = "Never ask anybody to go back, follow, wait, touch, photograph or film."

DEEDS: Final = {
    "back": "go back or closer",
    "follow": "follow or watch somebody",
    "wait": "wait or stay there",
    "touch": "touch, open or move it",
    "photo": "take a photo",
    "film": "film or record",
}
"""What may not be asked -> in words."""

_ENGLISH: Final = {
    "back": r"(go|get|step|walk|move|come|run|drive|head) (back|closer|near|nearer|up to|over|inside|in there|towards)|return to|"
    r"approach|(have|take) (a|another) (closer )?look",
    "follow": r"follow|chase|run after|go after|tail (him|her|them|it)|keep (an eye|watch|watching)|shadow (him|her|them)",
    "wait": r"wait|stay (there|here|put|near|nearby|close|around|where|with)|remain (there|here|near|where)|hang on there",
    "touch": r"touch|pick (it|them|that|this) up|pick up|lift|look inside|kick|shake|"
    r"(open|move|search|carry|bring) (it|the|that)",
    "photo": r"photograph|(take|send|make|get|snap|shoot|upload) (\w+ ){0,3}"
    r"(photos?|pictures?|pics?|images?|snapshots?|selfies?)",
    "film": r"film|(take|send|make|get|shoot|record) (\w+ ){0,3}(videos?|clips?|footage|recordings?)|"
    r"record (it|him|her|them|what|the)",
}
_OTHERS: Final = {
    "ar": {
        "back": "ارجع|عد إلى|اقترب",
        "follow": "اتبع|تتبع|لاحق|راقب",
        "wait": "انتظر|ابق",
        "touch": "المس|افتح|حرّك",
        "photo": "صوّر|صورة|التقط",
        "film": "فيديو|سجّل",
    },
    "de": {
        "back": r"zurückgeh|geh(en)? sie (zurück|näher|hin)|geh (zurück|näher|hin)|näher (ran|heran)",
        "follow": r"folgen|folge\b|verfolg",
        "wait": r"warten|warte\b|bleiben sie|bleib\b",
        "touch": r"anfass|fassen sie|berühr|öffnen",
        "photo": "foto",
        "film": r"filmen|filme\b|video",
    },
    "el": {
        "back": "γύρισ|επιστρέψ|πλησιάσ",
        "follow": "ακολουθ|παρακολουθ",
        "wait": "περιμέν|μείν",
        "touch": "αγγίξ|ανοίξ",
        "photo": "φωτογραφ",
        "film": "βίντεο|τραβήξ",
    },
    "es": {
        "back": r"vuelv|regres|acérqu|acerc",
        "follow": r"siga\b|sigue\b|seguir|persig",
        "wait": r"espere|espera\b|quéde",
        "touch": r"toque|toca\b|tocar|abra\b|abrir",
        "photo": "foto",
        "film": r"filme|filma|grabe|graba|vídeo|video",
    },
    "fr": {
        "back": r"retournez|retourner|rapproch|approch",
        "follow": r"suivez|suivre|suis-",
        "wait": r"attendez|attendre|restez|rester",
        "touch": r"touchez|toucher|ouvrez|ouvrir",
        "photo": "photo",
        "film": r"filmez|filmer|vidéo",
    },
    "it": {
        "back": r"torni\b|tornare|torna\b|avvicin",
        "follow": r"segua\b|segui\b|seguire",
        "wait": r"aspett|resti\b|resta\b|rimanga",
        "touch": r"tocchi|toccare|tocca\b|apra\b|aprire",
        "photo": "foto",
        "film": r"filmi|filmare|video|riprenda",
    },
    "nl": {
        "back": r"ga (even )?(terug|dichter|naar)|teruggaan|dichterbij",
        "follow": r"volg\b|volgen",
        "wait": r"wacht\b|wachten|blijf",
        "touch": r"raak|aanraken|open\b|openen",
        "photo": "foto",
        "film": r"film\b|filmen|video",
    },
    "pl": {
        "back": "wróć|wrócić|podejd|podejść|zbliż",
        "follow": "śledź|śledzić|idź za|iść za",
        "wait": "czekaj|poczek|zostań|zostać",
        "touch": "dotkn|dotyk|otwórz|otworz",
        "photo": "zdjęci|sfotograf",
        "film": "sfilm|nagraj|nagrać|wideo",
    },
    "pt": {
        "back": r"volte|voltar|regress|aproxim",
        "follow": r"siga\b|seguir",
        "wait": r"espere|esperar|fique",
        "touch": r"toque|tocar|abra\b|abrir",
        "photo": "foto",
        "film": r"filme\b|filmar|grave\b|gravar|vídeo",
    },
    "ro": {
        "back": "întoarce|apropi",
        "follow": "urmăr|urmați",
        "wait": "aștept|rămân",
        "touch": "atinge|deschide",
        "photo": r"foto|poză|poze",
        "film": "filma|filmează|înregistr|video",
    },
}
_NEVER: Final = re.compile(
    r"\b(do not|don.?t|never|not|without|no need|nicht|kein\w*|ne|pas|no|non|niet|geen|não|nie|nu|μη|μην|δεν|لا)\b"
    r"(\W+\w+){0,4}\W*$",
    re.IGNORECASE,
)
_ALREADY: Final = re.compile(r"^\W*(did|has|have you (seen|heard|told)|was|were|had|when did|where did|who did)\b", re.IGNORECASE)


def unsafe_requests(text: str, language: str | None = "en") -> tuple[str, ...]:
    """What the words seem to ask somebody to do that the rule forbids, in the words of DEEDS; empty where there is nothing."""
    told = dict.fromkeys(deed for sentence in re.split(r"[.?!;\n؟;]+", text) for deed in _asked(sentence, language or "en"))
    return tuple(DEEDS[deed] for deed in told)


def _asked(sentence: str, language: str) -> Iterator[str]:
    if _ALREADY.search(sentence):
        return
    for words in (_ENGLISH, _OTHERS.get(language, {})):
        for deed, pattern in words.items():
            found = re.search(rf"(?<!\w)({pattern})", sentence, re.IGNORECASE)
            if found and not _NEVER.search(sentence[: found.start()]):
                yield deed


def warning(deeds: tuple[str, ...]) -> str:
    """The sentence for whoever wrote it."""
    return f"This seems to ask somebody to {', and to '.join(deeds)}. {RULE}"
