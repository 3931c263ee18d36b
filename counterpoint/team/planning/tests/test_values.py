"""What goes in and what comes out: promises, the digest of an input, outlooks and waits as plain JSON and back."""

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science.rostering import Pin, Rule
from counterpoint.team.planning.tests import examples, files
from counterpoint.team.planning.values import (
    ARRAYS,
    Note,
    Outlook,
    PlanInputError,
    Promise,
    WaitCell,
    WaitDay,
    Waits,
)


class TestPromise:
    @pytest.mark.parametrize(
        ("text", "share", "minutes"),
        [
            ("90% < 15 min", 0.9, 15),
            ("90%<15", 0.9, 15),
            (" 80 % <= 20 min ", 0.8, 20),
            ("80% ≤ 20 分", 0.8, 20),
            ("95.5% in 7.5 minutes", 0.955, 7.5),
            ("95% within 10 分钟", 0.95, 10),
            ("９０% < １５ 分钟", 0.9, 15),
            ("0.1% < 0.1 min", 0.001, 0.1),
            ("99.9% < 600 min", 0.999, 600),
        ],
    )
    def test_it_is_read_as_people_write_it(self, text, share, minutes):
        found = Promise.parse(text)
        assert found.share == pytest.approx(share) and found.minutes == minutes

    @pytest.mark.parametrize(
        "text",
        [
            "", "quickly", "90 < 15", "90%", "< 15 min", "0% < 15 min", "100% < 15 min", "120% < 15 min",
            "90% < 0 min", "-90% < 15", "90% > 15 min", "90% < 15 hours", "90% < 15 min or so", "90% < 15 小时",
            "nan% < 15", "90%\n< 15 min\nx",
        ],
    )  # fmt: skip
    def test_what_is_none_is_refused_with_an_example(self, text):
        with pytest.raises(PlanInputError) as told:
            Promise.parse(text)
        assert repr(text) in str(told.value) and '"90% < 15 min"' in str(told.value)


