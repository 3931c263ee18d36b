"""What a person reads: explanations, the ledger, summaries and tables, in numbers that add up."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Break,
    Costs,
    Day,
    History,
    Minimum,
    Pin,
    Preference,
    TwoPerson,
    Violation,
    Waiver,
    Window,
    evaluate,
    explain,
    ledger,
    solve,
)
from counterpoint.science.rostering.checks import describe
from counterpoint.science.rostering.roster import clock
from counterpoint.science.rostering.scoring import growth, honoured
from counterpoint.science.rostering.tests.smallbranch import (
    CASH,
    LOBBY,
    branch,
    branches,
    need,
    plan,
    rosters,
    rule,
    someone,
    works,
)

DRAWN = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
MEI, OMAR = someone(), someone("omar", CASH + LOBBY)
NINE_TO_TEN = works("mei", 0, 540, 600)


@pytest.mark.parametrize(
    ("minute", "text"), [(0, "00:00"), (59, "00:59"), (540, "09:00"), (1439, "23:59"), (1440, "24:00")]
)
def test_minutes_are_written_as_times_of_day(minute, text):
    assert clock(minute) == text


@pytest.mark.parametrize(
    ("kind", "time", "shift", "kept"),
    [
        ("off", 0, None, True), ("off", 0, NINE_TO_TEN, False),
        ("work", 0, None, False), ("work", 0, NINE_TO_TEN, True),
        ("early", 600, NINE_TO_TEN, True), ("early", 599, NINE_TO_TEN, False), ("early", 0, None, True),
        ("late", 540, NINE_TO_TEN, True), ("late", 541, NINE_TO_TEN, False), ("late", 900, None, True),
        ("avoid", 540, NINE_TO_TEN, False), ("avoid", 599, NINE_TO_TEN, False), ("avoid", 600, NINE_TO_TEN, True),
        ("avoid", 539, NINE_TO_TEN, True), ("avoid", 560, None, True),
    ],
)  # fmt: skip
def test_a_wish_is_met_to_the_minute_by_judge_and_solver(kind, time, shift, kept):
    wish = Preference(0, kind, time, 3)
    assert honoured(wish, shift) is kept
    pin = Pin("mei", 0, "shift", shift.start, shift.end) if shift else Pin("mei", 0, "off")
    problem = branch(someone(preferences=(wish,)), pins=(pin,), costs=Costs(over=0))
    assert solve(problem, seed=1).objective == (0 if kept else 30)
    assert evaluate(problem, plan(*([shift] if shift else []))).costs["preference"] == (0 if kept else 30)


@pytest.mark.parametrize(("carried", "added", "points"), [(0, 0, 0), (0, 1, 1), (0, 2, 4), (3, 1, 7), (3, 2, 16)])
def test_each_further_load_weighs_more_than_the_one_before(carried, added, points):
    assert growth(carried, added) == points == sum(2 * (carried + n) + 1 for n in range(added))


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        (Pin("mei", 0, "off"), "off"),
        (Pin("mei", 0, "shift", 540, 1020), "shift 09:00-17:00"),
        (Pin("mei", 0, "task", 540, 660, "cash"), "cash 09:00-11:00"),
    ],
)
def test_a_fixed_cell_is_described_in_a_word(pin, words):
    assert describe(pin) == words


@DRAWN
@given(st.data())
def test_an_explanation_adds_up_to_the_difference_that_the_shift_makes(data):
    problem = data.draw(branches(2, 2))
    whole = data.draw(rosters(problem))
    for shift in whole.shifts:
        found = explain(problem, whole, shift.person, shift.day)
        now, without = evaluate(problem, whole), evaluate(problem, whole.without(shift.person, shift.day))
        assert found.cost == without.total - now.total
        assert found.short_hours == max(0.0, without.short_hours - now.short_hours)
        assert found.covers == tuple((t.start, t.end, t.skill) for t in shift.tasks)
        assert {v.key for v in found.breaks} <= {v.key for v in without.violations}
        assert found.reasons[0].startswith(f"{problem.person(shift.person).name} works {clock(shift.start)}-")
        assert list(found.to_frame().itertuples(index=False, name=None)) == list(found.covers)


def test_an_explanation_tells_the_posts_the_pin_the_hours_and_what_would_break():
    problem = branch(MEI, OMAR, demand=need(1, 1, 1, 1), minimums=(Minimum("till", ("cash",), 1, 540, 600),),
                     pins=(Pin("mei", 0, "shift", 540, 660),))  # fmt: skip
    why = explain(problem, plan(works("mei", lunch=600)), "mei", 0)
    assert why.reasons == (
        "Mei works 09:00-11:00 on 2026-11-30: cash 09:00-10:00, cash 10:30-11:00",
        "fixed by hand: shift",
        "without it 1.5 person-hours of demand stay open",
        "without it: Mei 2026-11-30: shift 09:00-11:00 was fixed by hand",
        "without it: 2026-11-30 09:00: 1 too few on cash (minimum 1)",
        "without it: 2026-11-30 09:30: 1 too few on cash (minimum 1)",
    )
    assert why.summary() == "\n".join(why.reasons)


def test_what_was_broken_anyway_is_no_reason_for_the_shift():
    problem = branch(MEI, OMAR, two_person=(TwoPerson("vault", "cash", 540, 570, 3),))
    why = explain(problem, plan(works("mei"), works("omar")), "mei", 0)
    assert why.breaks == ()
    assert why.reasons[-1].startswith("nothing breaks without it; it serves no priced aim")


def test_a_shift_that_serves_a_wish_only_says_so():
    wisher = someone(preferences=(Preference(0, "work", 0, 5),))
    why = explain(branch(wisher, costs=Costs(over=0)), plan(works("mei", skill=None)), "mei", 0)
    assert why.reasons == (
        "Mei works 09:00-11:00 on 2026-11-30: no post",
        "nothing breaks without it; it serves preference (50 points)",
    )


def test_only_the_first_five_of_many_broken_rules_are_told():
    posts = tuple(Minimum(f"post {n}", ("cash",), 1, 540, 570) for n in range(7))
    why = explain(branch(MEI, minimums=posts), plan(works("mei")), "mei", 0)
    assert len(why.breaks) == 7 and len(why.reasons) == 1 + 5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ["Mei is off on 2026-11-30", "already works 1 days and 2.0 of 14 hours this week"]),
        ({"pins": (Pin("mei", 0, "off"),)}, ["fixed by hand: off"]),
        ({"pins": (Pin("mei", 1, "off"),)}, []),
        ({"people": (someone(unavailable=(Window(0, 0, 1440, "exam"),)),)}, ["away: exam"]),
        ({"people": (someone(unavailable=(Window(0, 0, 1440),)),)}, ["away: unavailable"]),
        ({"people": (someone(unavailable=(Window(1, 0, 1440, "exam"),)),)}, []),
        ({"people": (someone(preferences=(Preference(0, "off"),)),)}, ["wished to be off"]),
        ({"people": (someone(preferences=(Preference(0, "late", 570),)),)}, []),
    ],
)
def test_a_free_day_has_its_reasons_and_no_others(change, words):
    problem = replace(branch(MEI, days=2), **change)
    why = explain(problem, plan(works("mei", 1)), "mei", 0)
    told = {"away: exam", "away: unavailable", "fixed by hand: off", "wished to be off"}
    assert {*words} <= {*why.reasons}
    assert {*why.reasons} & told == {*words} & told
    assert (why.covers, why.breaks, why.short_hours, why.cost) == ((), (), 0.0, 0)


def test_a_closed_branch_is_the_reason_and_the_week_is_counted_by_the_calendar():
    problem = branch(MEI, days=2, first="2026-12-06")
    shut = replace(problem, days=(Day("2026-12-06"), problem.days[1]))
    why = explain(shut, plan(works("mei", 1)), "mei", 0)
    assert why.reasons[1:] == ("the branch is closed", "already works 0 days and 0.0 of 14 hours this week")


def test_asking_for_a_stranger_is_an_error_of_the_caller():
    with pytest.raises(KeyError, match="stranger"):
        explain(branch(MEI), plan(), "stranger", 0)


def test_the_ledger_spreads_from_the_least_to_the_most_burdened():
    tired = someone("omar", history=History(lates=4, weekends=1, minutes=600))
    problem = branch(MEI, tired, days=3, first="2026-12-04", costs=Costs(late_after=630))
    book = ledger(problem, plan(works("mei", 0), works("mei", 1), works("omar", 2, 540, 630)))
    assert [(e.lates, e.weekends, e.total_lates, e.total_weekends) for e in book.entries] == [
        (2, 1, 2, 1),
        (0, 1, 4, 2),
    ]
    assert book.spread() == {"total_lates": 2, "total_weekends": 1}
    assert book.summary() == "0 of 0 wishes met; late shifts differ by 2, weekend days by 1 (history included)"
    assert book.to_frame()["total_minutes"].tolist() == [240, 690]
    assert ledger(replace(problem, people=()), plan()).spread() == {"total_lates": 0, "total_weekends": 0}


def test_the_summary_of_a_judgement_counts_and_names_the_worst_three():
    problem = branch(
        someone(max_day=60, min_day=0), demand=need(1, 1, 1, 1), minimums=(Minimum("till", ("cash",), 2),),
        rules=(rule("day.max_minutes", 30, hard=False, weight=2),),
        waivers=(Waiver("minimum:till", "agreed", start=630),),
    )  # fmt: skip
    first, second, third = evaluate(problem, plan(works("mei", 0, 540, 630))).summary().splitlines()
    assert first == "4 hard and 2 soft violations, 0.5 person-hours short"
    assert second == "cost 340: under 100, overtime 120, soft_rules 120"
    assert third.count(";") == 2
    clean = evaluate(branch(MEI, demand=need(1, 1, 1, 1)), plan(works("mei"))).summary().splitlines()
    assert clean == ["0 hard and 0 soft violations, 0.0 person-hours short", "cost 0: nothing"]


def test_the_tables_have_a_row_a_cell_and_a_task_with_times_that_people_read():
    judged = evaluate(branch(MEI, days=2, demand=need(*(1,) * 8)), plan(works("mei", 1, 570))).to_frame()
    assert judged["time"].tolist() == ["09:00", "09:30", "10:00", "10:30"] * 2
    assert judged["staffed"].tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    assert (judged["staffed"] + judged["short"]).eq(1).all()
    table = plan(works("mei", lunch=570), works("omar", 0, 600, skill="lobby")).to_frame()
    assert table[["person", "start", "end", "skill"]].to_numpy().tolist() == [
        ["mei", 540, 570, "cash"], ["mei", 600, 660, "cash"], ["omar", 600, 660, "lobby"],
    ]  # fmt: skip
    assert table["lunch_start"].tolist()[:2] == [570, 570] and table["lunch_start"].isna().tolist()[2]


@pytest.mark.parametrize(
    ("waiver", "covers"),
    [
        (Waiver("pin", "why"), True),
        (Waiver("pin", "why", "mei", 0, 540), True),
        (Waiver("pin", "why", "mei"), True),
        (Waiver("pin", "why", day=0), True),
        (Waiver("leave", "why"), False),
        (Waiver("pin", "why", "omar"), False),
        (Waiver("pin", "why", "mei", 1), False),
        (Waiver("pin", "why", start=570), False),
        (Waiver("pi", "why"), False),
    ],
)
def test_a_waiver_reaches_as_far_as_it_says(waiver, covers):
    assert waiver.covers("pin", "mei", 0, 540) is covers
    problem = branch(MEI, pins=(Pin("mei", 0, "task", 540, 570, "lobby"),), waivers=(waiver,))
    assert evaluate(problem, plan(works("mei"))).feasible is covers
    assert (solve(problem, seed=1).roster is not None) is covers


@pytest.mark.parametrize(
    ("bad", "keys"),
    [
        (works("stranger"), {"shift.unknown"}),
        (works("mei", 1), {"shift.unknown"}),
        (works("mei", -1), {"shift.unknown"}),
        (replace(works("mei"), tasks=(*works("mei").tasks, *works("mei", 0, 570, 600).tasks)), {"task.overlap"}),
        (replace(works("mei", 0, 540, 600), tasks=works("mei").tasks), {"task.outside"}),
        (replace(works("mei", 0, 570), tasks=works("mei").tasks), {"task.outside"}),
        (works("mei", skill="lobby"), {"skill.unqualified"}),
        (replace(works("mei"), lunch=Break(570, 600)), {"lunch", "task.outside"}),
        (works("mei", 0, 600, 540, None), {"shift.grid", "shift.shape", "contract.min_day"}),
    ],
)
def test_books_that_cannot_be_are_told_with_the_person_and_never_counted(bad, keys):
    judged = evaluate(branch(MEI, demand=need(1, 1, 1, 1)), plan(bad))
    assert {v.key for v in judged.hard} == keys
    assert all(isinstance(v, Violation) and v.person == bad.person and v.cost == 0 for v in judged.hard)
    unseen = {"shift.unknown", "skill.unqualified", "shift.grid"} & keys
    assert sum(judged.coverage["cash"]) == 0 if unseen else sum(judged.coverage["cash"]) > 0


def test_a_second_shift_on_one_day_is_told_once_and_both_count_as_present():
    judged = evaluate(branch(MEI, demand=need(1, 1, 1, 1)), plan(works("mei", 0, 540, 600), works("mei", 0, 600, 660)))
    assert [v.key for v in judged.hard] == ["shift.twice"]
    assert judged.coverage["cash"] == (1, 1, 1, 1)
