"""What is known of a day to come: roster, draft, need or the hall; forecast or usual days; and refusals in words."""

import json
from datetime import date, timedelta

import pytest
from django.utils import translation

from counterpoint.foundation.api import DomainError
from counterpoint.onsite import futures
from counterpoint.onsite.floors import floor_of
from counterpoint.onsite.models import TwinCheck
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.test_history import bring, log
from counterpoint.onsite.tests.whatif_days import TUESDAY, forecast
from counterpoint.onsite.whatif.gather import ground_of
from counterpoint.onsite.whatif.ground import Worker
from counterpoint.science import twin
from counterpoint.team.tests import stories
from counterpoint.team.tests.conftest import WEEK, draft, team  # noqa: F401  (fixtures: people with skills, a stored draft)

pytestmark = pytest.mark.django_db


def ground(bank, on=WEEK, who="Sun", branch="b01", **more):
    return ground_of(scope=bank.scope(who), branch=bank.units[branch], on=on, now=bank.now, **more)


def refused(bank, on=WEEK, **more):
    with translation.override("en"), pytest.raises(DomainError) as problem:
        ground(bank, on, **more)
    return problem.value.code, problem.value.message


def names(found):
    return {w.name: w.tasks for w in found.workers}


def test_the_published_roster_with_skills_and_the_forecast(team, draft):  # noqa: F811
    forecast(team, team.b01, WEEK)
    stories.publish(team, draft)
    found = ground(team)
    assert (found.plan, found.version, found.demand, found.plans) == ("published", 1, "forecast", ("roster", "need"))
    assert names(found) == {"Mei": ((540, 720, "cash"),), "Omar": ((540, 720, "lobby"),)}
    assert (found.opens, found.closes, found.start) == (540, 1020, 540)
    assert found.customers == pytest.approx(112)
    assert found.sigma > 0
    assert found.patience == (40.0, 1.0, "exponential")
    withdrawal = next(s for s in found.services if s.key == "cash_withdrawal")
    assert (withdrawal.minutes, withdrawal.cv, withdrawal.skill) == (5.5, 0.7, "cash")
    assert [d.number for d in found.desks] == [1, 2, 3, 4]


def test_a_draft_is_for_those_who_plan(team, draft):  # noqa: F811
    forecast(team, team.b01, WEEK)
    assert (ground(team).plan, ground(team).version) == ("draft", 1)
    assert names(ground(team)) == {"Mei": ((540, 720, "cash"),), "Omar": ((540, 720, "lobby"),)}
    assert ground(team, who="Rita").plan == "need"


def test_without_a_roster_as_many_people_as_the_forecast_needs_and_no_more_than_windows(bank):
    forecast(bank, bank.b01, TUESDAY, need=[1] * 4 + [9] * 12)
    found = ground(bank, TUESDAY)
    assert (found.plan, found.plans) == ("need", ("need",))
    assert [(w.key, w.tasks) for w in found.workers] == [
        ("cash-1", ((540, 1020, "cash"),)), ("cash-2", ((660, 1020, "cash"),)),
        ("non_cash-1", ((540, 1020, "non_cash"),)), ("lobby-1", ((540, 1020, "lobby"),)),
    ]  # fmt: skip


def test_without_a_forecast_the_same_weekday_and_the_people_in_the_hall_now(bank, hall):
    past = [date(2026, 11, 17), date(2026, 11, 10)]
    bring(bank, log(past))
    hall.open(1)
    hall.do("person_move", user=hall.Omar, place="lobby")
    found = ground(bank, TUESDAY)
    assert (found.plan, found.demand, found.made_at, found.sigma) == ("hall", "usual", None, 0.15)
    assert found.customers == pytest.approx(3.0)
    assert [(w.name, w.main) for w in found.workers] == [("Omar", "lobby"), ("Mei", "cash")]
    assert all(w.lunch and w.lunch[0] >= 660 for w in found.workers)
    in_three_weeks = ground(bank, TUESDAY + timedelta(days=21))
    assert in_three_weeks.customers == pytest.approx(3.0)


