"""Dirt planted in a log is found, counted once, and what was done is said."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.calibration import Params, calibrate, dirt, outages, presence, tickets
from counterpoint.science.calibration.dirt import across_clock_change, clock_change_days
from counterpoint.science.calibration.tests.branches import written
from counterpoint.science.history import Mapping, normalise

CASH = {"Mei": frozenset({"cash"})}
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def report(log, **params):
    table = tickets(log)
    found = dirt(log, table, presence(table, CASH, 5, 3), Params(**params), 30)
    return found.set_index("kind")


def clean(n=20):
    return [(600 + 6 * i, 600 + 6 * i, 605 + 6 * i, None, "Mei") for i in range(n)]


def test_a_clean_log_has_no_dirt():
    found = report(written(clean()))
    assert found.drop("clock_change")["rows"].sum() == 0
    assert np.isnan(found.loc["clock_change", "rows"])
    assert "no time zone" in found.loc["clock_change", "done"]


def test_every_kind_of_planted_dirt_is_counted():
    frame = pd.DataFrame(
        {
            "date": "1999-02-01",
            "arrived": ["10:00:00", "10:05:00", "10:10:00", "10:20:00", "10:30:00", "10:40:00"],
            "called": ["10:00:00", "10:03:00", "10:10:00", "10:20:00", "10:30:00", "10:32:00"],
            "finished": ["10:04:00", "10:08:00", "10:10:00", "10:20:03", "10:35:00", "10:41:00"],
            "server": "Mei",
            "outcome": ["ok", "ok", "ok", "ok", "ghost", "ok"],
        }
    )
    stamps = {name: {"column": name, "date": "date"} for name in ("arrived", "called", "finished")}
    mapping = Mapping.from_dict({**stamps, "server": "server", "outcome": "outcome", "service": "server",
                                 "outcomes": {"ok": "served", "ghost": "ignore"}})  # fmt: skip
    found = report(normalise(frame, mapping))
    assert found.loc["phantom", "rows"] == 1
    assert found.loc["negative_duration", "rows"] == 2, "called before arrival, twice"
    assert found.loc["out_of_order", "rows"] == 2
    assert found.loc["impossible_service", "rows"] == 1, "10:10 to 10:10"
    assert found.loc["short_service", "rows"] == 1, "three seconds"
    assert found.loc["phantom", "share"] == pytest.approx(1 / 6)
    assert found["done"].str.len().min() > 10


def test_two_services_at_once_are_an_overlap_and_out_of_order():
    found = report(written([*clean(3), (601, 602, 604, None, "Mei")]))
    assert found.loc["overlap", "rows"] == 1
    assert found.loc["out_of_order", "rows"] == 1


def test_unexplained_minutes_are_reported_over_staffed_minutes():
    found = report(written([(600, 600, 610, None, "Mei"), (611, 614, 620, None, "Mei")]))
    assert found.loc["unexplained_minutes", "rows"] == pytest.approx(3)
    assert found.loc["unexplained_minutes", "share"] == pytest.approx(3 / 20)


@pytest.mark.parametrize(("day", "gained"), [(SPRING, 60), (AUTUMN, -60)])
def test_the_days_on_which_clocks_change_are_known(day, gained):
    table = tickets(written(clean(), day))
    ((found, (minute, minutes)),) = clock_change_days(table, "Europe/Berlin").items()
    assert (found, minutes) == (day, gained)
    assert minute == (120 if gained > 0 else 180), "two o'clock becomes three, three becomes two"
    assert clock_change_days(table, "Asia/Shanghai") == {}
    assert clock_change_days(table, None) == {}


def test_minutes_across_a_clock_change_are_left_out_of_the_fit():
    """A call centre at night in spring: from 1:50 to 3:10 by the clock are 20 minutes, not 80."""
    night = [(100 + i, 110 + i, 190 + i, None, "Mei") for i in range(3)]
    day = [(600 + 8 * i, 600 + 8 * i, 604 + 8 * i + i % 3, None, "Mei") for i in range(60)]
    log = written([*night, *day], SPRING)
    table = tickets(log)
    assert across_clock_change(table, "Europe/Berlin").sum() == 3
    assert across_clock_change(table, None).sum() == 0
    aware = calibrate(log, Params(zone="Europe/Berlin"), seed=1)
    blind = calibrate(log, seed=1)
    assert aware.services[0].mean == pytest.approx(5)
    assert blind.services[0].mean == pytest.approx((60 * 5 + 3 * 80) / 63)
    assert aware.dirt.set_index("kind").loc["clock_change", "rows"] == 3


def outage_day():
    """From 12:00 to 12:30 the machine gives tickets that nobody can be called with: 24 of 25 leave at once."""
    out = [(720 + i, None, None, 720 + i, None) for i in range(24)]
    usual = [(600 + 5 * i, 603 + 5 * i, 607 + 5 * i + i % 3, None, "Mei") for i in range(60)]
    return [*out, *usual]


def test_an_outage_of_the_ticket_system_is_set_aside_and_told():
    log = written(outage_day())
    with_it, without = (calibrate(log, Params(outage_share=share), seed=1) for share in (0.5, 1.0))
    assert with_it.dirt.set_index("kind").loc["outage", "rows"] == 30, "with six usual tickets of that half hour"
    assert without.dirt.set_index("kind").loc["outage", "rows"] == 0
    assert with_it.at_once_queue.count + with_it.at_once_quiet.count == 0
    assert without.at_once_queue.count + without.at_once_quiet.count == 24
    assert with_it.services[0].mean == without.services[0].mean, "services count all the same"


def test_a_few_who_leave_or_a_small_half_hour_are_no_outage():
    few = written([(720 + i, None, None, 720 + i, None) for i in range(19)])
    assert outages(tickets(few), Params()).sum() == 0
    half = [(720 + i, *((None, None, 720 + i, None) if i % 2 else (721 + i, 722 + i, None, "Mei"))) for i in range(24)]
    assert outages(tickets(written(half)), Params()).sum() == 0


def test_before_the_doors_open_nobodys_patience_is_tried():
    shut = [(570 + i, None, None, 570 + i, None) for i in range(5)]
    usual = [(600 + 5 * i, 603 + 5 * i, 607 + 5 * i, None, "Mei") for i in range(60)]
    at_once = [(650.5, None, None, 650.5, None)]
    log = written([*shut, *usual, *at_once])
    assert outages(tickets(log), Params()).nonzero()[0].tolist() == [0, 1, 2, 3, 4]
    assert not outages(tickets(log), Params(outage_share=1.0)).any()
    someone = written([(569, None, None, 590, None), *shut, *usual])
    assert not outages(tickets(someone), Params()).any(), "somebody waits already: the doors are open"


def test_only_the_days_calibrated_from_are_reported():
    two = written(clean(3), date(2026, 3, 2)), written([*clean(3), (601, 602, 604, None, "Mei")], date(2026, 3, 3))
    both = replace(two[0], frame=pd.concat([one.frame for one in two], ignore_index=True))
    found = calibrate(both, days=[date(2026, 3, 2)], seed=1).dirt.set_index("kind")
    assert found.loc["overlap", "rows"] == 0
