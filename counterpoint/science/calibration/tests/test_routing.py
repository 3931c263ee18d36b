"""Skills, speeds, shares and turnaround, planted and found again."""

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.calibration import Params, calibrate, presence, tickets
from counterpoint.science.calibration.routing import (
    fit_at_once,
    fit_paces,
    fit_servers,
    fit_tiers,
    fit_turnaround,
    share,
)
from counterpoint.science.calibration.tests.branches import written
from counterpoint.science.calibration.tests.following import now_and_then_log
from counterpoint.science.calibration.tickets import waiting_seen


def work(rows):
    """Tickets as `tickets` gives them, from (server, service, minutes)."""
    frame = pd.DataFrame(rows, columns=["server", "service", "minutes"])
    return frame.assign(outcome="served", tier="normal")


def planted(paces, services, n, seed=1, mix=None):
    rng = np.random.default_rng(seed)
    rows = []
    for server, pace in paces.items():
        for service in rng.choice(list(services), n, p=None if mix is None else mix[server]):
            rows.append((server, service, pace * services[service] * rng.lognormal(-0.18, 0.6)))
    return work(rows)


def test_paces_are_found_and_the_mean_server_keeps_pace_one():
    found = fit_paces(planted({"Mei": 0.8, "Omar": 1.0, "Ada": 1.2}, {"cash": 4.0}, 3000))
    assert [found[name][0] for name in ("Mei", "Omar", "Ada")] == pytest.approx([0.8, 1.0, 1.2], rel=0.04)


def test_who_does_the_long_services_is_not_slow_for_that():
    """Mei does mostly loans, Omar mostly cash; they are equally fast."""
    table = planted(
        {"Mei": 1.0, "Omar": 1.0}, {"cash": 3.0, "loan": 20.0}, 4000, mix={"Mei": [0.1, 0.9], "Omar": [0.9, 0.1]}
    )
    assert [row[0] for row in fit_paces(table).values()] == pytest.approx([1, 1], abs=0.04)


def test_a_fast_server_with_a_service_of_their_own_is_not_hidden_in_its_mean():
    """Only Mei does loans, at 0.7 of the mean pace; cash, done by both, gives her away."""
    table = planted(
        {"Mei": 0.7, "Omar": 1.0}, {"cash": 3.0, "loan": 20.0}, 6000, mix={"Mei": [0.5, 0.5], "Omar": [1.0, 0.0]}
    )
    found = fit_paces(table)
    assert found["Mei"][0] / found["Omar"][0] == pytest.approx(0.7, rel=0.06)


def test_noise_is_drawn_towards_one_and_the_more_so_the_fewer_the_tickets():
    equal = {f"p{i}": 1.0 for i in range(8)}
    found = fit_paces(planted(equal, {"cash": 4.0}, 25))
    raw = np.array([row[2] for row in found.values()])
    drawn = np.array([row[0] for row in found.values()])
    assert np.abs(drawn - 1).max() < 0.5 * np.abs(raw - 1).max()
    spread = {f"p{i}": pace for i, pace in enumerate(np.linspace(0.7, 1.3, 8))}
    few, many = (fit_paces(planted(spread, {"cash": 4.0}, n))["p7"] for n in (12, 2000))
    assert abs(few[0] - few[2]) > abs(many[0] - many[2])
    assert many[0] == pytest.approx(1.3, rel=0.06)


def test_nobody_served_means_no_pace():
    assert fit_paces(work([])) == {}


def test_skills_need_more_than_one_ticket_and_newcomers_have_the_usual_ones():
    rows = (
        [("Mei", "cash", 4.0)] * 40 + [("Mei", "loan", 9.0)] + [("Omar", "cash", 4.0)] * 35 + [("New", "loan", 9.0)] * 3
    )
    table = work(rows)
    found = {fit.server: fit for fit in fit_servers(table, fit_paces(table), Params())}
    assert found["Mei"].skills == ("cash",)
    assert (found["Mei"].origin, found["New"].origin) == ("fitted", "pooled")
    assert found["New"].skills == ("cash", "loan")
    assert found["Omar"].tickets == 35