def test_the_plan_asked_for_is_taken_when_it_exists(team, draft):  # noqa: F811
    forecast(team, team.b01, WEEK)
    assert ground(team, plan="need").plan == "need"
    assert ground(team, plan="hall").plan == "draft"
    assert ground(team, plan="’;--").plan == "draft"


def test_machines_out_of_order_today_work_tomorrow(bank, hall):
    hall.machine("stm-1", "stm")
    hall.machine("kiosk-1", "kiosk")
    hall.open(1)
    hall.do("device_fault", device="stm-1")
    bring(bank, log([date(2026, 11, 16), date(2026, 11, 17)]))
    today, tomorrow = ground(bank, bank.now.date()), ground(bank, TUESDAY)
    assert [(m.code, m.works) for m in today.machines] == [("stm-1", False)]
    assert [(m.code, m.works) for m in tomorrow.machines] == [("stm-1", True)]


def test_what_the_newest_check_fitted_comes_with_the_day(bank, hall):
    hall.open(1)
    bring(bank, log([date(2026, 11, 17)]))
    assert ground(bank, TUESDAY).fitted == ""
    with hall.scoped():
        model = futures.planned_model(hall_of(scope=hall.sun, branch=hall.branch, now=hall.now))
        TwinCheck(
            org_unit=hall.branch, made_at=hall.now, since=date(2026, 11, 1), until=date(2026, 11, 14),
            judged_since=date(2026, 11, 15), judged_until=date(2026, 11, 21), tickets=7, status="failed", gate=1,
            fitted=json.loads(model.to_json()), values={}, verdict={},
        ).save()  # fmt: skip
    assert twin.BranchModel.from_json(ground(bank, TUESDAY).fitted) == model


def test_the_floor_plan_adds_a_walk_to_windows_only_while_their_times_are_planned(bank, hall):
    hall.machine("stm1", "stm")
    hall.machine("stm-new", "stm")
    hall.open(1)
    bring(bank, log([date(2026, 11, 17)]))
    walks = floor_of(bank.b01, TUESDAY).walks
    planned = ground(bank, TUESDAY)
    assert [d.walk for d in planned.desks] == [walks.minutes("counter", str(n)) for n in (1, 2, 3, 4)]
    assert {m.code: m.walk for m in planned.machines} == {"stm1": walks.minutes("device", "stm1"), "stm-new": 0.0}
    forecast(bank, bank.b01, TUESDAY)
    measured = ground(bank, TUESDAY)
    assert not any(d.walk for d in measured.desks) and measured.machines == planned.machines


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 20), "2026-11-20 is over. What if asks about days to come."),
        (date(2026, 11, 29), "The branch is closed on 2026-11-29. Choose another day."),
        (date(2027, 11, 29), "2027-11-29 is too far away: choose a day within 60 days."),
    ],
)
def test_days_that_cannot_be_asked_about(bank, on, words):
    assert refused(bank, on) == ("whatif_day", words)


def test_today_is_over_when_the_doors_have_closed(bank):
    bank.now += timedelta(hours=7)
    try:
        assert refused(bank, bank.now.date())[0] == "whatif_day"
    finally:
        bank.now -= timedelta(hours=7)


def test_nothing_known_says_what_to_do(bank):
    code, words = refused(bank, TUESDAY)
    assert code == "whatif_unknown"
    assert words.startswith("Nobody knows yet how many will come")
    bring(bank, log([date(2026, 11, 17)]))
    assert refused(bank, TUESDAY)[1].startswith("Nobody is known who could work on this day.")


def test_another_branchs_day_is_not_there(bank):
    forecast(bank, bank.b03, TUESDAY, who="Stranger")
    with pytest.raises(DomainError):
        ground(bank, TUESDAY, branch="b03")


def test_most_of_a_day_is_a_persons_main_post():
    one = Worker("x", "X", 540, 1020, None, ((540, 600, "cash"), (600, 900, "lobby"), (900, 1020, "cash")), ())
    assert one.main == "lobby"
    assert Worker("x", "X", 540, 1020, None, (), ()).main == ""
