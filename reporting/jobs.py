"""The names of the work that waits in the outbox or comes from the clock, and the queue each one travels in."""

from typing import Final

TRIAGE: Final = "triage"
GROUPING: Final = "grouping"
ROUTING: Final = "routing"

LINE: Final = (TRIAGE, GROUPING, ROUTING)
"""The steps of the line, in order. Each outbox row names one of them."""

TRY_ROUTING: Final = "try_routing"
REROUTE: Final = "reroute"
LOOK_AGAIN: Final = "look_again"
SANITISE: Final = "sanitise"
DELIVER: Final = "deliver"
HEARING: Final = "hearing"

ERRANDS: Final = (TRY_ROUTING, REROUTE, LOOK_AGAIN, SANITISE, DELIVER, HEARING)
"""Work of the outbox that no report waits for. Only a worker does it; the relay rings for it and never does it itself.
`reroute` is about a change of the areas, `look_again` about one incident that stands elsewhere or is another kind than before;
`sanitise` is about one picture, and its subject is the picture's id; `deliver` about one letter to somebody outside; `hearing`
about one message of a reporter, which triage reads."""

SLOW: Final = (SANITISE, DELIVER)
"""Work that takes seconds for each letter: who rings for it gives it a minute before ringing again."""

WAITS: Final = "waits: "
"""How the note on a letter begins that nobody can do yet."""

PULSE: Final = "pulse"
DELIVERY_PULSE: Final = "delivery_pulse"
MEDIA_PULSE: Final = "media_pulse"
CLEAN_UP: Final = "clean_up"
STAND_IN: Final = "stand_in"
SECOND_OPINION: Final = "second_opinion"
RETENTION: Final = "retention"

QUEUES: Final = {
    TRIAGE: "line",
    GROUPING: "line",
    ROUTING: "line",
    TRY_ROUTING: "line",
    REROUTE: "line",
    LOOK_AGAIN: "line",
    SANITISE: "media",
    DELIVER: "delivery",
    DELIVERY_PULSE: "delivery",
    HEARING: "line",
    PULSE: "line",
    CLEAN_UP: "line",
    STAND_IN: "line",
    RETENTION: "line",
    MEDIA_PULSE: "media",
    SECOND_OPINION: "media",
}
"""Job -> queue. `line` is consumed by `worker`, `media` by `worker-media`, `delivery` by `worker-delivery`, so that a
mail server that hangs delays no report."""

CONSUMERS: Final = {"worker": "line", "worker-media": "media", "worker-delivery": "delivery"}
"""Process -> the queue it consumes."""