def test_the_interval_of_a_speed_holds_the_truth_and_narrows():
    paces = {"Mei": 0.8, "Omar": 1.0, "Ada": 1.25}
    widths = []
    for n in (100, 4000):
        table = planted(paces, {"cash": 4.0}, n)
        fits = {fit.server: fit for fit in fit_servers(table, fit_paces(table), Params())}
        widths.append(fits["Mei"].interval[1] - fits["Mei"].interval[0])
        assert fits["Mei"].interval[0] < fits["Mei"].speed < fits["Mei"].interval[1]
    assert widths[1] < 0.4 * widths[0]


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_wilson_interval_as_published(count, of, low, high):
    """Newcombe (1998), method 3."""
    found = share(count, of, 0.95)
    assert found.value == count / of
    assert found.interval == pytest.approx((low, high), abs=2e-4)


def test_a_share_of_nothing_is_unknown():
    assert np.isnan(share(0, 0, 0.95).value)


def test_tiers_are_counted_among_tickets_that_have_one():
    found = fit_tiers(pd.DataFrame({"tier": ["vip", "normal", "normal", None, "normal"]}), Params())
    assert {name: (one.value, one.of) for name, one in found.items()} == {"normal": (0.75, 4), "vip": (0.25, 4)}


def test_leaving_at_once_is_told_apart_by_who_waits():
    """At 601 one ticket waits, at 650 nobody does."""
    rows = [
        (600, 610, 615, None, "Mei"), (601, None, None, 601, None), (602, 611, 620, None, "Omar"),
        (650, None, None, 650, None), (651, 651, 655, None, "Mei"),
    ]  # fmt: skip
    table = tickets(written(rows))
    assert waiting_seen(table).tolist() == [0, 1, 1, 0, 0]
    quiet, queue = fit_at_once(table, Params())
    assert (quiet.count, quiet.of, queue.count, queue.of) == (1, 3, 1, 2)


def test_waiting_seen_ticket_by_ticket():
    rng = np.random.default_rng(6)
    arrived = np.sort(rng.integers(600, 640, 60)).astype(float)
    until = arrived + rng.integers(0, 8, 60)
    rows = [(a, u, u + 1, None, "Mei") for a, u in zip(arrived, until, strict=True)]
    table = tickets(written(rows))
    a, u = table["arrived"].to_numpy(), table["until"].to_numpy()
    assert waiting_seen(table).tolist() == [int(((a < at) & (u > at)).sum()) for at in a]


def queue_day(turnaround, n=80):
    """Mei serves a standing queue, each customer 5 minutes and `turnaround` minutes after the last."""
    begin = 600 + np.arange(n) * (5 + turnaround)
    rows = [(590, b, b + 5, None, "Mei") for b in begin]
    return presence(tickets(written(rows)), {"Mei": frozenset({"cash"})}, 5, 3)


def test_the_turnaround_of_a_standing_queue_is_found():
    found = fit_turnaround(queue_day(0.5), Params(), np.random.default_rng(0))
    assert found.origin == "fitted"
    assert (found.mean, found.sd, found.median) == pytest.approx((0.5, 0, 0.5), abs=1e-6)


def test_a_hall_that_calls_at_once_has_hardly_any_turnaround():
    found = calibrate(now_and_then_log(40), seed=1).turnaround
    assert found.seen > 1000
    assert (found.median, found.mean) == (0, pytest.approx(0.09, abs=0.05)), "a minute and a half without those called"


def test_too_few_turnarounds_count_for_nothing():
    found = fit_turnaround(queue_day(0.5, 20), Params(), np.random.default_rng(0))
    assert (found.origin, found.mean, found.seen) == ("default", 0, 19)
