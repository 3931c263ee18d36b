"""Who could work: anonymous people in the right mix, and the week as a roster problem on the half-hour grid."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science.rostering import Pin, Rule, TwoPerson, evaluate
from counterpoint.team.planning import crew
from counterpoint.team.planning.tests import examples
from counterpoint.team.planning.values import PlanInputError


def problem(hours=examples.HOURS, **more):
    return crew.week_problem(examples.outlook(hours), examples.people(), **more)


class TestShares:
    @given(
        st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 400), min_size=1, max_size=6),
        st.integers(1, 60),
    )
    def test_everybody_has_a_place_and_nobody_is_far_from_the_exact_share(self, weights, size):
        hours = {skill: float(weight) for skill, weight in weights.items()}
        found = crew._shares(hours, size)
        floor = 1 if size >= len(hours) else 0
        free = size - floor * len(hours)
        exact = {s: floor + Fraction(w, sum(weights.values())) * free for s, w in weights.items()}
        assert sum(found.values()) == size
        assert all(found[s] >= floor and abs(found[s] - exact[s]) < 1 + 1e-9 for s in hours)

    @given(st.lists(st.integers(1, 400), min_size=2, max_size=6), st.integers(2, 60))
    def test_who_needs_more_gets_no_fewer(self, weights, size):
        found = crew._shares({str(n): float(w) for n, w in enumerate(weights)}, size)
        for n, more in enumerate(weights):
            for m, less in enumerate(weights):
                assert more <= less or found[str(n)] >= found[str(m)]

    def test_with_as_many_people_as_skills_each_is_held_once(self):
        assert crew._shares({"a": 10.0, "b": 1.0}, 2) == {"a": 1, "b": 1}

    def test_with_fewer_people_than_skills_the_largest_are_held(self):
        assert crew._shares({"a": 5.0, "b": 3.0, "c": 1.0}, 2) == {"a": 1, "b": 1, "c": 0}


class TestAnonymous:
    def people(self, view=None, count=None, language="en"):
        return crew.anonymous(view or examples.outlook(), count, language)

    def test_as_many_as_stand_at_once_when_hours_would_need_fewer(self):
        found, (note,) = self.people()
        assert len(found) == 3
        assert note.values == {"people": 3, "needed": 1, "mix": "cash 2, desk 1"}

    def test_as_many_as_the_hours_need_when_a_week_is_long(self):
        hours = (((540, 1020),),) * 7
        is_open = np.ones((7, 16))
        days = tuple(
            type(d)(examples.MONDAY + timedelta(days=n), hours[n]) for n, d in enumerate([examples.days()[0]] * 7)
        )
        view = examples.outlook(days=days, need={"cash": 2 * is_open}, need_p90={"cash": 2 * is_open})
        found, (note,) = self.people(view)
        assert len(found) == note.values["needed"] == 4  # 112 hours with a spare eighth, 40 each

    def test_two_at_least(self):
        view = examples.outlook(need={"cash": np.ones((3, 6))}, need_p90={"cash": np.ones((3, 6))})
        assert len(self.people(view)[0]) == 2

    def test_a_given_number_is_taken_and_too_few_are_called_so(self):
        many, notes = self.people(count=12)
        assert len(many) == 12 and [n.code for n in notes] == ["anonymous_staff"]
        busy = examples.outlook(cash=20, desk=10)
        few, notes = self.people(busy, count=3)
        assert len(few) == 3 and [n.code for n in notes] == ["anonymous_staff", "too_few_people"]
        assert notes[1].values == {"people": 3, "needed": 5, "hours": 150}
        enough, notes = self.people(busy, count=5)
        assert len(enough) == 5 and len(notes) == 1

    def test_every_second_one_has_a_second_skill_at_a_lower_level(self):
        view = examples.outlook(cash=4, desk=2)
        view.need["advice"] = np.ones((3, 6))
        found, _notes = self.people(view, count=8)
        assert [len(p.skills) for p in found] == [1, 2] * 4
        assert Counter(p.skills[0].key for p in found) == {"cash": 4, "desk": 2, "advice": 2}
        assert all(len({s.key for s in p.skills}) == len(p.skills) for p in found)
        assert {s.level for p in found for s in p.skills[:1]} == {3}
        assert {s.level for p in found for s in p.skills[1:]} == {2}

    def test_with_one_skill_nobody_has_a_second(self):
        view = examples.outlook(need={"cash": np.ones((3, 6))}, need_p90={"cash": np.ones((3, 6))})
        assert all(len(p.skills) == 1 for p in self.people(view)[0])

    @pytest.mark.parametrize(
        ("language", "name"), [("en", "Person 01"), ("zh-hans", "员工 01"), ("zh-hant", "员工 01")]
    )
    def test_their_names_are_numbers_in_the_language_of_the_plan(self, language, name):
        found, _notes = self.people(language=language)
        assert found[0].name == name and [p.id for p in found] == ["p01", "p02", "p03"]

    def test_they_work_full_time(self):
        person = self.people()[0][0]
        assert (person.max_week, person.min_day, person.max_day, person.min_week) == (2400, 240, 480, 0)

    def test_where_nobody_is_needed_nobody_is_made_up(self):
        with pytest.raises(PlanInputError, match="Nothing is expected"):
            self.people(examples.outlook(cash=0, desk=0))


class TestWeek:
    def test_the_grid_reaches_half_an_hour_beyond_the_longest_day(self):
        found = problem()
        assert (found.start, found.end, found.step, found.intervals) == (510, 750, 30, 8)
        assert [(d.open, d.close) for d in found.days] == [(540, 720), (570, 690), (None, None)]

    @pytest.mark.parametrize(
        ("span", "start", "end"),
        [((545, 715), 510, 750), ((0, 180), 0, 210), ((20, 200), 0, 240), ((1230, 1440), 1200, 1440)],
    )
    def test_the_grid_stays_on_half_hours_and_inside_the_day(self, span, start, end):
        need = {"cash": np.array([[1.0] * 6, [0.0] * 6, [0.0] * 6])}
        view = examples.outlook(((span,), (), ()), start=span[0] // 30 * 30, need=need, need_p90=need)
        found = crew.week_problem(view, examples.people())
        assert (found.start, found.end) == (start, end)
        wanted = [n for n in range(found.intervals) if view.start <= start + 30 * n < view.start + 180]
        assert [n for n, people in enumerate(found.demand["cash"]) if people] == wanted

    def test_needs_lie_where_the_outlook_has_them(self):
        found = problem()
        cash = np.array(found.demand["cash"]).reshape(3, 8)
        assert cash.tolist() == [[0, 2, 2, 2, 2, 2, 2, 0], [0, 0, 2, 2, 2, 2, 0, 0], [0] * 8]
        assert np.array(found.demand_p90["desk"]).reshape(3, 8)[0].tolist() == [0, 2, 2, 2, 2, 2, 2, 0]

    @given(st.lists(st.integers(0, 9), min_size=18, max_size=18))
    def test_no_need_is_lost_on_the_way(self, needs):
        series = np.array(needs, dtype=float).reshape(3, 6)
        found = crew.week_problem(examples.outlook(need={"cash": series}, need_p90={"cash": series}), examples.people())
        for day in range(3):
            for n in range(6):
                at = day * found.intervals + (540 + 30 * n - found.start) // 30
                assert found.demand["cash"][at] == series[day, n]
        assert sum(found.demand["cash"]) == sum(needs)

    def test_a_midday_closure_belongs_to_the_day(self):
        found = problem((((540, 600), (660, 720)), (), ()))
        assert (found.days[0].open, found.days[0].close) == (540, 720)

    def test_a_week_that_is_closed_altogether_is_refused_in_words(self):
        with pytest.raises(PlanInputError, match="closed on every day"):
            problem(((), (), ()))

    def test_rules_pins_and_pairs_are_handed_on_and_empty_minimums_are_not(self):
        rule = Rule("day.max_minutes", 480, "minutes", "law", "V", True)
        pin, pair = Pin("mei", 0, "off"), TwoPerson("vault", "cash", 540, 600)
        found = problem(rules=(rule,), pins=(pin,), two_person=(pair,), minimums={"lobby": 1, "cash": 0})
        assert (found.rules, found.pins, found.two_person) == ((rule,), (pin,), (pair,))
        assert [(m.key, m.skills, m.count) for m in found.minimums] == [("lobby", ("lobby",), 1)]

    def test_a_made_roster_is_judged_on_the_problem(self):
        found = evaluate(problem(), examples.roster())
        assert found.feasible and found.short_hours == 2.5


class TestShifts:
    def spans(self, hours):
        return {(t.start, t.end): t.key for t in problem(hours).shifts.templates}

    def test_a_short_day_has_one_shift_over_all_of_it(self):
        assert self.spans((((540, 720),), (), ())) == {(510, 750): "full 08:30"}

    def test_a_usual_day_has_full_and_short_shifts_and_both_ends(self):
        found = self.spans((((540, 1020),), (), ()))
        assert {span for span, key in found.items() if key.startswith("full")} == {(510, 1020), (540, 1050)}
        short = {span for span, key in found.items() if key.startswith("short")}
        assert short == {(510 + 60 * n, 810 + 60 * n) for n in range(5)}

    def test_a_long_day_has_wider_steps(self):
        found = self.spans((((480, 1200),), (), ()))
        full = sorted(span for span, key in found.items() if key.startswith("full"))
        assert full == [(450, 960), (570, 1080), (690, 1200), (720, 1230)]
        assert (930, 1230) in found

    @given(st.integers(0, 40), st.integers(1, 20))
    def test_every_shift_lies_in_the_grid_and_some_cover_each_end(self, begin, length):
        opens, closes = 30 * begin, min(1440, 30 * (begin + length))
        view = examples.outlook((((opens, closes),), (), ()), start=opens)
        found = crew.week_problem(view, examples.people())
        spans = [(t.start, t.end) for t in found.shifts.templates]
        assert all(found.start <= a < b <= found.end and b - a <= 510 for a, b in spans)
        assert min(a for a, _b in spans) == found.start and max(b for _a, b in spans) == found.end
        assert len({t.key for t in found.shifts.templates}) == len(spans) or len(set(spans)) == len(spans)

    def test_each_kind_of_day_brings_its_own_shifts_once(self):
        both = self.spans((((540, 1020),), ((570, 960),), ((540, 1020),)))
        assert set(self.spans((((540, 1020),), (), ()))) <= set(both)
        assert (540, 990) in both


class TestLunch:
    @pytest.mark.parametrize("closes", [720, 1170])
    def test_a_day_of_ten_and_a_half_hours_keeps_the_usual_lunch(self, closes):
        lunch = problem((((540, closes),), (), ())).lunch
        assert (lunch.earliest, lunch.latest, lunch.lengths) == (660, 810, (30,))

    def test_a_longer_day_has_its_meal_anywhere_in_the_middle(self):
        lunch = problem((((540, 1171),), (), ())).lunch
        assert (lunch.earliest, lunch.latest, lunch.edge, lunch.lengths) == (660, 1111, 120, (30,))
        assert "long opening hours" in lunch.source
