"""Thinking along: asked at seeded minutes, kept without any effect, judged after the day, licensed by its interval."""

import itertools
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.academy.debrief import shadow
from counterpoint.academy.models import ShadowChoice, ShadowDay
from counterpoint.academy.rules import shadow as rules
from counterpoint.foundation import clock
from counterpoint.foundation.api import Invalid, journal, scoped
from counterpoint.foundation.scope import unscoped
from counterpoint.onsite import lending
from counterpoint.onsite.api import Decision
from counterpoint.onsite.tests.halls import Hall, forget
from counterpoint.onsite.tests.lived import busy_morning
from counterpoint.ui.leftovers import english_left

db = pytest.mark.django_db
ON = date(2026, 11, 23)
TERMS = rules.Terms(20, 4, 8, 6.0)


@pytest.fixture
def hall(bank):
    """10:30 in b01, a machine and a queue before one window."""
    forget()
    yield Hall(bank)
    forget()


def at_a_point(hall, name="Mei"):
    """Move the clock to the next minute at which the person is asked."""
    there = shadow.asked(scope=hall.bank.scope(name), branch=hall.branch, now=hall.now, language="en")
    point = next(one for one in there.points if one >= there.there.minute and one not in there.answered)
    hall.later(minutes=point - there.there.minute)
    return point


def chosen(hall, name="Mei", **given):
    return shadow.shadow_choose(
        scope=hall.bank.scope(name), branch=hall.branch, given={"kind": "nothing"} | given, now=hall.now
    )


def state_of(hall):
    """All that the hall's journal tells."""
    with unscoped("the test looks"):
        return list(journal.JournalEntry.objects.filter(kind__startswith="onsite.").values_list("pk", flat=True))


@db
def test_a_choice_is_kept_once_and_the_hall_never_hears_of_it(hall):
    busy_morning(hall)
    before = state_of(hall)
    point = at_a_point(hall)
    row = chosen(hall, kind="open", counter="2", user=str(hall.Ada))
    assert (row.minute, row.decision) == (point, {"kind": "open", "counter": "2", "user": str(hall.Ada)})
    with pytest.raises(shadow.NotAsked):
        chosen(hall)
    assert state_of(hall) == before
    with unscoped("the test looks"):
        entry = journal.JournalEntry.objects.get(kind="academy.shadow_chosen")
    assert entry.data == {"date": "2026-11-23", "minute": point}


@db
def test_what_is_not_there_and_when_nothing_is_asked_is_refused(hall):
    busy_morning(hall)
    at_a_point(hall)
    for given_ in ({"kind": "fly"}, {"kind": "open", "counter": "77", "user": str(hall.Ada)}, {"kind": "lobby"}):
        with pytest.raises(Invalid):
            chosen(hall, **given_)
    chosen(hall)
    with unscoped("the test looks"):
        assert ShadowChoice.objects.count() == 1


@db
def test_after_the_day_each_choice_is_worth_minutes_and_the_day_has_its_kind(hall, monkeypatch):
    monkeypatch.setattr(lending, "DRAWS", 12)
    busy_morning(hall)
    point = at_a_point(hall)
    chosen(hall)
    hall.do("day_close")
    assert shadow.due(hall.now) == 0, "today is not judged yet"
    hall.later(days=1)
    assert shadow.due(hall.now) == 1
    with unscoped("the test looks"):
        row, day = ShadowChoice.objects.get(), ShadowDay.objects.get()
    assert row.minute == point and row.regret["value"] >= 0.0
    assert (day.points, day.mean, day.business_date) == (1, row.regret["value"], ON)
    assert set(day.regimes) <= set(rules.REGIMES) and day.regimes
    assert shadow.due(hall.now) == 0, "a judged day is not judged again"


@db
@pytest.mark.parametrize(("inferred", "kinds"), [(False, ("short",)), (True, ("usual",))])
def test_a_day_known_by_its_tickets_alone_is_not_called_short_of_people(bank, monkeypatch, inferred, kinds):
    """Who did not serve leaves no trace in tickets that were brought in; on an own day everybody's post is recorded."""
    served = [SimpleNamespace(kind="call", person="p1"), SimpleNamespace(kind="take", person="")]
    record = SimpleNamespace(events=served, down=(), inferred=inferred)
    monkeypatch.setattr(shadow.onsite, "recorded_day", lambda **_: SimpleNamespace(recorded=record, rates=[[1.0]]))
    monkeypatch.setattr(shadow.team, "planned_day", lambda **_: SimpleNamespace(shifts=["a", "b"]))
    assert shadow._regimes(bank.scope("Sun"), bank.b01, ON, bank.now) == kinds


@db
def test_a_good_choice_costs_no_more_than_a_bad_one(hall, monkeypatch):
    """Fourteen people before one window: shutting it costs minutes, opening the second one none or fewer."""
    monkeypatch.setattr(lending, "DRAWS", 12)
    busy_morning(hall)
    minute = shadow.asked(
        scope=hall.bank.scope("Mei"), branch=hall.branch, now=hall.now, language="en"
    ).there.minute  # fmt: skip
    hall.later(minutes=20)
    hall.do("day_close")
    hall.later(days=1)
    found = lending.worth(
        scope=hall.bank.scope("Sun"), branch=hall.branch, on=ON, now=hall.now,
        choices=[
            (minute - 20, Decision("open", counter="2", user=str(hall.Ada))),
            (minute - 20, Decision("close", counter="1")),
            (minute - 20, Decision("open", counter="2", user="nobody")),
        ],
    )  # fmt: skip
    assert found[2] is None
    assert found[1][0] > found[0][0] >= 0.0


