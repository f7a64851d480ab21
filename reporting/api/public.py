"""What anybody may ask: categories, question cards, a place code, places by words."""

from typing import Any

from flask_babel import gettext

from reporting.adapters.geocoder import ATTRIBUTION, geocoder_from
from reporting.api.body import Resource
from reporting.auth.guards import public
from reporting.bootstrap import adapters
from reporting.domain.categories import CATEGORIES
from reporting.domain.errors import NotFound
from reporting.domain.questions import CARDS, Card
from reporting.domain.watching import Watch
from reporting.queries import venue
from reporting.queries.responsible import Whereabouts, room_for
from reporting.schemas.conversation import CardsSchema
from reporting.schemas.public import (
    CategoriesSchema,
    FoundPlacesSchema,
    LanguageQuerySchema,
    PlaceQuerySchema,
    RoomSchema,
    VenueSchema,
    WhereaboutsSchema,
)

blueprint = Resource("public", __name__, url_prefix="/api/v1", description="Open to everybody")

MOST_PLACES = 8


@blueprint.route("/categories", methods=["GET"])
@public("the phone needs the questions before anybody signs in")
@blueprint.doc(operationId="listCategories", summary="What can be reported")
@blueprint.arguments(LanguageQuerySchema, location="query")
@blueprint.response(200, CategoriesSchema)
def get_categories(_wanted: dict[str, Any]) -> dict[str, Any]:
    """Categories with their words and follow-up questions."""
    return {"categories": [_category(each) for each in CATEGORIES]}


def _category(category: Any) -> dict[str, Any]:
    return {
        "code": category.code,
        "label": gettext(category.label),
        "help": gettext(category.help),
        "icon": category.icon,
        "questions": [
            {
                "code": question.code,
                "text": gettext(question.text),
                "help": gettext(question.help) if question.help else "",
                "field": question.field,
                "kind": question.kind,
                "after": {"question": question.after.question, "answers": question.after.answers} if question.after else None,
                "answers": [{"code": answer.code, "label": gettext(answer.label)} for answer in question.answers],
            }
            for question in category.questions
        ],
    }


@blueprint.route("/questions", methods=["GET"])
@public("cards are the same for everybody and name nobody")
@blueprint.doc(operationId="listQuestionCards", summary="Question cards")
@blueprint.arguments(LanguageQuerySchema, location="query")
@blueprint.response(200, CardsSchema)
def get_cards(_wanted: dict[str, Any]) -> dict[str, Any]:
    """What a control room can ask a reporter by a card, in the language that is asked for."""
    return {"cards": [_card(card) for card in CARDS]}


def _card(card: Card) -> dict[str, Any]:
    return {
        "code": card.code,
        "text": gettext(card.text),
        "help": gettext(card.help) if card.help else "",
        "answers": [{"code": choice.code, "label": gettext(choice.label)} for choice in card.answers],
        "words": card.words,
    }


@blueprint.route("/venues/<code>", methods=["GET"])
@public("the name on a poster is public")
@blueprint.doc(operationId="readVenue", summary="A place code")
@blueprint.response(200, VenueSchema)
def get_venue(code: str) -> dict[str, Any]:
    """The public name and place behind a code; `in_use` is false where it was revoked."""
    found = venue.place(code)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/places", methods=["GET"])
@public("a place in words is found before anybody signs in")
@blueprint.doc(operationId="findPlaces", summary="Places by words")
@blueprint.arguments(PlaceQuerySchema, location="query")
@blueprint.response(200, FoundPlacesSchema)
def get_places(wanted: dict[str, Any]) -> dict[str, Any]:
    """Streets, addresses and venues that fit the words, best first. Never part of filing: that waits for nobody."""
    found = geocoder_from(adapters().settings.geocoder).geocode(wanted["q"], exactly_one=False, limit=MOST_PLACES) or []
    return {
        "places": [
            {"label": each.address, "kind": str(each.raw.get("kind", "")), "lat": each.latitude, "lon": each.longitude}
            for each in found
        ],
        "attribution": ATTRIBUTION,
    }


@blueprint.route("/room", methods=["POST"])
@public("who will get a report is said before it is sent")
@blueprint.doc(operationId="findRoom", summary="The room in charge of a place")
@blueprint.arguments(WhereaboutsSchema)
@blueprint.response(200, RoomSchema)
def post_room(asked: dict[str, Any]) -> dict[str, Any]:
    """Which control room would get such a report, and whether somebody watches it now. `room` is empty where that is not certain.
    Nothing that was asked is kept; filing never waits for it."""
    whereabouts = Whereabouts(asked["category"], asked["location"], asked["venue"], asked["about_staff"])
    found = room_for(whereabouts) or Watch("unknown")
    return {"room": found.room, "watched": found.state, "phone": found.phone}
