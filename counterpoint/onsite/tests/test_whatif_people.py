"""The same simulated people under every scenario: nobody is exchanged, nobody is lost, whatever is asked."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from counterpoint.onsite.tests.test_whatif_scenario import scenarios
from counterpoint.onsite.tests.whatif_days import GROUND, changed
from counterpoint.onsite.whatif import answer as answers
from counterpoint.onsite.whatif import figures
from counterpoint.onsite.whatif.answer import answer, seed_of
from counterpoint.onsite.whatif.figures import play
from counterpoint.onsite.whatif.scenario import Added, Scenario, Slow, Span, Surge
from counterpoint.onsite.whatif.translate import Impossible, inputs
from counterpoint.science import twin

SEED = 5


def simulated(scenario, ground=GROUND, days=6):
    given = inputs(ground, scenario)
    return twin.simulate(
        given.model, given.staffing, given.rates, days, seed=SEED, commands=given.commands, start_minute=given.start
    )


def visitors(scenario, day=0):
    """(service, minute of arrival) of everybody who comes on one day."""
    table = simulated(scenario).outcomes
    own = table[table["replication"] == day]
    return set(zip(own["service"], own["arrival"].round(6), strict=True))


SAME_PEOPLE = {
    "fewer people": Scenario(posts=(("mei", "off"), ("wen", "off"))),
    "machines out": Scenario(outages=(Span("all", 600, 900),)),
    "slower": Scenario(slow=Slow(30, 600, 700)),
    "other rules": Scenario(seniors=False, vips=False, first="transfer", promise=3, uptake=90),
    "lunch": Scenario(lunch="together"),
}


@pytest.mark.parametrize("scenario", SAME_PEOPLE.values(), ids=SAME_PEOPLE)
def test_who_comes_does_not_depend_on_what_the_branch_does(scenario):
    assert visitors(scenario) == visitors(Scenario())


@pytest.mark.parametrize("scenario", [Scenario(arrivals=30), Scenario(groups=(("cash", 60),))])
def test_more_customers_are_the_same_ones_and_some_besides(scenario):
    assert visitors(Scenario()) < visitors(scenario)


def test_fewer_customers_are_some_of_the_same():
    assert visitors(Scenario(arrivals=-30)) < visitors(Scenario())


def test_a_surge_comes_on_top_and_within_its_time():
    surge = Scenario(surges=(Surge("large_cash", 25, 600, 660, "vip"),))
    more = visitors(surge) - visitors(Scenario())
    assert len(more) == 25
    assert all(600 <= minute <= 660 for _service, minute in more)
    tiers = simulated(surge).outcomes.loc[lambda t: t["service"] == 1, "tier"]
    assert (tiers == 1).sum() >= 25


def test_a_closed_window_serves_nobody_and_an_added_person_serves_somebody():
    table = simulated(Scenario(closed=(Span("1", 600, 720),), added=(Added("cash", 1, 600, 720),))).outcomes
    first = table[table["counter"] == 0]
    called = first.loc[first["status"] == figures.SERVED, "start"]
    assert not called.between(600, 719.99).any()
    third = table[(table["counter"] == 2) & (table["status"] == figures.SERVED)]
    assert len(third)
    assert third["start"].between(600, 720).all()


def test_a_machine_that_is_out_serves_nobody_meanwhile():
    table = simulated(Scenario(outages=(Span("crs1", 600, 720),))).outcomes
    used = table.loc[table["device"] == 0, "start"].dropna()
    assert len(used)
    assert not used.between(600, 719.99).any()


def test_who_is_slow_takes_longer_by_the_factor():
    usual, slow = simulated(Scenario()).outcomes, simulated(Scenario(slow=Slow(50, 540, 1020))).outcomes

    def minutes(table):
        own = table[(table["status"] == figures.SERVED) & table["start"].lt(1000) & table["counter"].ge(0)]
        return (own["end"] - own["start"]).groupby([own["replication"], own["service"], own["arrival"]]).first()

    both = minutes(usual).to_frame("usual").join(minutes(slow).rename("slow"), how="inner")
    assert len(both) > 200
    assert (both["slow"] / both["usual"]).to_numpy() == pytest.approx(2.0)


def test_pensioners_first_wait_less_and_others_do_not_gain():
    crowd = {"arrivals": 40}
    usual, first = (simulated(Scenario(**crowd, first=key)).waits(("service",)) for key in ("", "pension_social"))
    assert first.loc["pension_social", "mean"] < 0.6 * usual.loc["pension_social", "mean"]
    assert first.loc["cash_withdrawal", "mean"] > usual.loc["cash_withdrawal", "mean"]


def test_without_priorities_older_customers_wait_like_everybody():
    usual = simulated(Scenario(arrivals=40)).waits(("tier",))
    equal = simulated(Scenario(arrivals=40, seniors=False, vips=False)).waits(("tier",))
    assert usual.loc["priority", "mean"] < 0.7 * usual.loc["standard", "mean"]
    assert equal.loc["priority", "mean"] > 2 * usual.loc["priority", "mean"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios)
def test_whatever_is_asked_is_played_or_refused_in_words_and_nobody_is_lost(scenario):
    try:
        result = simulated(scenario, days=2)
    except Impossible as refused:
        assert len(refused.message) > 10
        return
    kpis = result.kpis
    ended = sum(kpis[n] for n in ("served", "self_served", "abandoned", "balked", "turned_away", "dismissed", "inside"))
    assert ended.tolist() == kpis["arrivals"].tolist()
    found = play(GROUND, scenario, seed=SEED, days=2)
    assert found.arrivals == pytest.approx(kpis["arrivals"].mean())
    assert (found.days[:, figures.MEASURES.index("queue_max")] >= 0).all()
    assert all(np.isfinite(found.wait.middle))


def test_the_plan_is_simulated_once_however_many_questions_are_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(figures, "play", lambda ground, scenario, *, seed: asked.append(scenario) or played)
    ground = changed(branch="b77")
    played = play(ground, Scenario(), seed=1, days=3)
    answers._played.cache_clear()
    for percent in (0, 10, 20, 10, 0):
        answer(ground, Scenario(arrivals=percent))
    assert asked == [Scenario(), Scenario(arrivals=10), Scenario(arrivals=20)]
    answers._played.cache_clear()


def test_the_seed_belongs_to_branch_and_day_not_to_the_question():
    assert seed_of(GROUND) == seed_of(changed(workers=()))
    assert seed_of(GROUND) != seed_of(changed(branch="b02"))
