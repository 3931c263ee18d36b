"""Who stands where: the hands of every interval are dealt to people without losing any, with few changes of post."""

from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import Pin, Skill, evaluate
from counterpoint.science.rostering.decode import assign
from counterpoint.science.rostering.tests import rulebook
from counterpoint.science.rostering.tests.smallbranch import (
    CASH,
    LOBBY,
    NAMES,
    OPEN,
    STEP,
    branch,
    need,
    someone,
    works,
)

BOTH = CASH + LOBBY
SKILLS = ("cash", "lobby")
POSTS = {**need(0, 0, 0, 0), **need(0, 0, 0, 0, skill="lobby")}


def crew(*skills):
    return tuple(someone(key, held) for key, held in zip(NAMES, skills, strict=False))


def heads(**wanted):
    """``heads(cash=(1, 1, 0, 0))`` as ``assign`` takes them."""
    return {(skill, n): count for skill, series in wanted.items() for n, count in enumerate(series)}


def row(roster, who):
    """The posts of one person, interval by interval; ``-`` when away."""
    shift = roster.of(who, 0)
    ticks = range(OPEN, OPEN + 4 * STEP, STEP)
    return [(shift.skill_at(m) or "none")[0] if shift.present(m) else "-" for m in ticks]


def changes(rows):
    """Changes of post, absences left out."""
    held = [[post for post in line if post != "-"] for line in rows]
    return sum(a != b for line in held for a, b in pairwise(line))


@st.composite
def hands(draw):
    """A crew with shifts and lunches, and heads that this crew can really fill: dealt once by hand."""
    people = crew(*draw(st.lists(st.sampled_from([CASH, LOBBY, BOTH]), min_size=1, max_size=4)))
    shifts = []
    for person in people:
        start, end = draw(st.sampled_from([(540, 660), (540, 600), (570, 660), (600, 660)]))
        lunch = 570 if (start, end) == (540, 660) and draw(st.booleans()) else None
        shifts.append(works(person.id, 0, start, end, None, lunch))
    wanted = dict.fromkeys(((s, n) for s in SKILLS for n in range(4)), 0)
    for shift, person in zip(shifts, people, strict=True):
        for n in range(4):
            post = draw(st.sampled_from([None, *(s.key for s in person.skills)]))
            if post and shift.present(OPEN + n * STEP):
                wanted[post, n] += 1
    return branch(*people, demand=POSTS), shifts, wanted


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(hands())
def test_nobody_is_lost_when_posts_are_dealt_and_nobody_stands_where_he_may_not(dealt):
    problem, shifts, wanted = dealt
    found = assign(problem, shifts, wanted)
    assert {(s.person, s.start, s.end, s.lunch) for s in found.shifts} == {
        (s.person, s.start, s.end, s.lunch) for s in shifts
    }
    for (skill, n), count in wanted.items():
        assert rulebook.standing(problem, found, skill, 0, OPEN + n * STEP) >= count
    keys = {b.key for b in rulebook.breaches(problem, found)}
    assert not keys & {"task.overlap", "task.outside", "skill.unqualified"}
    assert all(a.skill != b.skill or a.end < b.start for s in found.shifts for a, b in pairwise(s.tasks))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(hands())
def test_dealing_again_or_in_another_order_gives_the_same_posts(dealt):
    problem, shifts, wanted = dealt
    assert assign(problem, shifts, wanted) == assign(problem, shifts[::-1], wanted)


def fewest(problem, shifts, wanted):
    """The least number of changes over every way to deal exactly the wanted heads."""
    options = []
    for shift in shifts:
        able = [s.key for s in problem.person(shift.person).skills]
        cells = [able if shift.present(OPEN + n * STEP) else ["-"] for n in range(4)]
        options.append(list(product(*cells)))
    return min(
        (
            changes(rows)
            for rows in product(*options)
            if all(sum(line[n] == skill for line in rows) == count for (skill, n), count in wanted.items())
        ),
        default=None,
    )


@pytest.mark.parametrize(
    ("cash", "lobby"),
    [
        ((1, 1, 1, 1), (1, 1, 1, 1)),  # both stay
        ((2, 2, 1, 1), (0, 0, 1, 1)),  # one moves once
        ((2, 1, 1, 2), (0, 1, 1, 0)),  # there and back again
        ((1, 2, 1, 1), (1, 0, 1, 1)),
        ((0, 2, 0, 2), (2, 0, 2, 0)),  # everybody, always
    ],
)
def test_two_people_change_post_as_seldom_as_can_be(cash, lobby):
    problem = branch(*crew(BOTH, BOTH), demand=POSTS)
    shifts, wanted = [works("mei", skill=None), works("omar", skill=None)], heads(cash=cash, lobby=lobby)
    found = assign(problem, shifts, wanted)
    assert changes([row(found, "mei"), row(found, "omar")]) == fewest(problem, shifts, wanted)


def test_whoever_stays_longest_takes_the_post_that_is_wanted_longest():
    problem = branch(*crew(BOTH, BOTH), demand=POSTS)
    shifts = [works("mei", skill=None), works("omar", 0, 540, 600, None)]
    found = assign(problem, shifts, heads(cash=(1, 1, 0, 0), lobby=(1, 1, 1, 1)))
    assert (row(found, "mei"), row(found, "omar")) == (["l"] * 4, ["c", "c", "-", "-"])


