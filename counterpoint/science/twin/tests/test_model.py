"""Branches, rosters, commands and the synthetic data: checked when made, the same after a trip through JSON."""

import numpy as np
import pytest

from counterpoint.science import twin
from counterpoint.science.twin.datasets import SERVICE_TYPES, half_hour_profile
from counterpoint.science.twin.tests.random_days import random_model, random_staffing

SERVICE = twin.Service("S", twin.Duration(1))
SERVED = twin.STATUS_NAMES.index("served")


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_demo_branches_run_a_plausible_day(size):
    branch = twin.demo_branch(seed=1, size=size)
    result = twin.simulate(branch.model, branch.staffing, branch.rates, 20, seed=1)
    mean = {name: float(values.mean()) for name, values in result.kpis.items()}
    assert mean["arrivals"] == pytest.approx(branch.rates.sum(), rel=0.08)
    assert 0.4 < mean["utilisation"] < 0.95 and mean["walkout_share"] < 0.2
    assert len(branch.model.counters) <= 12
    gone = sum(mean[k] for k in ("served", "self_served", "abandoned", "balked", "turned_away", "dismissed"))
    assert gone == pytest.approx(mean["arrivals"])


def test_the_same_seed_makes_the_same_demo_branch():
    one, two, other = (twin.demo_branch(seed=s) for s in (1, 1, 2))
    assert one.model == two.model and one.staffing == two.staffing and one.staffing != other.staffing


def test_a_payday_is_busier_above_all_early():
    usual, payday = twin.demo_branch(seed=1), twin.demo_branch(seed=1, payday=True)
    assert payday.rates.sum() == pytest.approx(1.25 * usual.rates.sum())
    growth = payday.rates.sum(axis=0) / usual.rates.sum(axis=0)
    assert growth[:5].min() > growth[5:].max()


def test_profile_and_shares_add_up_to_the_day():
    assert half_hour_profile().sum() == pytest.approx(1)
    assert half_hour_profile().reshape(8, 2).sum(axis=1) == pytest.approx(
        np.array([12, 16, 14, 9, 9, 14, 14.5, 11.5]) / 100
    )
    assert sum(row[7] for row in SERVICE_TYPES) == 100


@pytest.mark.parametrize("seed", range(5))
def test_models_and_rosters_survive_json(seed):
    rng = np.random.default_rng(seed)
    model = random_model(rng, full=seed % 2 == 1)
    staffing = random_staffing(rng, model)
    assert twin.BranchModel.from_json(model.to_json()) == model
    assert twin.Staffing.from_json(staffing.to_json()) == staffing


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: twin.Duration(-1), "mean must be positive"),
        (lambda: twin.Duration(1, shape="weibull"), "unknown; use one of"),
        (lambda: twin.Service("S", twin.Duration(1), device="atm"), "both a device kind and a self-service time"),
        (lambda: twin.BranchModel((SERVICE,), (twin.Counter("K", ("X",)),)), "unknown services: X"),
        (lambda: twin.Person("Mei", shifts=((600, 500),)), "must end after it starts"),
        (lambda: twin.Person("Mei", breaks=((400, 30),)), "does not lie within a shift"),
        (lambda: twin.demo_branch(1, "huge"), "Unknown branch size"),
    ],
)
def test_wrong_values_are_refused_in_words(make, words):
    with pytest.raises(twin.ModelError, match=words):
        make()


def test_wrong_rates_commands_and_times_are_refused_in_words():
    branch = twin.demo_branch(seed=1, size="small")
    with pytest.raises(twin.ModelError, match="services x intervals"):
        twin.simulate(branch.model, branch.staffing, np.ones((2, 2)), 3, seed=1)
    with pytest.raises(twin.ModelError, match="finite and 0 or more"):
        twin.simulate(branch.model, branch.staffing, -branch.rates, 3, seed=1)
    state = twin.initial_state(branch.model, branch.staffing, twin.draw_customers(branch.model, branch.rates, seed=1))
    state, _ = twin.advance(state, 600.0)
    with pytest.raises(twin.ModelError, match="cannot be advanced back"):
        twin.advance(state, 599.0)
    with pytest.raises(twin.ModelError, match="lie before minute 600"):
        twin.advance(state, 700.0, [twin.OpenCounter(580.0, "K1")])
    with pytest.raises(twin.ModelError, match="Unknown counter 'K99'"):
        twin.advance(state, 700.0, [twin.OpenCounter(610.0, "K99")])
    with pytest.raises(twin.ModelError, match="not a twin state"):
        twin.State.from_bytes(b"something else")


def test_rates_by_service_code_are_the_table():
    branch = twin.demo_branch(seed=1, size="small")
    by_code = dict(zip(branch.model.service_codes, branch.rates, strict=True))
    assert twin.draw_customers(branch.model, by_code, seed=3) == twin.draw_customers(branch.model, branch.rates, seed=3)


def test_listed_arrivals_keep_minute_service_tier_and_draws():
    model = twin.demo_branch(seed=1, size="small").model
    one = twin.draw_customers(model, arrivals=[(600.0, "S01", "vip"), (605.0, "S05")], seed=8)
    two = twin.draw_customers(model, arrivals=[(600.0, "S01", "vip"), (603.0, "S09"), (605.0, "S05")], seed=8)
    assert one.arrival.tolist() == [600.0, 605.0]
    assert one.to_frame(model).tier[0] == "vip"
    assert (one.draws[1] == two.draws[2]).all()


def test_plans_are_compared_in_pairs_on_the_same_people():
    branch = twin.demo_branch(seed=1, size="small")
    plans = {
        "as planned": (branch.staffing, ()),
        "floater to K1 at ten": (branch.staffing, [twin.MovePerson(600.0, "floater", "K1")]),
        "one less": (twin.Staffing(branch.staffing.people[1:]), ()),
    }
    answer = twin.compare(branch.model, branch.rates, plans, 40, seed=3)
    frame = answer.to_frame()
    assert frame.loc[("one less", "wait_mean"), "low"] > 0
    assert frame.loc[("one less", "arrivals"), "mean"] == 0
    assert set(answer.summary().columns) == set(plans)


def test_result_tables_agree_with_each_other():
    branch = twin.demo_branch(seed=1, size="small")
    result = twin.simulate(branch.model, branch.staffing, branch.rates, 15, seed=2)
    waits = result.waits(("service",))
    assert waits.customers.sum() == pytest.approx(result.kpis["served"].mean())
    for number in (0, 7):
        mine = result.outcomes[(result.outcomes.replication == number) & (result.outcomes.status == SERVED)]
        assert result.kpis["wait_p90"][number] == pytest.approx(np.quantile(mine.waited, 0.9))
        assert result.kpis["wait_median"][number] == pytest.approx(mine.waited.median())
    path = result.queue_path(1.0)
    tickets = result.outcomes[result.outcomes.ticket.notna()]
    left = tickets.start.where(tickets.status == SERVED, tickets.end)
    for minute in (600.0, 700.0, 900.0):
        n = ((tickets.ticket <= minute) & (left > minute)).sum() / 15
        assert path.loc[minute, "mean"] == pytest.approx(n)
    assert set(result.utilisation().what) == {"counter", "person"}
    assert result.summary().loc["wait_mean", "low"] < result.summary().loc["wait_mean", "mean"]
