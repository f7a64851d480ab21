"""Training and drills: the manager notes them, everybody of the house reads them, and a page of paper shows a year."""

import uuid
from datetime import date

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from reporting.adapters.paper.record import Record, record_pdf
from reporting.auth.guards import actor, guarded
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, Refused
from reporting.domain.exercise import DRILLS, TRAININGS, NewDrill, NewTraining, after
from reporting.page import page_language
from reporting.policy import decide
from reporting.queries.records import Books, books
from reporting.schemas.fields import PlainText
from reporting.schemas.report_form import FormProblem
from reporting.services import records as services
from reporting.venue import blueprint
from reporting.venue.manage import as_lines

FIRST_YEAR = 2020


class TrainingForm(Schema):
    """What the manager types of a training; without an end it counts for a year."""

    class Meta:
        unknown = EXCLUDE

    person = fields.UUID(required=True, error_messages={"invalid_uuid": "Choose somebody who works here."})
    kind = fields.String(required=True)
    title = PlainText(limit=120, load_default="")
    done_on = fields.Date(required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)

    @post_load
    def _new(self, data: dict, **_more: object) -> NewTraining:
        ends = data["valid_until"] or after(data["done_on"], 1)
        return NewTraining(**{**data, "person": str(data["person"]), "valid_until": ends})


class DrillForm(Schema):
    """What the manager types of a drill."""

    class Meta:
        unknown = EXCLUDE

    kind = fields.String(required=True)
    held_on = fields.Date(required=True)
    people = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    went_wrong = PlainText(limit=1000, load_default="")

    @post_load
    def _new(self, data: dict, **_more: object) -> NewDrill:
        return NewDrill(**data)


@blueprint.get("/records")
@guarded("records.read")
def records() -> ResponseReturnValue:
    """The books of a year; a manager also gets the forms."""
    return _page([], "")


@blueprint.post("/records/<any(training,drills):log>")
@guarded("records.keep")
def note_record(log: str) -> ResponseReturnValue:
    """Notes a training or a drill; what was typed comes back with what is wrong."""
    today = books(actor()).today
    typed = {name: value for name, value in request.form.items() if value.strip()}
    try:
        if log == "training":
            services.note_training(actor(), TrainingForm().load(typed), today)
        else:
            services.note_drill(actor(), DrillForm().load(typed), today)
    except ValidationError as error:
        return _page([FormProblem(f"{log}-{name}", _missing(name)) for name in error.normalized_messages()], log), 422
    except Refused as refused:
        lines = as_lines(refused.problems)
        return _page([FormProblem(f"{log}-{each.target}", each.message) for each in lines], log), 422
    return redirect(url_for("venue.records", saved=log), 303)


def _missing(name: str) -> str:
    words = {
        "person": _("Choose somebody who works here."),
        "kind": _("Choose what it was."),
        "done_on": _("Write the day."),
        "held_on": _("Write the day."),
        "valid_until": _("Write until when it counts."),
        "people": _("Say how many people took part."),
        "minutes": _("Say how many minutes it took."),
    }
    return words.get(name, _("This text is too long."))


@blueprint.post("/records/<any(training,drills):log>/<uuid:entry>/withdraw")
@guarded("records.keep")
def withdraw_record(log: str, entry: uuid.UUID) -> ResponseReturnValue:
    """Takes out an entry that was a mistake."""
    services.withdraw(actor(), log, entry)
    return redirect(url_for("venue.records"), 303)


@blueprint.get("/records.pdf")
@guarded("records.read")
def record_paper() -> ResponseReturnValue:
    """One page of a year, to print and file."""
    known = books(actor(), _year())
    told = Record(
        books=known,
        deployer=adapters().settings.deployer_name,
        printed_by=actor().name,
        language=page_language().code,
        at=adapters().clock(),
        zone=adapters().settings.time_zone,
    )
    name = f"record-{known.year}.pdf"
    return Response(record_pdf(told), mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _year() -> int | None:
    """The year that the address asks for; None for the running one. Raises NotFound for what is no year of ours."""
    asked = request.args.get("year", "")
    if not asked:
        return None
    if not (asked.isdecimal() and len(asked) == 4 and FIRST_YEAR <= int(asked) <= adapters().clock().year + 1):
        raise NotFound
    return int(asked)


def _page(problems: list[FormProblem], log: str) -> str:
    known = books(actor(), _year())
    may_keep = decide(actor(), "records.keep").allowed
    page = {"known": known, "years": _years(known), "may_keep": may_keep, "trainings": TRAININGS, "drills": DRILLS}
    return render_template("venue/records.html", problems=problems, typed=log, values=request.form, **page)


def _years(known: Books) -> list[int]:
    this: date = known.today
    return [this.year - back for back in range(4)]
