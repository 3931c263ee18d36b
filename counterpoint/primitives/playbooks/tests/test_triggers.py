"""What starts a real play besides a person: a case of a type and level, the breach of a metric; once for each cause."""

from types import SimpleNamespace

from counterpoint.primitives import cases
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.metrics import breaches
from counterpoint.primitives.playbooks.tests import plans
from counterpoint.primitives.playbooks.tests.conftest import item


def case_plan(shelf, **trigger):
    book = plans.read({**plans.FIRE, "key": "test.flood", "trigger": {"schedule": True, **trigger}})
    shelf(item(book))


def opened(bank, level, title="Water in the vault"):
    return cases.case_open(
        scope=bank.scope("Sun"), org_unit=bank.b01, type="primitives.task", level=level, now=bank.now, title=title
    )


def test_a_case_of_the_level_starts_the_play_and_another_does_not(bank, shelf):
    case_plan(shelf, case_type="primitives.task", case_levels=["urgent"])
    opened(bank, "normal")
    assert door.plays(scope=bank.scope("Sun")) == []
    case = opened(bank, "urgent")
    (play,) = door.plays(scope=bank.scope("Sun"))
    assert (play.mode, play.trigger, play.playbook) == ("real", f"case:{case.id}", "test.flood")


def test_raising_the_level_starts_it_and_a_second_case_joins_the_running_play(bank, shelf, later):
    case_plan(shelf, case_type="primitives.task", case_levels=["urgent"])
    case = opened(bank, "normal")
    cases.case_level(scope=bank.scope("Sun"), case=case.id, level="urgent", reason="it rises", now=later(5))
    opened(bank, "urgent", "Water again")
    assert len(door.plays(scope=bank.scope("Sun"))) == 1


def breach(bank, key, metric="onsite.wait_p90", period="2026-11-23"):
    return breaches.Breach(
        scope=bank.scope("Sun"), branch=bank.b01, now=bank.now,
        metric=SimpleNamespace(key=metric, on_breach={"playbook": key}),
        alarm=SimpleNamespace(rule="long", period=period),
    )  # fmt: skip


def test_a_breach_starts_its_play_once_however_often_it_is_told(bank, fire):
    names = {breaches.start(breach(bank, "test.fire")) for _ in range(3)}
    (play,) = door.plays(scope=bank.scope("Sun"))
    assert names == {f"play:{play.id}"}
    assert play.mode == "real" and play.trigger == "metric:onsite.wait_p90"


def test_the_branch_above_is_not_reached_by_a_trigger(bank, fire):
    breaches.start(breach(bank, "test.fire"))
    assert [p.branch for p in door.plays(scope=bank.scope("Rita"))] == ["b01"]
    assert door.plays(scope=bank.scope("Stranger")) == []
