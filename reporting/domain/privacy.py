"""What is kept and how long: the retention classes and their defaults in days. They are defaults; each country sets its own."""

from typing import Final

RETENTION_DAYS: Final = {
    "low_trust_or_unfounded": 30,
    "no_action": 90,
    "identity_only": 7,
    "sealed_original": 7,
    "contact_after_closing": 30,
    "access_log": 730,
}
NETWORK_KEY_HOURS: Final = 24
REPORTER_POINT_HOURS: Final = 24
ANSWER_HOURS: Final = 24
"""How long a stored answer can repeat the receipt code to a retrying phone."""
IDEMPOTENCY_KEY_DAYS: Final = 30
