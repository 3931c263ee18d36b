"""How many people a cell gets and why: at each edge of a reason, and counted again without the queueing topic."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import staffing
from counterpoint.science.queueing import Queue, solve
from counterpoint.science.staffing import Promise, ServiceLoad, SharedCounters, StaffingError, StaffingProblem
from counterpoint.science.staffing.require import group_load, level, levels, mean_service

AT_ONCE = Promise(0.0, 0.9)


def cell(arrivals, *, mean=6.0, minimum=0, opened=True, promise=AT_ONCE, **more):
    """One service in one interval of half an hour, alone: its load is ``arrivals`` × ``mean`` / 30."""
    service = ServiceLoad("deposit", "cash", (arrivals,), mean, 1.0, more.pop("patience", None))
    return StaffingProblem(
        540, 30, (service,), promise, minimums={"cash": minimum}, opened=(opened,), method="sipp", **more
    )


def answer(problem, group="cash"):
    result = staffing.require(problem)
    return result.need[group][0], result.reason[group][0]


@pytest.mark.parametrize(
    ("arrivals", "minimum", "promise", "need", "reason"),
    [
        (0.0, 0, Promise(0.0, 0.9), 0, "load"),  # nobody comes, nobody is posted
        (0.0, 2, Promise(0.0, 0.9), 2, "minimum"),
        (1e-12, 0, Promise(0.0, 0.9), 1, "load"),  # whoever comes must find somebody
        (2.5, 0, Promise(600.0, 0.9), 1, "load"),
        (5.0, 0, Promise(600.0, 0.9), 2, "load"),  # one Erlang is more than one person can do
        (4.999, 0, Promise(1e9, 0.9), 1, "load"),
        (5.0, 0, Promise(0.0, 0.66), 2, "load"),  # 2/3 find one of two free
        (5.0, 0, Promise(0.0, 0.67), 3, "promise"),
        (5.0, 0, Promise(0.0, 0.90), 3, "promise"),  # 10/11 find one of three free
        (5.0, 0, Promise(0.0, 0.91), 4, "promise"),
        (5.0, 2, Promise(0.0, 0.90), 3, "promise"),
        (5.0, 3, Promise(0.0, 0.90), 3, "minimum"),  # the post would stand anyway
        (5.0, 9, Promise(0.0, 0.90), 9, "minimum"),
    ],
)
def test_an_open_cell_has_the_fewest_people_and_its_reason(arrivals, minimum, promise, need, reason):
    assert answer(cell(arrivals, minimum=minimum, promise=promise)) == (need, reason)


@pytest.mark.parametrize(
    ("arrivals", "need", "reason"),
    [
        (0.0, 0, "closed"),
        (0.249, 0, "closed"),  # a load of 0.05 goes home
        (0.251, 1, "load"),
        (5.0, 1, "load"),
        (5.1, 2, "load"),
        (10.0, 2, "load"),
    ],
)
def test_after_closing_only_the_work_still_inside_needs_people(arrivals, need, reason):
    problem = cell(arrivals, minimum=3, opened=False)
    assert answer(problem) == (need, reason)
    assert staffing.require(problem).level["cash"] == (1.0,)


@pytest.mark.parametrize(("opened", "expected"), [(True, (2, "minimum")), (False, (0, "closed"))])
def test_a_post_without_services_stands_while_the_branch_is_open(opened, expected):
    problem = dataclasses.replace(cell(1.0, opened=opened), minimums={"lobby": 2})
    assert answer(problem, "lobby") == expected
    assert staffing.require(problem).level["lobby"] == (1.0,)
    assert answer(dataclasses.replace(problem, minimums={"lobby": 0}), "lobby") == (0, "closed")


def served_within(busy, mean, people, within):
    """Erlang C written out once more, without the queueing topic."""
    if busy >= people:
        return 0.0
    top = busy**people / math.factorial(people) * people / (people - busy)
    waits = top / (sum(busy**k / math.factorial(k) for k in range(people)) + top)
    return 1 - waits * math.exp(-(people - busy) * within / mean)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 60), st.floats(1, 30), st.floats(0, 20), st.floats(0.3, 0.97), st.integers(0, 8))
def test_the_need_is_the_count_at_which_the_written_out_formula_holds(arrivals, mean, within, share, minimum):
    problem = cell(arrivals, mean=mean, minimum=minimum, promise=Promise(within, share))
    busy, people = arrivals * mean / 30, 1
    while served_within(busy, mean, people, within) < share:
        people += 1
    result = staffing.require(problem)
    assert result.need["cash"] == (max(people, minimum),)
    assert result.load["cash"][0] == pytest.approx(busy)
    assert result.level["cash"][0] == pytest.approx(served_within(busy, mean, max(people, minimum), within), rel=1e-6)


class TestLevel:
    def test_without_people_nobody_is_served_and_without_customers_everybody(self):
        for problem in (cell(5.0), cell(5.0, patience=20.0)):
            assert level(problem, "cash", 0, 1.0, 0) == 0.0
            assert level(problem, "cash", 0, 0.0, 0) == 1.0

    def test_loyal_customers_of_an_overloaded_counter_are_never_served_in_time(self):
        assert level(cell(15.0, promise=Promise(600.0, 0.9)), "cash", 0, 3.0, 3) == 0.0
        assert level(cell(15.0, promise=Promise(600.0, 0.9)), "cash", 0, 3.0, 4) == pytest.approx(1.0)

    def test_impatient_customers_of_an_overloaded_counter_are_served_in_part(self):
        problem = cell(15.0, patience=20.0, promise=Promise(10.0, 0.9))
        assert level(problem, "cash", 0, 3.0, 2) == solve(Queue(0.5, 1 / 6, 2, 1 / 20)).service_level(10.0)

    def test_one_loyal_service_keeps_the_whole_group_waiting(self):
        hasty = ServiceLoad("a", "cash", (5.0,), 6.0, patience=10.0)
        loyal = ServiceLoad("b", "cash", (5.0,), 6.0)
        slow = ServiceLoad("c", "cash", (5.0,), 6.0, patience=30.0)
        mixed = dataclasses.replace(cell(1.0), services=(hasty, loyal))
        both = dataclasses.replace(cell(1.0), services=(hasty, slow))
        assert level(mixed, "cash", 0, 2.0, 2) == 0.0
        rate = (1 / 10 + 1 / 30) / 2
        assert level(both, "cash", 0, 2.0, 2) == solve(Queue(2 / 6, 1 / 6, 2, rate)).service_level(0.0)

    def test_levels_of_any_staffing_are_those_of_its_cells(self):
        problem = dataclasses.replace(
            cell(1.0),
            services=(ServiceLoad("a", "cash", (5.0, 10.0, 0.0), 6.0, 1.0),),
            opened=(True, True, False),
        )
        found = levels(problem, {"cash": (3, 2, 0)})["cash"]
        assert found == (level(problem, "cash", 0, 1.0, 3), 0.0, 1.0)


class TestMixes:
    services = (
        ServiceLoad("quick", "cash", (8.0, 2.0, 0.0), 3.0, 1.0),
        ServiceLoad("slow", "cash", (2.0, 2.0, 0.0), 18.0, 1.0),
        ServiceLoad("rare", "desk", (0.0, 0.0, 0.0), 40.0, 1.0),
    )
    problem = StaffingProblem(540, 30, services, method="sipp")

    def test_the_mean_service_follows_who_comes(self):
        """8 × 3 and 2 × 18 are 60 in 10; 2 and 2 are 42 in 4; nobody: the day's mix 10 × 3 and 4 × 18 in 14."""
        found = [mean_service(self.problem, "cash", n) for n in range(3)]
        assert found == pytest.approx([6.0, 10.5, 102 / 14])
        assert mean_service(self.problem, "desk", 0) == 40.0  # never seen: the plain mean

    def test_a_groups_load_is_the_sum_of_its_services(self):
        assert group_load(self.problem, "cash") == pytest.approx([60 / 30, 42 / 30, 0.0])
        assert group_load(self.problem, "desk").tolist() == [0.0, 0.0, 0.0]


