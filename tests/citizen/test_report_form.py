"""Form fields become the same report that a phone sends, and the page stays whole when a category is added."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from reporting.domain.categories import CATEGORIES
from reporting.domain.errors import Problem
from reporting.domain.facts import Hot
from reporting.domain.hot import needs_safety_advice
from reporting.schemas.report_form import ASKED, DANGER_ANSWERS, flattened, form_problems, report_from_form
from reporting.schemas.reports import NewReportSchema

ROOT = Path(__file__).parents[2] / "reporting"


def test_what_was_left_empty_is_left_out() -> None:
    form = MultiDict({"category": "other", "place": " by the fountain ", "description": "  ", "contact.name": ""})
    assert report_from_form(form, "en") == {"category": "other", "language": "en", "place": "by the fountain"}


def test_answers_count_only_for_the_chosen_category() -> None:
    form = MultiDict({"category": "threat", "place": "x", "unattended_item.hot_hidden": "yes"})
    assert "hot" not in report_from_form(form, "en")


def test_answers_go_where_the_question_says() -> None:
    form = MultiDict(
        [
            ("category", "suspicious_behaviour"),
            ("place", "x"),
            ("suspicious_behaviour.behaviours", "tried_doors"),
            ("suspicious_behaviour.behaviours", "watched"),
            ("suspicious_behaviour.happening_now", "yes"),
            ("about_staff", "yes"),
            ("contact.phone", "040 1"),
        ]
    )
    sent = report_from_form(form, "fr")
    assert sent["behaviours"] == ["tried_doors", "watched"]
    assert (sent["happening_now"], sent["about_staff"], sent["contact"]) == ("yes", True, {"phone": "040 1"})


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.code)
def test_every_answer_of_every_category_is_accepted(category) -> None:  # type: ignore[no-untyped-def]
    form = MultiDict({"category": category.code, "place": "x"})
    for asked in ASKED:
        if category.code in asked.categories:
            form.setlist(asked.name, [asked.question.answers[0].code if asked.question.answers else "own words"])
    assert NewReportSchema().load(report_from_form(form, "en")).category == category.code


def test_no_two_questions_share_a_field_of_the_form() -> None:
    assert len({asked.name for asked in ASKED}) == len(ASKED)
    assert sum(len(asked.categories) for asked in ASKED) == sum(len(category.questions) for category in CATEGORIES)


def test_danger_answers_name_answers_that_exist() -> None:
    known = {(asked.question.field, answer.code) for asked in ASKED for answer in asked.question.answers}
    assert known >= DANGER_ANSWERS


def test_problems_lead_to_the_element_of_the_chosen_category() -> None:
    fields = ("category", "location", "contact.email", "still_there", "nowhere")
    problems = tuple(Problem(field, "invalid", "No.") for field in fields)
    targets = [problem.target for problem in form_problems(problems, "drone")]
    assert targets == ["what", "place", "contact-email", "drone-still_there", ""]


def test_nested_messages_become_dotted_fields() -> None:
    messages = {"hot": {"hidden": ["Must be one of."]}, "_schema": ["Whole."], "place": []}
    assert [(problem.field, problem.message) for problem in flattened(messages)] == [
        ("hot.hidden", "Must be one of."),
        ("", "Whole."),
    ]


def test_the_style_sheet_shows_the_questions_of_every_category() -> None:
    css = (ROOT / "static/css/public.css").read_text(encoding="utf-8")
    for category in CATEGORIES:
        assert f'form:has(#category-{category.code}:checked) [data-for~="{category.code}"]' in css


def test_own_words_are_added_to_what_was_said() -> None:
    form = MultiDict(
        {
            "category": "suspicious_behaviour",
            "place": "x",
            "description": "A man",
            "suspicious_behaviour.appearance": "red coat, tall",
        }
    )
    assert report_from_form(form, "en")["description"] == "A man\nred coat, tall"


def test_minutes_ago_become_a_moment_of_the_form() -> None:
    form = MultiDict({"category": "drone", "place": "x", "unattended_item.last_seen": "30"})
    opened = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert report_from_form(form, "en", opened)["observed_at"] == "2026-11-22T11:30:00+00:00"
    assert "observed_at" not in report_from_form(form, "en")
    for forged in ("-5", "x", "9" * 40):
        sent = report_from_form(MultiDict({**form, "unattended_item.last_seen": forged}), "en", opened)
        assert sent.get("observed_at", "2026-10-22T12:00:00+00:00") == "2026-10-22T12:00:00+00:00"


def test_a_question_that_comes_after_another_names_one_of_its_category() -> None:
    for category in CATEGORIES:
        codes = {question.code: {answer.code for answer in question.answers} for question in category.questions}
        for question in category.questions:
            if question.after:
                assert set(question.after.answers) <= codes[question.after.question]


def test_bad_answers_of_the_item_test_keep_people_away() -> None:
    asked = {
        (each.question.field, answer.code) for each in ASKED for answer in each.question.answers if each.keeps_away(answer.code)
    }
    bad = {("hot.hidden", "yes"), ("hot.obvious", "yes"), ("hot.typical", "no")}
    assert asked == bad
    for field, answer in bad:
        assert needs_safety_advice(Hot(**{field.partition(".")[2]: answer}))


def test_every_category_has_its_drawing() -> None:
    drawn = re.findall(r'name == "(\w+)"', (ROOT / "templates/parts/icons.html").read_text(encoding="utf-8"))
    assert {category.icon for category in CATEGORIES} <= set(drawn)