class TestInput:
    def test_a_week_outside_the_calendar_names_the_first_unknown_date(self):
        week = (*examples.WEEK, date(2026, 12, 3), date(2026, 12, 4))
        with pytest.raises(PlanInputError, match="does not know 2026-12-03"):
            examples.asked(week=week)

    def test_an_empty_week_is_refused(self):
        with pytest.raises(PlanInputError, match="any day of the week"):
            examples.asked(week=())

    def test_equal_inputs_have_equal_digests_whatever_the_order_of_their_names(self):
        skills = {"cash": "cash", "transfer": "desk", "advice": "desk"}
        turned = dict(reversed(skills.items()))
        assert examples.asked(skills=skills).digest() == examples.asked(skills=turned).digest()

    def test_the_digest_does_not_depend_on_how_a_set_happens_to_lie_in_memory(self):
        first, *rest = (f"tag{n}" for n in range(2000))
        pairs = ((frozenset([first, name]), frozenset([name, first])) for name in rest)
        one, other = next(pair for pair in pairs if list(pair[0]) != list(pair[1]))
        assert one == other

        def digest(tags):
            return examples.asked(days=(replace(examples.days()[0], tags=tags), *examples.days()[1:])).digest()

        assert digest(one) == digest(other)

    def test_the_language_and_names_of_refused_rows_decide_nothing(self):
        refused = files.log(files.ticket(1, "2026-11-09 09:05"), files.ticket(1, "2026-11-09 09:05"))
        clean = files.log(files.ticket(1, "2026-11-09 09:05"))
        assert examples.asked(log=refused).digest() == examples.asked(log=clean).digest()
        assert examples.asked(language="en").digest() == examples.asked(language="zh-hans").digest()

    @pytest.mark.parametrize(
        "changes",
        [
            {"seed": 4},
            {"branch": "b01"},
            {"promise": Promise(0.9, 16)},
            {"people": examples.people()[:3]},
            {"people": ()},
            {"headcount": 3},
            {"speeds": {"mei": 1.1}},
            {"skills": {"cash": "desk"}},
            {"names": {"cash": "现金"}},
            {"defaults": {"cash": (6.0, 0.6)}},
            {"shares": {"cash": 1.0}},
            {"rules": (Rule("day.max_minutes", 480, "minutes", "law", "V", True),)},
            {"minimums": {"cash": 1}},
            {"pins": (Pin("mei", 0, "off"),)},
            {"baseline": examples.roster()},
            {"notes": (Note("x", "y"),)},
            {"work": 1.0},
            {"replications": 21},
            {"week": examples.WEEK[:2]},
            {"days": examples.days((((540, 690),), ((570, 690),), ()))},
            {"log": files.log(files.ticket(1, "2026-11-09 09:06"))},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_everything_that_decides_the_plan_changes_the_digest(self, changes):
        assert examples.asked(**changes).digest() != examples.asked().digest()
        assert examples.asked(**changes).digest() == examples.asked(**changes).digest()

    def test_two_skills_exchanged_are_another_input(self):
        one, other = {"cash": "a", "transfer": "b"}, {"cash": "b", "transfer": "a"}
        assert examples.asked(skills=one).digest() != examples.asked(skills=other).digest()


class TestOutlook:
    def test_it_survives_json_whole(self):
        view = examples.outlook()
        again = Outlook.from_dict(json.loads(json.dumps(view.to_dict(), allow_nan=False)))
        assert (again.days, again.services, again.patience) == (view.days, view.services, view.patience)
        assert (again.promise, again.start, again.notes) == (view.promise, view.start, view.notes)
        assert (again.scores, again.history, again.why) == (view.scores, view.history, view.why)
        for name in ARRAYS:
            assert np.allclose(getattr(again, name), getattr(view, name), rtol=0, atol=5e-4), name
        for name in ("need", "need_p90"):
            held, wanted = getattr(again, name), getattr(view, name)
            assert list(held) == list(wanted) and all(np.array_equal(held[k], wanted[k]) for k in wanted)

    def test_counts_are_kept_to_three_decimals_and_people_are_whole(self):
        data = examples.outlook(mean=np.full((3, 3, 6), 1 / 3), cash=2.0).to_dict()
        assert data["mean"][0][0][0] == 0.333
        assert data["need"]["cash"][0][0] == 2 and isinstance(data["need"]["cash"][0][0], int)

    def test_a_note_stored_without_values_reads_again(self):
        data = examples.outlook().to_dict()
        data["notes"] = [{"code": "old", "text": "From an earlier release."}]
        assert Outlook.from_dict(data).notes == (Note("old", "From an earlier release."),)

    def test_its_grid_and_its_hours_of_need(self):
        view = examples.outlook()
        assert view.minutes == (540, 570, 600, 630, 660, 690)
        assert view.skills == ("cash", "desk")
        assert view.need_hours("cash") == 2 * (3 + 2) and view.need_hours("desk") == 5

    @given(st.sets(st.integers(0, 2), min_size=1))
    def test_some_of_its_days_are_the_same_numbers(self, numbers):
        view, chosen = examples.outlook(), sorted(numbers)
        part = view.only(tuple(examples.WEEK[n] for n in chosen))
        assert [d.date for d in part.days] == [examples.WEEK[n] for n in chosen]
        for row, n in enumerate(chosen):
            assert np.array_equal(part.mean[:, row], view.mean[:, n])
            assert np.array_equal(part.total_p90[row], view.total_p90[n]) and part.day_p10[row] == view.day_p10[n]
            assert np.array_equal(part.need_p90["desk"][row], view.need_p90["desk"][n])
            assert part.why["cash"][row] == view.why["cash"][n]
        assert part.mean.shape == (3, len(chosen), 6) and part.notes == view.notes

    def test_a_date_beyond_it_asks_for_a_newer_forecast(self):
        with pytest.raises(PlanInputError, match="make a newer one"):
            examples.outlook().only((*examples.WEEK, examples.MONDAY + timedelta(days=3)))


class TestWaits:
    def test_a_week_is_weighted_by_customers(self):
        days = (
            WaitDay("2026-11-30", (), 30.0, 2.0, 6.0, 0.9, 0.1, 0.5, 4.0, 8.0),
            WaitDay("2026-12-01", (), 10.0, 6.0, 10.0, 0.5, 0.3, 0.5, 6.0, 16.0),
        )
        found = Waits(days).overall()
        assert found == pytest.approx(
            {
                "customers": 40, "wait_mean": 3, "wait_p90": 7, "within": 0.8, "walkouts": 0.15, "p90_low": 4.5,
                "p90_high": 10,
            }
        )  # fmt: skip

    def test_what_was_kept_before_the_range_was_known_still_reads(self):
        old = WaitDay("2026-11-30", (), 30.0, 2.0, 6.0, 0.9, 0.1, 0.5)
        kept = Waits((old,)).to_dict()
        for name in ("p90_low", "p90_high"):
            del kept["days"][0][name]
        assert Waits.from_dict(kept).days == (old,)

    def test_a_closed_day_weighs_nothing(self):
        busy = WaitDay("2026-11-30", (), 30.0, 2.0, 6.0, 0.9, 0.1, 0.5)
        shut = WaitDay("2026-12-01", (), 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        assert Waits((busy, shut)).overall() == pytest.approx(Waits((busy,)).overall())

    def test_no_day_at_all_is_all_noughts(self):
        assert set(Waits(()).overall().values()) == {0}

    figures = st.floats(0, 500).map(lambda x: round(x, 3))
    cells = st.builds(WaitCell, st.integers(0, 1439), *[figures] * 5)

    @given(
        st.lists(
            st.builds(
                WaitDay,
                st.dates().map(str),
                st.lists(cells, max_size=3).map(tuple),
                figures,
                figures | st.just(math.inf),
                figures | st.just(math.inf),
                *[figures] * 3,
            ),
            max_size=4,
        )
    )
    def test_they_survive_json_also_where_nobody_serves(self, days):
        found = Waits(tuple(days))
        text = json.dumps(found.to_dict(), allow_nan=False)
        assert Waits.from_dict(json.loads(text)) == found

    def test_a_wait_without_end_is_null_in_json_for_its_day_and_for_the_week(self):
        stranded = WaitDay("2026-12-01", (), 5.0, math.inf, math.inf, 0.0, 1.0, 0.0)
        data = Waits((*examples.waits().days, stranded)).to_dict()
        assert data["days"][-1]["wait_mean"] is None and data["days"][-1]["walkouts"] == 1.0
        assert data["overall"]["wait_p90"] is None and 0 < data["overall"]["within"] < 1


class TestPlan:
    def test_its_json_is_whole_readable_and_the_same_every_time(self):
        plan = examples.plan()
        data = json.loads(plan.to_json())
        assert data["format"] == "counterpoint.plan/1" and data["week"] == ["2026-11-30", "2026-12-01", "2026-12-02"]
        assert data["branch"] == "人民路支行" and "人民路支行" in plan.to_json()
        assert data["solution"]["roster"]["shifts"][0]["person"] == "mei"
        assert data["waits"]["baseline_kind"] == "flat" and data["anonymous_staff"] is False
        assert examples.plan().to_json() == plan.to_json()

    def test_without_a_roster_there_are_no_waits_and_no_invented_numbers(self):
        plan = examples.plan(roster=None, waits=None, baseline=None, baseline_kind="", status="infeasible")
        data = json.loads(plan.to_json())
        assert data["solution"]["roster"] is None and data["judgement"] == {}
        assert data["waits"] == {"plan": None, "baseline": None, "baseline_kind": ""}

    def test_a_day_without_anybody_keeps_the_json_valid(self):
        lonely = replace(examples.waits().days[0], wait_mean=math.inf, wait_p90=math.inf)
        plan = examples.plan(waits=Waits((lonely,)))
        assert "Infinity" not in plan.to_json() and "NaN" not in plan.to_json()
