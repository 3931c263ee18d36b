"""Half days: asked for by the branch's hours, paid by half, rostered around, told; and people who work so."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import Invalid, hours_of, scoped
from counterpoint.science.rostering import Limit, Person, Preference, Skill, Window, solve
from counterpoint.team import api, rules, shown, why, workbench
from counterpoint.team.models import LeaveRequest
from counterpoint.team.planning import crew
from counterpoint.team.planning.tests import examples
from counterpoint.team.tests.conftest import tiny_problem
from counterpoint.team.tests.stories import TUESDAY, WEEK, ask_leave, decide_leave, in_days, journal, told

OPEN = (((540, 1020),), (), ())  # one day from nine to five


def middle_of(team, day):
    with scoped(team.scope("Sun")):
        spans = hours_of(team.b01).on(day, provisional=True)
    return rules.midday(spans[0][0], spans[-1][1])


class TestHalves:
    @given(st.integers(0, 40), st.integers(1, 40))
    def test_they_meet_on_the_half_hour_within_the_opening_hours_and_leave_nothing_out(self, begin, length):
        opens, closes = 30 * begin, min(1440, 30 * (begin + length))
        (start, noon), (after, end) = (rules.half_of(half, opens, closes) for half in rules.HALVES)
        assert (start, end) == (0, 1440) and noon == after == rules.midday(opens, closes)
        assert opens <= noon <= closes and noon % 30 == 0
        assert abs((noon - opens) - (closes - noon)) <= 30

    def test_a_closed_day_is_halved_at_one(self):
        assert rules.midday(None, None) == 780


class TestAsking:
    @pytest.mark.parametrize("half", rules.HALVES)
    def test_the_branchs_hours_of_that_day_say_where_it_ends(self, team, half):
        leave, noon = ask_leave(team, half=half), middle_of(team, WEEK)
        assert (leave.half, leave.start, leave.end) == ((half, 0, noon) if half == "morning" else (half, noon, 1440))
        assert journal(team, "team.leave_requested")[0][1]["half"] == half

    @pytest.mark.parametrize(("half", "until"), [("morning", TUESDAY), ("night", WEEK), ("Morning", WEEK)])
    def test_it_is_the_morning_or_the_afternoon_of_one_day(self, team, half, until):
        with translation.override("en"), pytest.raises(Invalid, match="morning or the afternoon of one day") as refused:
            ask_leave(team, half=half, until=until)
        assert refused.value.details == {"field": "half"}

    def test_both_halves_may_be_asked_for_but_nothing_twice(self, team):
        ask_leave(team, half="morning")
        assert ask_leave(team, half="afternoon").state == "requested"
        for again in ({"half": "morning"}, {"half": "afternoon"}, {}):
            with pytest.raises(api.NotNow):
                ask_leave(team, **again)

    def test_a_day_already_asked_for_has_no_half_left(self, team):
        ask_leave(team)
        with pytest.raises(api.NotNow):
            ask_leave(team, half="afternoon")

    def test_the_database_refuses_half_of_several_days(self, team):
        leave = ask_leave(team, half="morning")
        with scoped(team.scope("Sun")), transaction.atomic(), pytest.raises(IntegrityError):
            LeaveRequest.objects.filter(pk=leave.pk).update(until=TUESDAY)


class TestRostering:
    def away(self, team):
        with scoped(team.scope("Sun")):
            people = workbench.people_of(team.b01, [in_days(n) for n in range(7)])
        return [(w.day, w.start, w.end, w.credit) for w in next(p for p in people if p.name == "Mei").unavailable]

    @pytest.mark.parametrize(("kind", "credit"), [("annual", 240), ("sick", 240), ("other", 0)])
    def test_half_of_a_paid_day_is_credited_with_a_tenth_of_the_contract(self, team, kind, credit):
        noon = middle_of(team, TUESDAY)
        decide_leave(team, ask_leave(team, kind=kind, since=TUESDAY, half="morning"))
        assert self.away(team) == [(1, 0, noon, credit)]

    def test_two_halves_are_credited_like_a_whole_day(self, team):
        for half in rules.HALVES:
            decide_leave(team, ask_leave(team, since=TUESDAY, half=half))
        assert sum(credit for *_span, credit in self.away(team)) == 480

    @pytest.mark.parametrize("half", rules.HALVES)
    def test_somebody_away_for_half_of_the_day_works_the_other_half(self, half):
        window = Window(0, *rules.half_of(half, 540, 1020), "leave (annual)", 240)
        alone = Person("mei", "Mei", (Skill("cash", 3), Skill("desk", 3)), min_day=240, unavailable=(window,))
        problem = crew.week_problem(examples.outlook(OPEN), (alone,))
        problem = replace(problem, demand={"cash": (1,) * problem.intervals * len(problem.days)})
        (shift,) = solve(problem, seed=1, limit=Limit(deterministic=5.0)).roster.shifts
        assert (shift.start, shift.end) == ((780, 1050) if half == "morning" else (510, 780))
        assert shift.lunch is None

    def test_a_short_day_has_no_halves_and_a_usual_one_has_two(self):
        def halves(hours):
            found = crew.week_problem(examples.outlook(hours), examples.people()).shifts.templates
            return [(t.start, t.end) for t in found if t.key.startswith("half")]

        assert halves(OPEN) == [(510, 780), (780, 1050)]
        assert halves((((540, 720),), (), ())) == []

    def test_somebody_who_works_half_days_gets_half_days(self):
        half = Person("mei", "Mei", (Skill("cash", 3),), min_day=240, max_day=rules.HALF_DAY)
        problem = crew.week_problem(examples.outlook((((540, 1020),),) * 3, cash=1, desk=0), (half,))
        found = solve(problem, seed=1, limit=Limit(deterministic=5.0)).roster.shifts
        assert len(found) == 3 and all(shift.end - shift.start <= 300 for shift in found)


class TestTelling:
    def test_the_person_asks_on_the_phone_and_reads_what_was_asked(self, team, sign_in):
        sent = {"kind": "annual", "since": "2026-12-01", "half": "morning"}
        page = sign_in("Mei").post(reverse("team:leave"), sent, follow=True).content.decode()
        assert f"12-01 上午（至 {shown.clock(middle_of(team, TUESDAY))}） 年假" in page

    def test_the_supervisor_reads_the_half_and_only_its_shift(self, team, out, sign_in):
        ask_leave(team, half="afternoon")
        page = sign_in("Sun").get(reverse("team:approvals")).content.decode()
        assert "下午（" in page
        with scoped(team.scope("Sun")):
            noon, end = middle_of(team, WEEK), 720  # the tiny roster's shifts run from nine to twelve
        assert ("已有 1 个已发布的班次" in page) == (noon < end)

    def test_the_answer_names_the_half(self, team):
        decide_leave(team, ask_leave(team, half="morning"))
        assert told(team, "Mei") == ["请假已批准"]

    @pytest.mark.parametrize(
        ("start", "end", "says"),
        [
            (0, 1440, "On approved leave."),
            (0, 600, "On approved leave until 10:00."),
            (660, 1440, "On approved leave from 11:00 on."),
            (600, 660, "On approved leave 10:00 to 11:00."),
        ],
    )
    def test_why_says_which_part_of_the_day(self, team, start, end, says):
        with translation.override("en"):
            assert why._leave(Window(0, start, end), tiny_problem(team)) == says

    def test_days_hours_and_halves_are_told_shortly(self):
        def row(**more):
            return LeaveRequest(**({"since": date(2026, 11, 30), "until": date(2026, 11, 30)} | more))

        with translation.override("en"):
            assert shown.leave_days(row()) == "11-30"
            assert shown.leave_days(row(until=date(2026, 12, 2))) == "11-30–12-02"
            assert shown.leave_days(row(half="morning", end=780)) == "11-30 morning (until 13:00)"
            assert shown.leave_days(row(half="afternoon", start=780)) == "11-30 afternoon (from 13:00)"
            assert shown.leave_days(row(start=840, end=960)) == "11-30 14:00 to 16:00"


class TestStanding:
    def test_a_wish_for_mornings_only_is_kept_and_shown_again(self, team, sign_in):
        mei = sign_in("Mei")
        mei.post(reverse("team:wishes"), {"wish-0": "morning", "wish-2": "afternoon", "wish-3": "early"})
        assert mei.get(reverse("team:my")).context["wishes"] == {0: "morning", 2: "afternoon", 3: "early"}
        with scoped(team.scope("Sun")):
            people = workbench.people_of(team.b01, [WEEK + timedelta(days=n) for n in range(7)])
        wishes = next(p for p in people if p.name == "Mei").preferences
        assert set(wishes) == {
            Preference(0, "early", 840, 2), Preference(2, "late", 720, 2), Preference(3, "early", 1020, 2),
        }  # fmt: skip

    def test_the_staff_page_sets_half_days_and_takes_them_back(self, team, sign_in):
        sun, mei = sign_in("Sun"), team.people["Mei"].pk
        form = {"user": mei, "shown": mei, "skills": "cash:3", "hours": "20", "half_days": "1"}

        def most():
            return next(p for p in api.staff(**{"scope": team.scope("Sun"), "branch": team.b01}) if p.user == mei)

        sun.post(reverse("team:staff-save"), form)
        assert most().max_day_minutes == 300
        del form["half_days"]
        sun.post(reverse("team:staff-save"), form)
        assert most().max_day_minutes == 480
