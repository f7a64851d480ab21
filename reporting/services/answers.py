"""What a filing answers, and how the same answer is given again to a phone that did not hear it the first time.

The receipt code must not be stored in clear, yet a retry must get it again. So the answer is kept for 24 h under a key that
is derived from the idempotency key, which only the phone has; of the key itself only a keyed hash is stored.
"""

import hmac
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import Connection

from reporting.adapters.seals import NONCE_BYTES
from reporting.bootstrap import adapters
from reporting.domain.errors import Problem, Refused
from reporting.domain.records import Filing

_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_KEPT: Final = "select body_hash, answer_sealed, report_id, reference, created_at, trust from idempotency where key_hash = %s"


@dataclass(frozen=True, slots=True)
class Answer:
    """The values of one 201."""

    report_id: uuid.UUID
    reference: str
    receipt_code: str | None
    received_at: datetime
    trust: str
    trust_reason: str = ""
    notices: tuple[Problem, ...] = ()

    def body(self) -> bytes:
        """The JSON that is sent, byte for byte the same at every retry."""
        return _COMPACT.encode(self.as_json()).encode()

    def as_json(self) -> dict[str, Any]:
        """The answer's fields."""
        own = f"/api/v1/reports/{self.report_id}"
        return {
            "id": str(self.report_id),
            "reference": self.reference,
            "receipt_code": self.receipt_code,
            "status": "received",
            "received_at": self.received_at.isoformat().replace("+00:00", "Z"),
            "trust": self.trust,
            "notices": [asdict(notice) for notice in self.notices],
            "links": {"self": own, "pictures": f"{own}/pictures", "follow_up": "/follow-up"},
        }


def body_hash(filing: Filing) -> bytes:
    """A hash of what was sent, whatever the order of its keys; keyed by the idempotency key, so that it tells nothing."""
    return hmac.digest(filing.key.encode(), _CANONICAL.encode(filing.sent).encode(), "sha256")


def sealed_answer(key: str, body: bytes, nonce: bytes) -> bytes:
    """The answer's body under a key only the holder of the idempotency key can derive; `nonce` is fresh and random."""
    return nonce + adapters().seals.own_key("answer", key).encrypt(nonce, body, b"idempotency|answer_sealed")


def repeated_answer(connection: Connection[Any], filing: Filing) -> bytes:
    """The earlier answer to the same key and body; raises Refused when the body differs.

    After 24 h the receipt code is gone and the rest of the answer is repeated with `receipt_code` null.
    """
    mark = adapters().seals.mark("idempotency", filing.key)
    row = connection.execute(_KEPT, (mark,)).fetchone()
    assert row is not None, "whoever lost the claim finds the row of whoever won it"
    known_hash, sealed, *values = row
    if not hmac.compare_digest(known_hash, body_hash(filing)):
        problem = Problem("Idempotency-Key", "reused", "This key was used with another report. Make a new key.")
        raise Refused("The Idempotency-Key was used with another body.", (problem,))
    if sealed is None:
        report_id, reference, created_at, trust = values
        return Answer(report_id, reference, None, created_at, trust).body()
    cipher = adapters().seals.own_key("answer", filing.key)
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"idempotency|answer_sealed")
