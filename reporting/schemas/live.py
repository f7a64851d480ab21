"""What the live stream sends as the data of its events."""

from marshmallow import Schema, fields

from reporting.schemas.incidents import IncidentItemSchema


class TickEventSchema(Schema):
    """A sign of life: the server's clock in seconds since 1970, to tell how far the screen's own clock is off."""

    at = fields.Float(required=True)


class UnfinishedEventSchema(Schema):
    """How many reports are on no incident yet; told to a duty desk only."""

    count = fields.Integer(required=True)


class GoneEventSchema(Schema):
    """An incident that went to another organisation: take it off the screen."""

    id = fields.UUID(required=True)
    gone = fields.Boolean(required=True)


class IncidentEventSchema(IncidentItemSchema):
    """An incident as it is now; `gone` is true when it is closed and leaves the list of open ones."""

    gone = fields.Boolean()


EVENTS: dict[str, tuple[str, tuple[type[Schema], ...]]] = {
    "hello": ("The stream is open and complete from here on.", (TickEventSchema,)),
    "reset": ("What you have cannot be continued: load the queue anew, then go on from here.", (TickEventSchema,)),
    "incident": ("An incident of your organisation is new, changed or gone.", (IncidentEventSchema, GoneEventSchema)),
    "unfinished": ("How many reports wait without an incident.", (UnfinishedEventSchema,)),
    "tick": ("Every 4 seconds. Who hears nothing for longer is cut off and should connect again.", (TickEventSchema,)),
}
"""event -> what it means, and the shapes of its data. Every event has an id: send the last one as `Last-Event-ID`."""
