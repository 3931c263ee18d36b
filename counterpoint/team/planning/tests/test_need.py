"""People needed and the forecast behind them: half hours, reasons, windows, and the record on past weeks."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.demand import DayInfo, DemandProblem
from counterpoint.team.planning import outlook
from counterpoint.team.planning.tests import examples, files
from counterpoint.team.planning.values import Patience, PlanInputError, Promise
from counterpoint.team.tests import small


def need(view=None, **changes):
    view = view or examples.outlook()
    whole = {
        "rates": view.mean, "specs": view.services, "days": view.days, "start": view.start, "patience": view.patience,
        "promise": view.promise, **changes,
    }  # fmt: skip
    return outlook.need_of(**whole)


class TestNeed:
    def test_it_is_counted_by_skill_not_by_service(self):
        people, why = need()
        assert list(people) == ["cash", "desk"] and people["cash"].shape == (3, 6)
        assert {len(row) for rows in why.values() for row in rows} == {6}

    def test_nobody_is_needed_before_the_doors_open_or_on_a_closed_day_and_the_reason_says_so(self):
        people, why = need()
        assert people["cash"][2].tolist() == [0] * 6 and set(why["cash"][2]) == {"closed"}
        assert people["cash"][1, 0] == 0 and why["cash"][1][0] == "closed" != why["cash"][1][1]

    def test_who_is_still_being_served_at_closing_time_needs_somebody_a_little_longer(self):
        people, why = need()
        assert people["cash"][1, 5] == 1 and why["cash"][1][5] == "load"
        assert need(rates=0 * examples.outlook().mean)[0]["cash"].sum() == 0

    @pytest.mark.parametrize(("span", "closed"), [((545, 695), 0), ((569, 691), 0), ((570, 690), 2), ((600, 601), 5)])
    def test_a_half_hour_that_is_open_for_a_part_is_open(self, span, closed):
        view = examples.outlook(((span,), (), ()))
        assert need(view, rates=np.zeros((3, 3, 6)))[1]["cash"][0].count("closed") == closed

    def test_enough_people_for_the_work_are_always_asked_for(self):
        people, _why = need(rates=10 * examples.outlook().mean)
        busy = 40 * 5 / 30
        assert people["cash"][0, 3] > busy

    @settings(max_examples=20)
    @given(st.integers(0, 20), st.floats(1, 3))
    def test_more_customers_need_no_fewer_people(self, rate, factor):
        rates = np.full((3, 3, 6), float(rate))
        fewer, more = need(rates=rates)[0], need(rates=factor * rates)[0]
        assert all((more[skill] >= fewer[skill]).all() for skill in fewer)

    @pytest.mark.parametrize("strict", [Promise(0.95, 15), Promise(0.9, 5)])
    def test_a_stricter_promise_needs_no_fewer_people(self, strict):
        rates = 6 * examples.outlook().mean
        usual, more = need(rates=rates)[0], need(rates=rates, promise=strict)[0]
        assert all((more[skill] >= usual[skill]).all() for skill in usual)
        assert sum(series.sum() for series in more.values()) > sum(series.sum() for series in usual.values())

    def test_only_measured_impatience_counts(self):
        rates = 8 * examples.outlook().mean
        quick, slow = ({"mean": mean, "cv": 1.0, "shape": "exponential"} for mean in (2.0, 60.0))
        assumed, other = (need(rates=rates, patience=Patience(**p, source="default"))[0] for p in (quick, slow))
        measured = need(rates=rates, patience=Patience(**quick, source="log", events=50))[0]
        assert np.array_equal(assumed["cash"], other["cash"])
        assert measured["cash"].sum() > assumed["cash"].sum()  # who has left was not served in time


class TestWindow:
    @pytest.mark.parametrize(
        ("hours", "window"),
        [
            (((540, 720),), (540, 720)),
            (((545, 715),), (540, 715)),
            (((0, 1440),), (0, 1440)),
            (((540, 600), (660, 730)), (540, 730)),
        ],
    )
    def test_it_begins_on_a_half_hour_and_ends_with_the_last_customer(self, hours, window):
        assert outlook._window((*examples.days((hours,)), DayInfo(date(2026, 12, 1), ()))) == window

    @pytest.mark.parametrize("days", [examples.days(((), ())), (DayInfo(date(2026, 12, 1), ((540, 720),), "closed"),)])
    def test_a_week_that_is_closed_throughout_is_refused(self, days):
        with pytest.raises(PlanInputError, match="closed on every day"):
            outlook._window(days)


def test_patience_is_told_as_measured_or_as_assumed():
    measured = outlook._patience_note(Patience(9.25, 1.0, "exponential", "log", 40))
    assert measured.text == "Patience of 9.2 minutes on average, estimated from 40 walk-outs."
    assumed = outlook._patience_note(examples.PATIENCE)
    assert "a mean patience of 28 minutes is assumed" in assumed.text
    assert assumed.values == {"mean": 28.0, "events": 0, "source": "default"}


def test_the_record_is_told_in_one_line():
    words = outlook.scores_words({"wape": 0.25, "coverage": 0.8})
    assert "25% of arrivals" in words and "80% of half hours" in words
    assert "too short" in outlook.scores_words({})


class TestAhead:
    """The small simulated branch: forecast once a process."""

    def test_the_grid_is_the_weeks_opening_hours(self):
        view = small.plan().outlook
        assert view.minutes == (540, 570, 600, 630, 660, 690)
        assert view.mean.shape == (2, 7, 6) and view.total_mean.shape == (7, 6)

    def test_ranges_are_in_order_and_services_add_up(self):
        view = small.plan().outlook
        assert (view.p10 <= view.p50).all() and (view.p50 <= view.p90).all()
        assert (view.total_p10 <= view.total_p90).all() and (view.day_p10 <= view.day_p90).all()
        assert np.allclose(view.mean.sum(axis=0), view.total_mean, rtol=0.02, atol=0.05)

    def test_a_busy_day_needs_no_fewer_people_than_a_usual_one(self):
        view = small.plan().outlook
        assert all((view.need_p90[skill] >= view.need[skill]).all() for skill in view.need)

    def test_the_forecast_is_close_to_what_the_branch_was_simulated_with(self):
        assert small.plan().outlook.day_mean[:3].mean() == pytest.approx(42, rel=0.15)

    def test_steps_are_reported_in_order(self):
        told = []
        outlook.look_ahead(small.asked(), lambda share, words: told.append((share, words)))
        assert [words for _s, words in told] == ["forecast", "backtest", "need"]
        assert [share for share, _w in told] == sorted(share for share, _w in told)

    def test_a_log_without_a_ticket_is_refused_with_what_to_check(self):
        empty = files.log(files.ticket(1, "2026-11-23 09:05"))
        with pytest.raises(PlanInputError, match="mapping of arrived, called and left"):
            outlook.look_ahead(examples.asked(log=replace(empty, frame=empty.frame.iloc[:0])))

    def test_a_closed_week_is_refused(self):
        closed = tuple(replace(d, open=(), kind="closed") if d.date in small.WEEK else d for d in small.asked().days)
        with pytest.raises(PlanInputError, match="closed on every day"):
            outlook.look_ahead(replace(small.asked(), days=closed))


class TestRecord:
    def problem(self, open_days):
        """Tickets on the last so many open days before Monday, ten a day."""
        first = small.WEEK[0] - timedelta(days=60)
        days = tuple(
            DayInfo(first + timedelta(days=n), ((540, 720),) if n >= 60 - open_days else ()) for n in range(67)
        )
        rows = [
            files.ticket(f"{day.date:%m%d}{n}", f"{day.date} 09:{5 * n:02d}")
            for day in days
            if day.is_open and day.date < small.WEEK[0]
            for n in range(10)
        ]
        return DemandProblem(files.log(*rows), days, small.WEEK, 30)

    def test_a_short_history_has_no_record(self):
        assert outlook.track_record(self.problem(18), small.WEEK[0], seed=1) == {}

    @pytest.mark.parametrize(("open_days", "weeks"), [(19, 1.0), (26, 2.0), (40, 3.0)])
    def test_each_past_week_with_twelve_days_before_it_is_tested_up_to_three(self, open_days, weeks):
        found = outlook.track_record(self.problem(open_days), small.WEEK[0], seed=1)
        assert found["weeks"] == weeks and 0 <= found["coverage"] <= 1 and found["wape"] >= 0

    def test_no_open_day_before_the_week_is_no_record(self):
        problem = replace(self.problem(26), days=tuple(replace(d, open=()) for d in self.problem(26).days))
        assert outlook.track_record(problem, small.WEEK[0], seed=1) == {}
