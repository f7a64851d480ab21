"""Messages that did not arrive, on the console: seen by the room, sent again with a tap, in nobody's way."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.control_room import Room
from tests.looking import Looking
from tests.site import barriers, sideways

pytestmark = [pytest.mark.db, pytest.mark.browser]

GIVEN_UP = (
    {"channel": "mail", "result": "smtp_535", "state": "dead"},
    {"channel": "sms", "result": "status_500", "state": "dead"},
    {"channel": "push", "result": "status_410", "state": "refused"},
)
LETTER = """
    with way as (
        insert into subscription (id, report_id, channel, service, sealed, key_id, mark, language, confirmed_at)
        select gen_random_uuid(), id, :channel, :channel, '', '', '', 'en', now() from report limit 1 returning *
    ), letter as (
        insert into delivery (id, effect, template, subscription_id, report_id, channel, service, state, result, ended_at)
        select gen_random_uuid(), 'message:1', 'answer', id, report_id, channel, service, :state, :result, now() from way
        returning id
    )
    insert into outbox (job, subject_id, dead_at, attempts) select 'deliver', id, now(), 5 from letter where :state = 'dead'
"""


def give_up(looking: Looking) -> None:
    """Three messages to the reporter of the incident that did not arrive."""
    for each in GIVEN_UP:
        looking.change(LETTER, **each)


def test_a_room_sees_why_and_sends_again(room: Room, looking: Looking) -> None:
    give_up(looking)
    page: Page = room.console()
    page.get_by_role("link", name="Messages").click()
    assert barriers(page) == [] and sideways(page) == 0
    expect(page.get_by_role("row")).to_have_count(4)
    expect(page.get_by_text("The mail server does not take our password.")).to_be_visible()
    page.get_by_role("row").filter(has_text="smtp_535").get_by_role("button", name="Send again").click()
    expect(page.get_by_text("1 message is on the way again.")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(3)
    with looking.owner.connect() as connection:
        waiting = connection.execute(text("select channel from delivery where state = 'waiting'")).scalars().all()
    assert waiting == ["mail"]