class TestResult:
    services = (
        ServiceLoad("a", "cash", (5.0, 10.0, 0.0), 6.0, 1.0),
        ServiceLoad("b", "desk", (2.0, 0.0, 2.0), 15.0, 1.0),
    )
    problem = StaffingProblem(
        540, 15, services, Promise(0.0, 0.5), method="sipp", shared=(SharedCounters(("cash", "desk"), 6),)
    )

    def test_hours_are_people_times_intervals(self):
        result = staffing.require(self.problem)
        assert result.hours == sum(map(sum, result.need.values())) / 4
        assert result.method == "sipp"

    def test_the_frame_names_minute_and_reason_of_every_cell(self):
        result = staffing.require(self.problem)
        frame = result.to_frame()
        assert frame["group"].tolist() == ["cash"] * 3 + ["desk"] * 3
        assert frame["minute"].tolist() == [540, 555, 570] * 2
        assert frame["need"].tolist() == [*result.need["cash"], *result.need["desk"]]
        assert frame["reason"].tolist() == [*result.reason["cash"], *result.reason["desk"]]
        assert frame["load"].tolist() == pytest.approx([2, 4, 0, 2, 0, 2])

    def test_shared_counters_are_crowded_only_above_their_number(self):
        result = staffing.require(self.problem)
        both = [a + b for a, b in zip(result.need["cash"], result.need["desk"], strict=True)]
        for count in range(max(both) + 1):
            shared = (SharedCounters(("cash", "desk", "gone"), count),)
            found = staffing.require(dataclasses.replace(self.problem, shared=shared)).crowded
            assert found == tuple(
                (n, ("cash", "desk", "gone"), people - count) for n, people in enumerate(both) if people > count
            )

    def test_the_summary_says_hours_peaks_and_where_it_is_too_tight(self):
        shared = (SharedCounters(("cash", "desk"), 0),)
        result = staffing.require(dataclasses.replace(self.problem, shared=shared))
        lines = result.summary().splitlines()
        assert lines[0] == f"{result.hours:.1f} person-hours by sipp; peak need: cash {max(result.need['cash'])}, " + (
            f"desk {max(result.need['desk'])}"
        )
        people = result.need["cash"][0] + result.need["desk"][0]
        assert lines[1] == f"interval 0: {people} more than the counters of cash/desk"

    @pytest.mark.parametrize(("most", "allowed"), [(3, True), (2, False)])
    def test_the_most_people_of_a_cell_are_allowed_and_one_more_is_refused(self, most, allowed):
        problem = cell(5.0, most=most)
        if allowed:
            assert answer(problem) == (3, "promise")
        else:
            with pytest.raises(StaffingError, match="cash, interval 0: more than 2 people; check arrivals"):
                staffing.require(problem)
