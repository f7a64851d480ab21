"""Venues: what the public may know of a place code, and what its staff reported."""

from typing import Any

from sqlalchemy import select

from reporting.adapters.sight import reading
from reporting.models.venue import PlaceCode, Venue
from reporting.policy import Actor, scope
from reporting.queries import follow_up


def place(code: str) -> dict[str, Any] | None:
    """Public name and place of a venue or place code; None for an unknown one. A revoked code says so."""
    if not code.isprintable():
        return None
    with reading() as session:
        row = session.execute(
            select(PlaceCode, Venue).join(Venue, Venue.id == PlaceCode.venue_id).where(PlaceCode.code == code.strip().upper())
        ).one_or_none()
    if row is None:
        return None
    found, venue = row.PlaceCode, row.Venue
    return {
        "code": found.code,
        "name": venue.name,
        "label": found.label,
        "address": venue.address,
        "location": {"lat": found.lat, "lon": found.lon},
        "in_use": found.revoked_at is None,
    }


def own_reports(actor: Actor) -> list[dict[str, Any]]:
    """What the signed-in member of staff, or a system, reported: newest first, in plain words and never in codes."""
    filed_by = scope(actor, "venue.own_reports").filed_by
    return follow_up.own_reports(filed_by) if filed_by else []


def house_reports(actor: Actor) -> list[dict[str, Any]]:
    """What everybody of the actor's venue reported, but for what is about people who work there."""
    venue_id = scope(actor, "venue.house_reports").venue_id
    return follow_up.house_reports(venue_id) if venue_id else []