def test_after_a_task_fixed_by_hand_its_person_stays_on_that_post():
    problem = branch(*crew(BOTH, BOTH), demand=POSTS, pins=(Pin("mei", 0, "task", 540, 570, "lobby"),))
    shifts = [works("mei", skill=None), works("omar", skill=None)]
    found = assign(problem, shifts, heads(cash=(1, 1, 1, 1), lobby=(1, 1, 1, 1)))
    assert (row(found, "mei"), row(found, "omar")) == (["l"] * 4, ["c"] * 4)


def test_whoever_can_do_only_one_thing_does_it_and_the_other_gives_way():
    problem = branch(*crew(BOTH, CASH), demand=POSTS)
    found = assign(problem, [works("mei", skill=None), works("omar", skill=None)],
                   heads(cash=(1, 1, 1, 1), lobby=(1, 1, 1, 1)))  # fmt: skip
    assert (row(found, "mei"), row(found, "omar")) == (["l"] * 4, ["c"] * 4)


def test_of_two_able_people_the_better_one_takes_the_post():
    better = replace(someone("omar"), skills=(Skill("cash", 5), Skill("lobby", 1)))
    other = replace(someone("mei"), skills=(Skill("cash", 1), Skill("lobby", 5)))
    problem = branch(other, better, demand=POSTS)
    found = assign(problem, [works("mei", skill=None), works("omar", skill=None)],
                   heads(cash=(1, 1, 1, 1), lobby=(1, 1, 1, 1)))  # fmt: skip
    assert (row(found, "mei"), row(found, "omar")) == (["l"] * 4, ["c"] * 4)


def test_whoever_is_left_over_stays_on_the_post_held_before():
    problem = branch(*crew(BOTH), demand=POSTS)
    found = assign(problem, [works("mei", skill=None)], heads(lobby=(1, 0, 0, 0)))
    assert row(found, "mei") == ["l"] * 4
    strongest = branch(replace(someone(), skills=(Skill("cash", 1), Skill("lobby", 4))), demand=POSTS)
    assert row(assign(strongest, [works("mei", skill=None)], {}), "mei") == ["l"] * 4


def test_somebody_without_any_post_of_this_branch_is_at_work_without_a_task():
    problem = branch(someone(skills=(Skill("vault"),)))
    (shift,) = assign(problem, [works("mei", skill=None)], {}).shifts
    assert shift.tasks == () and shift.present(OPEN)


def test_lunch_parts_a_task_in_two_without_changing_the_post():
    problem = branch(*crew(CASH))
    (shift,) = assign(problem, [works("mei", skill=None, lunch=600)], heads(cash=(1, 1, 0, 1))).shifts
    assert [(t.start, t.end, t.skill) for t in shift.tasks] == [(540, 600, "cash"), (630, 660, "cash")]


@pytest.mark.parametrize("at", [540, 570, 600])
def test_a_task_fixed_by_hand_stays_with_its_person_whoever_else_is_better(at):
    pin = Pin("mei", 0, "task", at, at + 60, "lobby")
    strong = replace(someone("omar"), skills=(Skill("cash", 5), Skill("lobby", 5)))
    problem = branch(someone("mei", BOTH), strong, demand=POSTS, pins=(pin,))
    found = assign(problem, [works("mei", skill=None), works("omar", skill=None)],
                   heads(cash=(1, 1, 1, 1), lobby=(1, 1, 1, 1)))  # fmt: skip
    assert {m for m in range(540, 660, 30) if found.of("mei", 0).skill_at(m) == "lobby"} >= {at, at + 30}
    assert evaluate(problem, found).feasible


def test_a_task_fixed_by_hand_counts_even_where_no_head_was_planned():
    problem = branch(someone("mei", BOTH), demand=POSTS, pins=(Pin("mei", 0, "task", 570, 600, "lobby"),))
    found = assign(problem, [works("mei", skill=None)], heads(cash=(1, 0, 1, 1)))
    assert row(found, "mei") == ["c", "l", "c", "c"]


def test_days_are_dealt_one_by_one_and_a_lapsed_skill_is_not_dealt():
    lapsing = someone(skills=(Skill("cash", until="2026-11-30"), Skill("lobby")))
    problem = branch(lapsing, days=2, demand={k: v * 2 for k, v in POSTS.items()})
    found = assign(problem, [works("mei", 1, skill=None), works("mei", 0, skill=None)], heads(cash=(1,) * 4))
    assert [(s.day, {t.skill for t in s.tasks}) for s in found.shifts] == [(0, {"cash"}), (1, {"lobby"})]


@pytest.mark.parametrize(
    ("posts", "lunch", "changed"),
    [("cccc", None, 0), ("ccll", None, 1), ("clcl", None, 3), ("c-cc", 570, 0), ("c-ll", 570, 1)],
)
def test_only_a_change_of_post_is_counted_as_one_not_the_lunch_between(posts, lunch, changed):
    problem = branch(*crew(BOTH), demand=POSTS)
    names = {"c": "cash", "l": "lobby"}
    wanted = {(names[post], n): 1 for n, post in enumerate(posts) if post != "-"}
    found = assign(problem, [works("mei", skill=None, lunch=lunch)], wanted)
    assert "".join(row(found, "mei")) == posts
    assert evaluate(problem, found).changes == changed
