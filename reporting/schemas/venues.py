"""Venues on the wire: what operators read beside an incident, and what a venue's own people and systems read of their reports."""

from marshmallow import Schema, fields

from reporting.schemas.fields import Stamp


class VenuePointSchema(Schema):
    """Where a venue stands."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class VenueContactSchema(Schema):
    """Whom to call at a venue."""

    name = fields.String(required=True)
    role = fields.String(required=True)
    phone = fields.String(required=True)
    days = fields.List(fields.Integer(), required=True)
    start = fields.String(required=True)
    until = fields.String(required=True)
    answers_now = fields.Boolean(required=True)


class VenueProcedureSchema(Schema):
    """The newest version of one of the four procedures."""

    kind = fields.String(required=True)
    version = fields.Integer(required=True)
    steps = fields.List(fields.String(), required=True)
    changed_at = Stamp(required=True)


class VenueZoneSchema(Schema):
    """A part of a venue with a code of its own."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    way_in = fields.String(required=True)


class ShownVenueSchema(Schema):
    """A venue as its own room sees it, or a room with an open incident there."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    address = fields.String(required=True)
    location = fields.Nested(VenuePointSchema, required=True)
    opening_hours = fields.String(required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    exits = fields.List(fields.String(), required=True)
    cameras = fields.List(fields.String(), required=True)
    contacts = fields.List(fields.Nested(VenueContactSchema), required=True)
    procedures = fields.List(fields.Nested(VenueProcedureSchema), required=True)
    zones = fields.List(fields.Nested(VenueZoneSchema), required=True)
    changed_at = Stamp(required=True, allow_none=True)


class ShownVenuesSchema(Schema):
    """Venues, by name."""

    items = fields.List(fields.Nested(ShownVenueSchema), required=True)


class OwnReportSchema(Schema):
    """A report as who filed it reads it: plain words, never a score or a grading."""

    reference = fields.String(required=True)
    received_at = Stamp(required=True)
    category = fields.String(required=True)
    description = fields.String(required=True)
    place = fields.String(required=True)
    status = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    deletion_date = fields.String(required=True)


class OwnReportsSchema(Schema):
    """One's own reports, the newest first, at most 200."""

    items = fields.List(fields.Nested(OwnReportSchema), required=True)