@db
def test_the_page_asks_takes_the_answer_and_shows_how_far_one_is(hall, sign_in, monkeypatch):
    busy_morning(hall)
    at_a_point(hall)
    monkeypatch.setattr(clock, "now", lambda: hall.now)
    mei = sign_in("Mei")
    page = mei.get("/academy/shadow").content.decode()
    own = page[page.index('<main class="main"') : page.index("</main>")]
    assert "你会怎么做" in own and "0 / 20" in own and english_left(own, ["Mei", "Ada", "Omar", "Sun"]) == []
    assert "请选你会怎么做" in mei.post("/academy/shadow/choose", {"kind": "x"}).content.decode()
    assert mei.post("/academy/shadow/choose", {"kind": "nothing"}).status_code == 302
    page = mei.get("/academy/shadow").content.decode()
    assert "今天已答" in page and "现在没有提问" in page
    assert sign_in("Rita").get("/academy/shadow").status_code in (403, 404)
    with scoped(hall.bank.scope("Mei")):
        for n in range(3):
            ShadowDay(
                org_unit=hall.branch, user=hall.bank.people["Mei"], business_date=ON - timedelta(n + 1), points=8,
                mean=2.0 + n, regimes=["usual", "marked"], at=hall.now,
            ).save()  # fmt: skip
    page = mei.get("/academy/shadow").content.decode()
    assert "3 / 20" in page and "2 / 4" in page and "区间的上端" in page


@db
def test_the_terms_are_those_of_the_content(bank):
    assert shadow.terms(bank.b01, ON) == TERMS


@given(st.uuids(), st.dates(), st.integers(400, 600), st.integers(900, 1100))
def test_points_are_the_persons_own_apart_and_within_the_day(user, on, opens, closes):
    found = rules.points(user, on, opens, closes)
    assert found == rules.points(user, on, opens, closes)
    assert len(found) <= rules.MOST
    assert all(opens < one < closes for one in found)
    assert all(b - a >= rules.EVERY - 2 * rules.JITTER for a, b in itertools.pairwise(found))


@given(st.lists(st.tuples(st.integers(0, 16), st.floats(0.0, 50.0), st.just(("usual",))), max_size=40))
def test_a_licence_never_holds_above_its_limit_or_without_its_days(rows):
    found = rules.licence(rows, rules.Terms(20, 1, 8, 6.0))
    counted = [row for row in rows if row[0] >= 8]
    assert found.days == len(counted)
    if found.holds:
        assert found.days >= 20 and found.high <= 6.0 and sum(row[1] for row in counted[:20]) / 20 <= 6.0


def test_a_licence_holds_with_days_kinds_and_interval_and_falls_with_each_of_them():
    kinds = rules.REGIMES[:4]
    rows = [(10, 2.0 + n % 3, (kinds[n % 4],)) for n in range(20)]
    assert rules.licence(rows, TERMS).holds
    assert not rules.licence(rows[1:], TERMS).holds
    assert not rules.licence([(*row[:2], ("usual",)) for row in rows], TERMS).holds
    assert not rules.licence([(row[0], row[1] + 5.0, row[2]) for row in rows], TERMS).holds
    assert not rules.licence([(7, *row[1:]) for row in rows], TERMS).holds
    uneven = rules.licence([(10, 1.0 + 9.5 * (n % 2), (kinds[n // 2 % 4],)) for n in range(20)], TERMS)
    assert uneven.mean < TERMS.limit < uneven.high and not uneven.holds


def test_a_licence_falls_when_the_newest_days_are_bad_and_comes_back_when_they_are_over():
    good, bad = [[(10, mean + n % 3, (rules.REGIMES[n % 4],)) for n in range(20)] for mean in (1.0, 8.0)]
    assert rules.licence(good + 3 * bad, TERMS).holds
    assert not rules.licence(bad + 9 * good, TERMS).holds
    usual = [(*row[:2], ("usual",)) for row in good]
    assert rules.licence(usual + good, TERMS).regimes == rules.REGIMES[:4], "kinds of days are never lost again"


def test_what_kind_of_day_it_was():
    plain = {"marked": False, "machine_out": False, "came": 100, "expected": 100.0, "there": 8, "planned": 8}
    assert rules.regimes(**plain) == ("usual",)
    assert rules.regimes(**plain | {"came": 120}) == ("crowded",)
    assert rules.regimes(**plain | {"there": 7, "marked": True}) == ("marked", "short")
    assert rules.regimes(**plain | {"there": 7, "planned": 0}) == ("usual",)


def test_a_new_point_takes_the_place_of_the_one_before():
    assert rules.asked_now((600, 611), 610, ()) == 600
    assert rules.asked_now((600, 611), 611, ()) == 611
    assert rules.asked_now((600, 611), 612, (611,)) is None, "the one before is not asked again"
    assert rules.asked_now((600, 611), 631, ()) is None and rules.asked_now((600, 611), 599, ()) is None
