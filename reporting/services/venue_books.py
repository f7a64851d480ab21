"""Deleting what a venue's books and rooms' notices have kept past its date: trainings, drills, first looks, notices; and hours on
duty as soon as they are over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, cast, delete, func, literal, or_, select

from reporting.bootstrap import adapters
from reporting.models.exercise import Drill, HotDrill, Training
from reporting.models.first_look import FirstLook, OnDuty
from reporting.models.room_notice import RoomNotice
from reporting.services.unit_of_work import Work

TAKEN_OUT_DAYS: Final = 30
"""An entry that was taken out as a mistake stays so long for whoever asks why it is gone."""


def past(days: Mapping[str, int], now: datetime) -> dict[Any, ColumnElement[bool]]:
    """table -> which of its rows are past their date."""
    moment = literal(now)
    today = cast(func.timezone("UTC", moment), Date)
    taken_out = moment - timedelta(days=TAKEN_OUT_DAYS)
    return {
        OnDuty: OnDuty.until < moment,
        FirstLook: (FirstLook.state != "open") & (FirstLook.ended_at < moment - timedelta(days=days["first_look"])),
        RoomNotice: RoomNotice.expires_at < moment - timedelta(days=days["room_notice"]),
        Training: or_(Training.valid_until + days["training"] < today, Training.withdrawn_at < taken_out),
        Drill: or_(Drill.held_on + days["drill"] < today, Drill.withdrawn_at < taken_out),
        HotDrill: HotDrill.month + days["drill"] < today,
    }


def forget(work: Work, now: datetime) -> int:
    """Deletes it; returns how many rows. Who has read a notice goes with the notice."""
    conditions = past(adapters().settings.retention, now)
    doomed = [delete(table).where(over).execution_options(synchronize_session=False) for table, over in conditions.items()]
    return sum(work.change(statement) for statement in doomed)


def left(work: Work, now: datetime) -> int:
    """How many rows are still there although their date is over."""
    conditions = past(adapters().settings.retention, now)
    counts = [select(func.count()).select_from(table).where(over) for table, over in conditions.items()]
    return sum(work.session.scalar(count) or 0 for count in counts)
