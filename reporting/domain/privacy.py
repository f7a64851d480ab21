"""What is kept for hours or days only, whatever becomes of a report."""

from typing import Final

NETWORK_KEY_HOURS: Final = 24
REPORTER_POINT_HOURS: Final = 24
ANSWER_HOURS: Final = 24
"""How long a stored answer can repeat the receipt code to a retrying phone."""
IDEMPOTENCY_KEY_DAYS: Final = 30
