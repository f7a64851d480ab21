"""The canary strings: one for every field in which a person says something, none like another, none like a word of ours."""

from typing import Any, Final

from reporting.domain.receipts import check_character, grouped

_BODY: Final = "CANARYRECE1PT7X"

CANARIES: Final = {
    "description": "zanzibar described canary",
    "why_unusual": "zanzibar unusual canary",
    "place": "zanzibar place canary",
    "moving_to": "zanzibar moving canary",
    "already_told": "zanzibar told canary",
    "language": "zanzibarish",
    "venue": "ZANZIBARVENUE",
    "observed_at": "1987-06-05T04:03:02+01:23",
    "name": "zanzibar named canary",
    "email": "zanzibar.mail@canary.example",
    "phone": "+999 555 0199 8877",
    "device key": "zanzibar-device-canary",
    "idempotency key": "zanzibar-idempotency-canary",
    "receipt": grouped(_BODY + check_character(_BODY)),
    "latitude": "60.169123987",
    "longitude": "24.940456321",
    "own latitude": "60.168987123",
    "operator": "zanzibar_operator_canary",
    "operator email": "zanzibar.operator@canary.example",
    "password": "zanzibar-password-canary",
    "token name": "zanzibar-token-canary",
}
FORWARDED: Final = "203.0.113.77"

SECRETS: Final = (*CANARIES.values(), CANARIES["receipt"].replace("-", ""), FORWARDED, "zanzibar", "canary.example", "555 0199")


def report_of_canaries() -> dict[str, Any]:
    """A report with a canary in every field that takes one."""
    return {
        "category": "unattended_item",
        **{
            name: CANARIES[name]
            for name in ("description", "why_unusual", "place", "moving_to", "language", "venue", "observed_at")
        },
        "location": {"lat": float(CANARIES["latitude"]), "lon": float(CANARIES["longitude"]), "accuracy_m": 10},
        "reporter_location": {"lat": float(CANARIES["own latitude"]), "lon": 24.5},
        "already_told": [CANARIES["already_told"]],
        "contact": {name: CANARIES[name] for name in ("name", "email", "phone")},
        "receipt_code": CANARIES["receipt"],
    }
