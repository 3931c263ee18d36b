"""A branch whose figures are known is found again in the log it leaves behind."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from counterpoint.science import twin
from counterpoint.science.calibration import CalibrationError, Params, calibrate, restrict, simulated_log, tickets
from counterpoint.science.calibration.tests.branches import FIRST, RATES, branch, known_log, staff, written
from counterpoint.science.history import TicketLog


@pytest.fixture(scope="module")
def found():
    return calibrate(known_log(40, crowd=1.15), seed=1)


def service(found, code):
    return next(fit for fit in found.services if fit.service == code)


@pytest.mark.parametrize(("code", "mean", "cv"), [("cash", 4, 0.7), ("account", 8, 0.6), ("loan", 15, 0.5)])
def test_counter_times_come_back(found, code, mean, cv):
    fit = service(found, code)
    assert fit.origin == "fitted"
    assert fit.mean == pytest.approx(mean, rel=0.05), "though loans are done by the two fastest alone"
    assert fit.cv == pytest.approx(cv, rel=0.06)
    assert (fit.best, fit.twin) == ("lognormal", "lognormal")
    assert abs(fit.p90_cost) < 0.05
    assert fit.laws.loc["lognormal", "ks"] < 0.05


def test_speeds_come_back(found):
    planted = dict(zip(("K1", "K2", "K3", "K4", "K5"), (0.8, 0.9, 1.0, 1.1, 1.2), strict=True))
    ratio = np.array([found.speeds[server] / speed for server, speed in planted.items()])
    assert ratio / ratio.mean() == pytest.approx(np.ones(5), rel=0.05)


def test_skills_come_back(found):
    assert found.skills["K1"] == {"cash", "account"}
    assert found.skills["K5"] == {"cash", "account", "loan"}


def test_patience_and_the_tier_factor_come_back(found):
    assert found.patience.law.family == "lognormal"
    assert found.patience.law.mean == pytest.approx(12, rel=0.2)
    low, high = found.patience.median_interval
    assert low * 0.95 < 12 / np.sqrt(1 + 0.8**2) < high * 1.05
    low, high = found.patience.factor_intervals["vip"]
    assert low < 1.5 < high
    assert found.patience.naive_mean < 0.8 * 12


def test_tiers_and_arrivals_come_back(found):
    assert found.tiers["vip"].value == pytest.approx(0.2, abs=0.01)
    daily = found.arrivals["mean"].groupby("service").sum()
    assert daily.loc["cash"] == pytest.approx(RATES[0].sum() * 1.15, rel=0.03)
    assert found.arrivals.loc["cash", "dispersion"].mean() == pytest.approx(1, abs=0.15), "arrivals are Poisson"


def test_the_model_that_carries_it_is_the_planted_one_again(found):
    model = found.apply(branch())
    for code, mean in (("cash", 4), ("account", 8), ("loan", 15)):
        assert model.services[model.index("service", code)].counter.mean == pytest.approx(mean, rel=0.05)
    assert model.patience.mean == pytest.approx(12, rel=0.2)
    assert sum(tier.share for tier in model.tiers) == pytest.approx(1)
    assert model.balking is None, "nobody turned round at once"
    assert twin.BranchModel.from_json(model.to_json()) == model
    assert set(found.origins(model).values()) <= {"fitted", "default"}
    assert found.unknown(model) == {"services": (), "tiers": ()}


def test_the_order_of_rows_changes_nothing():
    log = known_log(5)
    mixed = np.random.default_rng(1).permutation(len(log.frame))
    other = calibrate(TicketLog(log.frame.iloc[mixed], log.issues), seed=1)
    assert other.to_json() == calibrate(log, seed=1).to_json()


def test_more_tickets_narrow_every_interval():
    few, many = (calibrate(known_log(n), seed=1).to_frame().set_index(["what", "code"]) for n in (6, 40))
    width = (many["high"] - many["low"]) / (few["high"] - few["low"])
    assert width.loc["service_minutes"].max() < 0.6
    assert width.loc["speed"].max() < 0.8
    assert width.loc["tier_share"].max() < 0.5


def test_a_rare_service_borrows_and_says_so():
    log = known_log(6)
    loans = log.frame.index[log.frame["service"] == "loan"]
    thin = TicketLog(log.frame.drop(loans[8:]), log.issues)
    fit = service(calibrate(thin, seed=1), "loan")
    assert (fit.origin, fit.tickets) == ("pooled", 8)
    assert fit.from_others == "services of the same servers"
    assert "too few" in fit.reason
    own, others = 15.0, 5.0
    assert others < fit.mean < own
    assert fit.mean_interval[1] - fit.mean_interval[0] > 2


def test_a_service_without_a_ticket_keeps_the_models_time():
    log = known_log(6)
    without = calibrate(TicketLog(log.frame[log.frame["service"] != "loan"], log.issues), seed=1)
    model = branch()
    kept = without.apply(model)
    assert kept.services[2] == model.services[2]
    assert without.origins(model)["service:loan"] == "default"


def test_a_log_without_walkouts_or_tiers_keeps_patience_and_shares():
    rows = [(600 + 6 * i, 600 + 6 * i, 603 + 6 * i + i % 4, None, "Mei") for i in range(60)]
    found = calibrate(written(rows, tier=None), seed=1)
    model = branch()
    assert found.apply(model).patience == model.patience
    assert [t.share for t in found.apply(model).tiers] == [0.8, 0.2]
    assert found.origins(model)["patience"] == "default"
    assert found.origins(model)["tier_share:vip"] == "default"


def test_services_and_tiers_the_model_lacks_are_named():
    found = calibrate(written([(600, 600, 605, None, "Mei")] * 3, tier="gold", ticket=["a", "b", "c"]), seed=1)
    assert found.unknown(branch()) == {"services": (), "tiers": ("gold",)}


def test_turnaround_is_part_of_the_counter_time_of_the_twin():
    rows = [(590, 600 + 6.0 * i, 605 + 6.0 * i - i % 3, None, "Mei") for i in range(90)]
    found = calibrate(written(rows), seed=1)
    fit = service(found, "cash")
    with_it, without = (found.counter_time(fit, turnaround=flag) for flag in (True, False))
    assert found.turnaround.mean == pytest.approx(2, abs=0.1), "one, two or three minutes in turn"
    assert with_it.mean == pytest.approx(without.mean + found.turnaround.mean)
    variance = (without.cv * without.mean) ** 2 + found.turnaround.sd**2
    assert with_it.cv * with_it.mean == pytest.approx(np.sqrt(variance))


def test_people_who_turn_round_become_balking():
    """With nobody waiting 1 in 10 leaves at once, with somebody waiting 3 in 10: 2 of the other 9 for the queue."""
    rng = np.random.default_rng(2)
    rows = []
    for block in range(300):
        start = 480 + block * 3.0
        rows += [(start, start + 2, start + 2.5, None, f"p{block % 3}")]
        rows += [(start + 1, None, None, start + 1, None) if rng.random() < 0.3 else
                 (start + 1, start + 2, start + 2.6, None, "q")]  # fmt: skip
        rows += [(start + 2.2, None, None, start + 2.2, None) if rng.random() < 0.1 else
                 (start + 2.2, start + 2.2, start + 2.9, None, "r")]  # fmt: skip
        rows += [(start + 0.5, None, None, start + 1.9, None)] if block % 4 == 0 else []
    found = calibrate(written(rows), seed=1)
    balking = found.apply(branch()).balking
    quiet, queue = found.at_once_quiet.value, found.at_once_queue.value
    assert (balking.ahead, balking.minutes) == (1, 0)
    assert balking.share == pytest.approx((queue - quiet) / (1 - quiet))
    assert 0.1 < balking.share < 0.35


def test_walkouts_nobody_saw_leave_are_the_no_shows():
    rows = [(600 + i, None, None, None, None) for i in range(3)] + [
        (610 + i, 611 + i, 612 + i, None, "Mei") for i in range(9)
    ]
    found = calibrate(written(rows), seed=1)
    assert (found.no_show.count, found.no_show.of) == (3, 12)
    assert found.patience.walkouts == 0


def test_a_model_from_the_log_alone_can_be_simulated():
    found = calibrate(known_log(6), seed=1)
    model = found.branch(open_minute=540, close_minute=1020, priorities={"vip": 0})
    assert model.counter_codes == ("K1", "K2", "K3", "K4", "K5")
    assert {tier.code: tier.priority for tier in model.tiers} == {"normal": 1, "vip": 0}
    plan = found.speeds_into(staff(branch()))
    assert plan.people[0].speed == found.speeds["K1"]
    order = [branch().index("service", code) for code in model.service_codes]
    result = twin.simulate(model, plan, RATES[order], 20, seed=1)
    assert 0 < result.summary().loc["wait_mean", "mean"] < 20


def test_it_tells_itself_in_frames_and_plain_json():
    found = calibrate(known_log(6), seed=1)
    frame = found.to_frame()
    assert set(frame["origin"]) <= {"fitted", "pooled", "default"}
    known = frame.dropna(subset=["low"])
    assert (known["low"] <= known["value"] + 1e-9).all()
    assert (known["value"] <= known["high"] + 1e-9).all()
    text = json.loads(found.to_json(), parse_constant=pytest.fail)
    assert text["days"][0] == FIRST.isoformat()
    assert found.summary()["tickets"] == len(known_log(6).usable)
    assert found.summary()["service_log_sd"] == pytest.approx(0.76, abs=0.05)


def test_only_the_named_days_and_hours_count():
    log = known_log(6)
    days = sorted(set(log.usable["arrived"].dt.date))
    found = calibrate(log, days=days[:2], seed=1)
    assert found.days == tuple(days[:2])
    noon = restrict(log, days[:2], lambda day: ((720.0, 780.0),) if day == days[0] else ())
    minute = tickets(noon)["arrived"]
    assert set(tickets(noon)["day"]) == {days[0]}
    assert minute.between(720, 780, inclusive="left").all()
    assert found.tickets == len(tickets(log, days[:2]))


def test_simulated_logs_are_the_simulated_days():
    model, plan = branch(), staff(branch())
    log = simulated_log(model, plan, RATES, 3, first=date(2026, 3, 6), seed=9, skip=(5, 6))
    result = twin.simulate(model, plan, RATES, 3, seed=9)
    table = tickets(log)
    assert sorted(set(table["day"])) == [date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10)], "weekend skipped"
    first = table[table["day"] == date(2026, 3, 6)]
    called = first.loc[first["outcome"] == "served", "waited"]
    assert called.mean() == pytest.approx(result.kpis["wait_mean"][0], abs=1e-6)
    assert (first["outcome"] == "abandoned").sum() == result.kpis["abandoned"][0]
    assert log.is_clean


def test_several_branches_or_no_ticket_are_refused():
    log = known_log(5)
    two = TicketLog(log.frame.assign(branch=np.where(np.arange(len(log.frame)) % 2, "a", "b")), log.issues)
    with pytest.raises(CalibrationError, match="2 branches"):
        calibrate(two, seed=1)
    with pytest.raises(CalibrationError, match="no usable ticket"):
        calibrate(log, days=[date(2020, 1, 1)], seed=1)


@pytest.mark.parametrize(
    "wrong",
    [{"min_service": 0}, {"short_seconds": -1}, {"absence_minutes": 0}, {"confidence": 1.0}, {"bootstrap": 5}],
    ids=str,
)
def test_params_that_cannot_be_are_refused_by_name(wrong):
    with pytest.raises(CalibrationError, match=next(iter(wrong))):
        Params(**wrong)


def test_a_ticket_after_midnight_belongs_to_the_day_it_arrived():
    table = tickets(written([(1430, 1445, 1450, None, "Mei")]))
    assert table[["day", "called"]].to_numpy().tolist() == [[FIRST, 1445.0]]
    assert table["waited"].tolist() == [15]
    assert isinstance(table, pd.DataFrame)
