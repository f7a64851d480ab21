"""The outbox by itself, in a real browser before the real application: whatever the network does, exactly one report each."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route
from sqlalchemy import Engine, text

from tests.lossy import lossy, proxy
from tests.site import Visits

pytestmark = [pytest.mark.browser, pytest.mark.db]

MANY = 1_000
MODULES = """
  const { Outbox, UPGRADES } = await import("/static/js/public/outbox.mjs");
  const { newKey, newReceiptCode } = await import("/static/js/public/receipt.mjs");
  const parcel = (place) => {
    const code = newReceiptCode();
    const body = JSON.stringify({ category: "other", place, receipt_code: code });
    return { key: newKey(), url: "/api/v1/reports", code, body, what: "Something" };
  };
  const states = async (outbox) => (await outbox.all()).map(({ state }) => state).sort();
"""


@pytest.fixture(autouse=True)
def _empty(clean: None, visit: Visits) -> None:
    visit.forgiven += ["net::ERR", "server responded with a status of"]


def run(page: Page, script: str, *given: Any) -> Any:
    """Runs lines in the page with the outbox at hand; what they return."""
    return page.evaluate(f"async (given) => {{ {MODULES} {script} }}", given)


def at(visit: Visits, address: str = "/about") -> Page:
    page = visit()
    page.goto(address)
    return page


def places(owner: Engine) -> list[str]:
    with owner.connect() as connection:
        return [row[0] for row in connection.execute(text("select place from report"))]


def test_a_thousand_sendings_over_a_bad_network_are_a_thousand_reports(visit: Visits, owner: Engine) -> None:
    script = """
      const outbox = new Outbox("public");
      for (let number = 0; number < given[0]; number++) await outbox.add(parcel(`place ${number}`));
      let rounds = 1;
      while (!(await outbox.deliver())) rounds++;
      const words = (await outbox.all()).filter(({ body, fields }) => body || fields);
      return [rounds, [...new Set(await states(outbox))], words.length];
    """
    with proxy(visit.url, lossy(seed=20261122)) as (address, done):
        rounds, states, kept_words = run(at(visit, f"{address}/about"), script, MANY)
    assert sorted(places(owner)) == sorted(f"place {number}" for number in range(MANY))
    assert (states, kept_words) == (["sent"], 0)
    assert done["cut"] + done["half"] > MANY / 10 and done["replays"] > MANY / 10 and rounds > 3


def test_two_tabs_that_send_at_the_same_time_send_each_once(visit: Visits, owner: Engine) -> None:
    script = """
      const outbox = new Outbox("public");
      for (let number = 0; number < 15; number++) await outbox.add(parcel(`${given[0]} ${number}`));
      window.all = (async () => { while (!(await outbox.deliver())); })();
    """
    with proxy(visit.url, lossy(seed=7)) as (address, _done):
        one = at(visit, f"{address}/about")
        other = one.context.new_page()
        other.goto(f"{address}/about")
        for name, page in (("one", one), ("other", other)):
            run(page, script, name)
        for page in (one, other):
            page.evaluate("window.all")
    assert len(places(owner)) == len(set(places(owner))) == 30


def test_an_answer_that_never_comes_is_given_up_and_asked_for_again(visit: Visits, owner: Engine) -> None:
    page = at(visit)
    page.clock.install()
    asked: list[Route] = []
    page.route("**/api/v1/reports", lambda route: asked.append(route) if not asked else route.continue_())
    run(page, """window.outbox = new Outbox("public"); await outbox.add(parcel("here")); window.first = outbox.deliver();""")
    while not asked:
        page.wait_for_timeout(20)
    page.clock.fast_forward(16_000)
    assert page.evaluate("window.first") is False
    assert page.evaluate("window.outbox.deliver()") is True
    assert places(owner) == ["here"]


CLOCKS = {
    "a day has passed": ("wall += 25 * HOUR", "expired"),
    "not quite a day has passed": ("wall += 23 * HOUR", "sent"),
    "the clock went back and the page stayed open for a day": ("wall -= 72 * HOUR; steady += 25 * HOUR", "expired"),
    "the clock went back": ("wall -= 72 * HOUR; steady += HOUR", "sent"),
    "the phone learned the time after it was sent from 1970": ("wall = REAL", "sent"),
    "that phone was then left alone for a day": (
        "wall = REAL; await outbox.deliver(); wall += 25 * HOUR; outbox = fresh()",
        "expired",
    ),
}


@pytest.mark.parametrize("what", CLOCKS)
def test_a_report_grows_old_by_any_clock(visit: Visits, what: str) -> None:
    jump, expected = CLOCKS[what]
    page = at(visit)
    start = "60000" if "1970" in what or "that phone" in what else "REAL"
    script = f"""
      const HOUR = 3600_000, REAL = Date.UTC(2026, 10, 22);
      let wall = {start}, steady = 0, away = true;
      const real = window.fetch;
      window.fetch = (...how) => (away ? Promise.reject(new TypeError("away")) : real(...how));
      const fresh = () => new Outbox("public", {{ time: () => wall, ticks: () => steady }});
      let outbox = fresh();
      await outbox.add(parcel("here"));
      await outbox.deliver();
      {jump};
      away = false;
      await outbox.deliver();
      const [left] = await outbox.all();
      return [left.state, Boolean(left.body)];
    """
    assert run(page, script) == [expected, False]


def test_codes_leave_the_phone_after_ninety_days(visit: Visits) -> None:
    script = """
      let wall = Date.UTC(2026, 10, 22);
      const outbox = new Outbox("public", { time: () => wall });
      await outbox.add(parcel("here"));
      await outbox.deliver();
      const before = (await outbox.all()).length;
      wall += 91 * 86_400_000;
      await outbox.deliver();
      return [before, (await outbox.all()).length];
    """
    assert run(at(visit), script) == [1, 0]


def test_a_newer_release_takes_over_what_an_older_one_left(visit: Visits, owner: Engine) -> None:
    page = at(visit)
    page.route("**/api/v1/reports", lambda route: route.abort())
    run(page, """window.old = new Outbox("public"); await old.add(parcel("before")); await old.deliver();""")
    page.unroute("**/api/v1/reports")
    script = """
      const upgrades = [...UPGRADES, (database, transaction) => transaction.objectStore("parcels").createIndex("since", "since")];
      const outbox = new Outbox("public", { upgrades });
      const kept = await states(outbox);
      await outbox.deliver();
      const late = await old.add(parcel("after, in a tab of the older release"));
      await old.deliver();
      return [kept, await states(outbox), late.volatile];
    """
    assert run(page, script) == [["waiting"], ["sent"], True]
    assert sorted(places(owner)) == ["after, in a tab of the older release", "before"]


def test_what_is_deleted_while_it_is_being_sent_stays_deleted(visit: Visits) -> None:
    script = """
      const outbox = new Outbox("public");
      const kept = await outbox.add(parcel("here"));
      const sending = outbox.deliver();
      await outbox.remove(kept.key);
      await sending;
      return (await outbox.all()).length;
    """
    assert run(at(visit), script) == 0


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(visit: Visits) -> None:
    page = at(visit)
    answers = [(503, "application/problem+json"), (429, "text/plain"), (422, "application/problem+json")]
    asked: list[int] = []

    def answer(route: Route) -> None:
        status, kind = answers[len(asked)]
        asked.append(status)
        body = '{"errors": [{"field": "description", "message": "Too long."}], "detail": ""}'
        route.fulfill(status=status, body=body, content_type=kind)

    page.route("**/api/v1/reports", answer)
    script = """
      const outbox = new Outbox("public");
      await outbox.add({ ...parcel("here"), fields: [["description", "words"]] });
      while (!(await outbox.deliver()));
      await outbox.deliver();
      const [{ state, errors, fields, body }] = await outbox.all();
      return [state, errors[0].message, fields, body ?? null];
    """
    assert run(page, script) == ["refused", "Too long.", [["description", "words"]], None]
    assert asked == [503, 429, 422]


def test_faces_see_their_own_and_the_worker_sees_all(visit: Visits) -> None:
    script = """
      const [one, other, all] = ["public", "venue", null].map((face) => new Outbox(face));
      await one.add(parcel("one"));
      await other.add({ ...parcel("other"), credentials: "same-origin", headers: { "X-Face": "venue" } });
      const counts = await Promise.all([one, other, all].map(async (outbox) => (await outbox.all()).length));
      return [...counts, await all.deliver(), await states(one)];
    """
    assert run(at(visit), script) == [1, 1, 2, True, ["sent"]]
