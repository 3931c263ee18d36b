"""What a certificate asks for against what is there: lines say what is missing, and dates run as people expect."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.academy.catalogue.certificates import CERTIFICATES
from counterpoint.academy.rules.awarding import (
    Criterion,
    Evidence,
    asked,
    due_reminder,
    judge,
    last_day,
    next_reminder,
)
from counterpoint.primitives import content
from counterpoint.primitives.content.bodies import BodyError
from counterpoint.primitives.content.checking import check_items

ON = date(2026, 11, 23)
COURSES = {"c": ("c1", "c2")}
LESSON = Criterion(lessons=("a", "b"))
COURSE = Criterion(course="c")
EXAM = Criterion(exam="e", score_least=0.8)
DRILLS = Criterion(scenarios=("s", "t"), days=3, regret_most=8)
SHADOW = Criterion(field="shadow", days=20, regimes=4, regret_most=6)
SEEN = Criterion(field="seen", words={"zh-hans": "见过", "en": "seen"})
ALL = (LESSON, COURSE, EXAM, DRILLS, SHADOW, SEEN)


def lesson(key, on=ON, current=1):
    return Evidence("lessons", key, on, values={"current": current})


def exam(score, on=ON, passed=1):
    return Evidence("exam", "e", on, values={"score": score, "passed": passed})


def drill(key, regret, on=ON):
    return Evidence("scenarios", key, on, values={"regret": regret})


def shadow(days=20, regimes=4, regret=6.0):
    return Evidence("shadow", "", ON, values={"days": days, "regimes": regimes, "regret": regret})


GOOD = [
    lesson("a"), lesson("b"), lesson("c1"), lesson("c2"), exam(0.8), drill("s", 8), drill("t", 8), drill("s", 8),
    shadow(),
    Evidence("confirmed", "seen", ON),
]  # fmt: skip


def test_everything_there_awards_and_every_single_thing_is_needed():
    assert judge(ALL, GOOD, courses=COURSES).awarded
    for gone in GOOD:
        verdict = judge(ALL, [one for one in GOOD if one is not gone], courses=COURSES)
        assert not verdict.awarded and len(verdict.missing) == 1, gone


def test_a_line_says_what_is_missing_by_key_and_what_proves_the_rest():
    (line,) = judge([COURSE], [lesson("c2")], courses=COURSES).lines
    assert (line.found, line.wanted, line.missing, [one.key for one in line.proofs]) == (1, 2, ("c1",), ["c2"])


def test_a_lesson_whose_rule_has_changed_since_does_not_count():
    assert judge([LESSON], [lesson("a"), lesson("b", current=0)], courses={}).lines[0].missing == ("b",)


@pytest.mark.parametrize(("found", "holds"), [(exam(0.8), True), (exam(0.79), False), (exam(0.95, passed=0), False)])
def test_an_exam_must_be_passed_with_enough_points(found, holds):
    assert judge([EXAM], [found], courses={}).awarded is holds


def test_of_drills_the_newest_count_and_each_scenario_must_have_been_played():
    days = [drill("s", 30, ON), drill("s", 7, ON + timedelta(1)), drill("t", 8, ON + timedelta(2)),
            drill("s", 9, ON + timedelta(3))]  # fmt: skip
    assert judge([DRILLS], days, courses={}).awarded  # the bad first day is history
    assert not judge([DRILLS], days[:3], courses={}).awarded  # mean 15
    assert judge([DRILLS], [drill("s", 1), drill("s", 1), drill("s", 1)], courses={}).lines[0].missing == ("t",)


@pytest.mark.parametrize(
    ("found", "holds"),
    [(shadow(), True), (shadow(days=19), False), (shadow(regimes=3), False), (shadow(regret=6.1), False)],
)
def test_the_shadow_licence_needs_days_kinds_of_days_and_little_regret(found, holds):
    assert judge([SHADOW], [found], courses={}).awarded is holds


def test_who_asks_for_nothing_awards_nothing():
    assert not judge([], GOOD, courses=COURSES).awarded
    assert not judge([Criterion(course="gone")], GOOD, courses=COURSES).awarded


def test_renewing_asks_for_lessons_up_to_date_and_for_fresh_evidence_of_the_rest():
    again = asked(ALL, (EXAM,), again=True)
    assert again == (LESSON, COURSE, EXAM)
    assert asked(ALL, (), again=True) == ALL == asked(ALL, (EXAM,), again=False)
    assert judge(again, GOOD, courses=COURSES, after=ON).missing == (3,)  # lessons stay, the old exam does not
    assert judge(again, [*GOOD, exam(0.9, ON + timedelta(1))], courses=COURSES, after=ON).awarded


KEYS = st.sampled_from(["a", "b", "c1", "c2", "s", "t", "e", "seen", ""])
SOURCES = st.sampled_from(["lessons", "exam", "scenarios", "shadow", "confirmed"])
FIGURES = st.fixed_dictionaries(
    {name: st.floats(0, 30) for name in ("current", "passed", "score", "regret", "days", "regimes")}
)
THINGS = st.lists(
    st.builds(
        Evidence, SOURCES, KEYS, st.integers(-9, 9).map(lambda n: ON + timedelta(n)), st.just(""), st.just(""), FIGURES
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=40)
@given(THINGS, st.permutations(ALL))
def test_the_order_of_lines_and_of_evidence_decides_nothing(things, lines):
    once = judge(ALL, things, courses=COURSES)
    other = judge(lines, things, courses=COURSES)
    assert once.awarded is other.awarded
    assert sorted(map(str, (one.criterion for one in once.lines if one.holds))) == sorted(
        map(str, (one.criterion for one in other.lines if one.holds))
    )


@pytest.mark.parametrize(
    ("since", "months", "until"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 1, 30), 1, date(2027, 2, 28)),
        (date(2028, 1, 29), 1, date(2028, 2, 28)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_a_certificate_holds_until_the_day_before(since, months, until):
    assert last_day(since, months) == until


def test_renewing_early_loses_no_day_and_renewing_late_gives_none():
    until = date(2027, 1, 31)
    assert last_day(date(2026, 12, 1), 12, until, 90) == date(2028, 1, 31)
    assert last_day(until, 12, until, 90) == date(2028, 1, 31)
    assert last_day(date(2027, 2, 10), 12, until, 90) == date(2028, 2, 9)  # it had ended
    assert last_day(date(2026, 10, 1), 12, until, 90) == date(2027, 9, 30)  # too early to run on


def test_reminders_come_once_each_and_missed_ones_as_the_nearest_alone():
    until, days = date(2027, 6, 30), (90, 30, 7)
    at = lambda left: until - timedelta(days=left)  # noqa: E731
    assert [next_reminder(until, at(left), days) for left in (200, 91, 90, 30, 8, 7, 0)] == [
        90,
        90,
        30,
        7,
        7,
        None,
        None,
    ]
    assert [due_reminder(until, at(left), days) for left in (91, 90, 31, 30, 7, 0, -1)] == [
        None,
        90,
        90,
        30,
        7,
        7,
        None,
    ]


def test_worked_certificates_hold_and_each_shows_an_award_and_a_refusal():
    held = content.every(CERTIFICATES)
    assert held and check_items(content.kind_of(CERTIFICATES), held) == []
    for item in held:
        assert {one["awarded"] for one in item.examples} == {True, False}, item.key


WORDS = {"zh-hans": "某证", "en": "some"}
BODY = {"names": WORDS, "about": WORDS, "criteria": [{"lessons": ["x"]}], "posts": ["teller"], "valid_months": 12}


@pytest.mark.parametrize(
    "wrong",
    [
        {"criteria": []},
        {"criteria": [{"lessons": ["x"], "exam": "e"}]},
        {"criteria": [{}]},
        {"criteria": [{"field": "seen"}]},
        {"criteria": [{"field": "shadow", "days": 20}]},
        {"criteria": [{"scenarios": ["s"], "days": 3}]},
        {"skills": {"magic": 1}},
        {"skills": {"lobby": 6}},
        {"posts": ["king"]},
        {"remind_days": [7, 30]},
        {"valid_months": 0},
        {"names": {"zh-hans": "某证"}},
    ],
)
def test_what_is_no_certificate_is_refused(wrong):
    content.kind_of(CERTIFICATES).value_of("academy.some", BODY)
    with pytest.raises(BodyError):
        content.kind_of(CERTIFICATES).value_of("academy.some", BODY | wrong)
