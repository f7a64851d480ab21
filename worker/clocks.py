"""The clocks of the control rooms, which the relay keeps: who is gone, what comes back from the shelf, which ladder is
climbed, who on shift gets what is new, whom of a venue's staff is asked to look next."""

from typing import Final

from reporting.services import assigning, escalation, first_look, presence, shelving

ROUNDS: Final = 20
"""Batches at one look, so that a flood of incidents does not keep the relay from its letters."""


def keep_clocks() -> int:
    """One look at everything that waits for the time; returns how many ladders were looked at. Needs no broker."""
    presence.sweep()
    shelving.bring_back()
    assigning.assign_waiting()
    first_look.keep_time()
    looked = 0
    for _ in range(ROUNDS):
        found = escalation.look()
        looked += found
        if found < escalation.BATCH:
            break
    return looked
