"""Figures read off simulated days, each beside a slow sum by hand; and what must hold whatever the scenario."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from counterpoint.onsite.tests.whatif_days import CREW, GROUND, changed
from counterpoint.onsite.whatif import figures
from counterpoint.onsite.whatif.figures import MEASURES, difference, interval, play
from counterpoint.onsite.whatif.scenario import Added, Scenario, Slow, Span, Surge
from counterpoint.onsite.whatif.translate import inputs
from counterpoint.science import twin

SEED, DAYS = 11, 60
NOTHING = Scenario()


def played(scenario=NOTHING, ground=GROUND, days=DAYS):
    return play(ground, scenario, seed=SEED, days=days)


@pytest.fixture(scope="module")
def plan():
    return played()


def simulated(scenario=NOTHING, days=8):
    given = inputs(GROUND, scenario)
    result = twin.simulate(
        given.model, given.staffing, given.rates, days, seed=SEED, commands=given.commands, start_minute=given.start
    )
    return given, result


def test_the_same_question_twice_differs_in_nothing_at_all(plan):
    again = played()
    for measure in MEASURES:
        one = difference(again, plan, measure)
        assert (one.mean, one.low, one.high, one.shown) == (0.0, 0.0, 0.0, False)
    assert (again.wait, again.queue, again.by_skill) == (plan.wait, plan.queue, plan.by_skill)


@pytest.mark.parametrize("percent", [10, 40, 120])
def test_more_customers_never_wait_less_on_average(plan, percent):
    more = played(Scenario(arrivals=percent))
    assert difference(more, plan, "wait_mean").mean > 0
    assert difference(more, plan, "waited").low > 0
    assert more.arrivals > plan.arrivals


@pytest.mark.parametrize("extra", [0, 40, 100])
def test_one_more_person_never_makes_the_mean_wait_longer(extra):
    for skill in ("cash", "lobby"):
        one = Scenario(arrivals=extra)
        more = Scenario(arrivals=extra, added=(Added(skill, 1, 540, 1020),))
        if skill == "cash":
            assert difference(played(more), played(one), "waited").mean < 0
        assert difference(played(more), played(one), "wait_mean").high < 0.5


WORSE = {
    "a person fewer": Scenario(posts=(("bao", "off"),)),
    "a window closed": Scenario(closed=(Span("1", 600, 720),)),
    "an hour at half speed": Scenario(slow=Slow(50, 630, 690)),
    "all machines out": Scenario(outages=(Span("all", 540, 1020),)),
    "a surge": Scenario(surges=(Surge("large_cash", 25, 600, 660),)),
    "lunch all at once": Scenario(lunch="together"),
}


@pytest.mark.parametrize("scenario", WORSE.values(), ids=WORSE)
def test_what_takes_capacity_away_shows_in_the_waits(plan, scenario):
    assert difference(played(scenario), plan, "waited").low > 0


def test_nobody_in_the_lobby_leaves_the_machines_idle(plan):
    without = played(Scenario(posts=(("omar", "off"),)))
    assert without.self_served < 0.8 * plan.self_served


def test_a_shorter_promise_breaks_more_of_them_and_changes_no_wait(plan):
    short = played(Scenario(promise=5))
    assert difference(short, plan, "breaches").low > 0
    assert all(difference(short, plan, m).mean == 0 for m in MEASURES if m != "breaches")


def test_as_many_take_a_ticket_as_the_plan_expects():
    """The forecast counts tickets: 188 a day; 60 days give a standard error of about 3."""
    calm = played(ground=changed(sigma=0.0), days=200)
    assert calm.arrivals - calm.self_served == pytest.approx(GROUND.customers, rel=0.025)


def test_an_uncertain_day_is_more_uncertain_than_chance():
    sure, unsure = (played(ground=changed(sigma=s), days=200).of("waited").std() for s in (0.0, 0.3))
    assert unsure > 1.3 * sure


def test_days_and_half_hours_are_as_many_as_asked_for(plan):
    assert plan.days.shape == (DAYS, len(MEASURES))
    assert plan.minutes == tuple(range(540, 1020, 30))
    for band in (plan.wait, plan.queue):
        assert len(band.middle) == 16
        assert all(low <= mid <= high for low, mid, high in zip(band.low, band.middle, band.high, strict=True))


# --- beside a sum by hand --------------------------------------------------------------------------------------------


def test_queues_beside_a_count_of_tickets_one_by_one():
    _given, result = simulated()
    _grid, path = result.queue_sizes(5.0, 1085.0)
    table = result.outcomes
    for day in range(3):
        own = table[(table["replication"] == day) & table["ticket"].notna()]
        left = own["start"].where(
            own["start"] >= own["ticket"], own["end"]
        )  # an earlier start was at a machine that failed
        for place, minute in enumerate(range(540, 1080, 5)):
            by_hand = int(((own["ticket"] <= minute) & ~(left <= minute)).sum())
            assert path[day, place] == by_hand


def test_overtime_beside_the_last_service_of_each_person():
    given, result = simulated(Scenario(arrivals=80))
    found = figures.overtime(result, given.ends)
    table, codes = result.outcomes, result.staffing.codes
    for day in range(result.replications):
        total = 0.0
        for number, code in enumerate(codes):
            own = table[
                (table["replication"] == day) & (table["person"] == number) & (table["status"] == figures.SERVED)
            ]
            if code in given.ends and len(own):
                total += max(0.0, own["end"].max() - given.ends[code])
        assert found[day] == pytest.approx(total)
    assert found.max() > 0


def test_walk_outs_and_broken_promises_beside_a_count(plan):
    _given, result = simulated(days=DAYS)
    table = result.outcomes
    names = np.array(twin.STATUS_NAMES)[table["status"]]
    promise = np.array([5.0, 5.0, 15.0])[table["tier"]]
    gone = table[np.isin(names, ["abandoned", "balked", "dismissed"])].groupby("replication").size()
    took = table["ticket"].notna() & np.isin(names, ["served", "abandoned", "dismissed"])
    late = table[took & (table["waited"] > promise)].groupby("replication").size()
    days = range(DAYS)
    assert plan.of("walkouts").tolist() == [gone.get(d, 0) for d in days]
    assert plan.of("breaches").tolist() == [late.get(d, 0) for d in days]
    by_skill = sum(plan.by_skill.values())
    assert by_skill == pytest.approx(table.loc[table["ticket"].notna(), "waited"].sum() / DAYS)


def test_the_idle_share_beside_the_minutes_of_service(plan):
    """Busy minutes are those from call to end at a window; ready ones are the planned minutes at windows, or more."""
    _given, result = simulated(days=DAYS)
    served = result.outcomes[lambda t: t["status"] == figures.SERVED]
    busy = (served["end"] - served["start"]).groupby(served["replication"]).sum().to_numpy()
    ready = result.by_counter[:, :, 1].sum(axis=1)
    assert plan.of("idle") == pytest.approx(100 * (1 - busy / ready))
    assert ready.min() >= 4 * 450
    assert played(Scenario(arrivals=50)).mean("idle") < plan.mean("idle")


def test_the_band_of_a_half_hour_beside_pandas(plan):
    _given, result = simulated(days=DAYS)
    table = result.outcomes[lambda t: t["status"] == figures.SERVED]
    eleven = table[(table["ticket"] >= 660) & (table["ticket"] < 690)]
    p90 = eleven.groupby("replication")["waited"].quantile(0.9)
    assert plan.wait.middle[4] == pytest.approx(p90.median(), abs=0.011)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30))
def test_an_interval_is_students(values):
    found = interval(np.array([*values, np.nan]))
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values)) if stats.sem(values) else (
        np.mean(values), np.mean(values),
    )  # fmt: skip
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))


def test_a_single_day_gives_no_interval():
    one = interval(np.array([3.0]))
    assert np.isnan(one.mean)
    assert not one.shown


def test_a_branch_that_nobody_queues_in_has_bands_of_zero():
    rare = tuple(replace(s, rates=(0.0,) * 15 + (0.5,)) for s in GROUND.services if s.skill == "wealth")
    found = play(changed(services=rare, workers=CREW), NOTHING, seed=SEED, days=5)
    assert set(found.queue.high[:-1]) == {0.0}
    assert set(found.wait.high[:-1]) == {0.0}
