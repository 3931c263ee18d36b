"""Time in a practice world: the bank's tick does nothing there, the world's own round does everything that is due."""

from datetime import timedelta

import pytest

from counterpoint.foundation import access, clock, practice, tick
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import PracticeWorld
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives.cases import case_open
from counterpoint.primitives.cases.models import CaseEscalation
from tests.scope import world
from tests.scope.crawl import rows_of

LATER = timedelta(days=3)
DUE = {
    "primitives.cases",
    "primitives.plays",
    "primitives.rounds",
    "team.disputes",
}  # what has something due three days after planting
PRACTICE = DUE | {"onsite.assets"}


@pytest.fixture
def lived(bank):
    return world.lived(bank)[0]


def of_practice():
    return [work for work in tick.works() if work.practice]


def test_the_works_of_practice_are_these():
    assert {work.name for work in of_practice()} == PRACTICE


def test_the_banks_tick_leaves_a_world_alone(bank, clock, lived):
    before = rows_of(lived.org_unit)
    clock.advance(days=3)
    assert all(outcome.ok for outcome in tick.Ticker(of_practice()).step())
    assert rows_of(lived.org_unit) == before


@pytest.mark.slow
def test_no_work_of_the_bank_touches_a_world(bank, clock, lived):
    before = rows_of(lived.org_unit)
    clock.advance(days=3)
    tick.Ticker([work for work in tick.works() if not work.name.startswith("foundation.")]).step()
    assert rows_of(lived.org_unit) == before


def test_a_worlds_round_does_what_is_due_there_and_nothing_in_the_bank(bank, lived):
    with scoped(bank.scope("Sun")):
        waiting = case_open(
            scope=bank.scope("Sun"), now=bank.now, org_unit=bank.b01, type="primitives.task", title="x", text="x"
        )
    before = rows_of(bank.units["hq"])
    outcomes = {one.name: one for one in tick.run_for((lived.org_path,), bank.now + LATER)}
    assert {name for name, one in outcomes.items() if one.ok and one.count} == DUE
    assert all(one.ok for one in outcomes.values()) and outcomes.keys() == PRACTICE
    assert rows_of(bank.units["hq"]) == before
    with unscoped("the test looks at the bank"):
        assert not CaseEscalation.objects.filter(case=waiting.id).exists()
    with access.keeping((lived.org_path,)), scoped(access.system_scope(())):
        assert CaseEscalation.objects.exclude(rung="rung1").exists()


def test_without_the_bound_of_the_house_the_round_would_reach_the_bank(bank, lived, monkeypatch):
    """The sabotage: works that do not keep to the world are seen by the test above."""
    monkeypatch.setattr(access, "keeping", lambda _roots: clock.at(bank.now + LATER))
    with scoped(bank.scope("Sun")):
        case_open(scope=bank.scope("Sun"), now=bank.now, org_unit=bank.b01, type="primitives.task", title="x", text="x")
    before = rows_of(bank.units["hq"])
    tick.run_for((lived.org_path,), bank.now + LATER)
    assert rows_of(bank.units["hq"]) != before


def test_a_request_lets_happen_what_fell_due_and_of_two_one_does_it(bank, monkeypatch):
    made, ran = world.make(bank, speed=1.0), []
    monkeypatch.setattr(tick, "run_for", lambda roots, now: ran.append((roots, now)))
    with unscoped("test", practice=True):
        seen = [PracticeWorld.objects.get(pk=made.pk) for _tab in range(2)]
    for one in seen:
        practice.catch_up(one, world.REAL + timedelta(seconds=4))
    assert ran == []
    for one in seen:
        practice.catch_up(one, world.REAL + timedelta(seconds=9))
    assert ran == [((made.org_path,), world.MORNING + timedelta(seconds=9))]


def test_skipping_goes_in_steps_of_a_minute_and_the_clock_goes_on_from_there(bank, monkeypatch):
    made, ran = world.make(bank, speed=1.0), []
    monkeypatch.setattr(tick, "run_for", lambda _roots, now: ran.append(now - world.MORNING))
    scope = access.practice_scope(bank.people["Sun"], made.org_unit.code, world.REAL)[1]
    after = practice.skip(scope=scope, world=made, by=timedelta(minutes=2, seconds=30), real=world.REAL)
    assert ran == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=2, seconds=30)]
    assert after.now(world.REAL + timedelta(minutes=1)) == world.MORNING + timedelta(minutes=3, seconds=30)
    for wrong in (timedelta(0), timedelta(hours=13), -timedelta(minutes=1)):
        with pytest.raises(Invalid):
            practice.skip(scope=scope, world=after, by=wrong, real=world.REAL)
