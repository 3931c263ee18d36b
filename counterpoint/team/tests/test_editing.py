"""Changing a draft cell by cell: what a cell becomes, whom it touches, and which changes are refused."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.science.rostering import Break, Shift, Task
from counterpoint.science.rostering import Roster as Schedule
from counterpoint.team import api
from counterpoint.team.actions.rosters import changed
from counterpoint.team.models import Roster
from counterpoint.team.tests.stories import by, edit, journal, key, publish, revise

few = settings(max_examples=40)
NINE, NOON, FOUR = 540, 720, 960


def roster(*shifts):
    return Schedule(tuple(sorted(shifts, key=lambda s: (s.day, s.person))))


def day(*tasks, start=NINE, end=NOON, lunch=None, person="Mei", number=0):
    return Shift(person, number, start, end, lunch, tuple(Task(*t) for t in tasks))


def tasks_after(before, **cell):
    after = changed(before, api.Cell("Mei", 0, **cell), {"Mei", "Omar"}, 2).of("Mei", 0)
    return [(t.start, t.end, t.skill) for t in after.tasks]


CASH = day((NINE, NOON, "cash"))
TWO = day((NINE, 600, "cash"), (600, NOON, "lobby"))


@pytest.mark.parametrize(
    ("old", "cell", "wanted", "why"),
    [
        (None, {"start": NINE, "end": NOON}, [], "a new shift has no post until one is given"),
        (CASH, {"start": 600, "end": 780}, [(600, 780, "cash")], "a moved shift takes its post along"),
        (CASH, {"start": NINE, "end": FOUR}, [(NINE, FOUR, "cash")], "a longer shift stretches its post"),
        (CASH, {"start": 570, "end": NOON}, [(570, NOON, "cash")], "a later start cuts the post"),
        (TWO, {"start": 600, "end": 780}, [(600, 660, "cash"), (660, 780, "lobby")], "both posts move"),
        (TWO, {"start": 510, "end": NOON}, [(510, 600, "cash"), (600, NOON, "lobby")], "the first post begins earlier"),
        (TWO, {"start": NINE, "end": FOUR}, [(NINE, 600, "cash"), (600, FOUR, "lobby")], "the last post ends later"),
        (TWO, {"start": NINE, "end": 570}, [(NINE, 570, "cash")], "a post after the end falls away"),
        (TWO, {"start": 630, "end": NOON}, [(630, NOON, "lobby")], "a post before the start falls away"),
        (CASH, {"start": NINE, "end": FOUR, "lunch": (690, NOON)}, [(NINE, 690, "cash"), (NOON, FOUR, "cash")],
         "lunch cuts the post in two"),
        (CASH, {"start": NINE, "end": NOON, "lunch": (NINE, 570)}, [(570, NOON, "cash")], "lunch at the start"),
        (CASH, {"start": NINE, "end": NOON, "lunch": (NINE, NOON)}, [], "lunch all the time leaves no post"),
        (CASH, {"start": NINE, "end": NOON, "tasks": ((480, 800, "lobby"),)}, [(NINE, NOON, "lobby")],
         "given posts are cut to the shift"),
        (CASH, {"start": NINE, "end": NOON, "tasks": ((780, 840, "lobby"),)}, [], "a post outside falls away"),
        (CASH, {"start": NINE, "end": NOON, "tasks": ((600, 600, "lobby"),)}, [], "an empty post falls away"),
        (CASH, {"start": NINE, "end": NOON, "tasks": ((660, 600, "lobby"),)}, [], "a post backwards falls away"),
    ],
)  # fmt: skip
def test_a_changed_day_keeps_its_posts_where_they_fit(old, cell, wanted, why):
    assert tasks_after(roster(old) if old else roster(), **cell) == wanted, why


SPANS = st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(lambda s: s[0] < s[1])
HALVES = SPANS.map(lambda s: (30 * s[0], 30 * s[1]))
POSTS = st.lists(st.tuples(HALVES, st.sampled_from(["cash", "lobby"])), max_size=4)


@few
@given(HALVES, st.none() | HALVES, POSTS)
def test_given_posts_end_up_minute_by_minute_where_shift_and_lunch_allow(span, lunch, posts):
    given_posts = tuple((*at, skill) for at, skill in posts)
    assume(given_posts)
    found = tasks_after(roster(), start=span[0], end=span[1], lunch=lunch, tasks=given_posts)
    for minute in range(0, 1440, 30):
        present = span[0] <= minute < span[1] and not (lunch and lunch[0] <= minute < lunch[1])
        naive = sorted(skill for start, end, skill in given_posts if present and start <= minute < end)
        assert sorted(skill for start, end, skill in found if start <= minute < end) == naive


@few
@given(HALVES, HALVES, st.lists(st.integers(1, 47), max_size=3, unique=True), st.data())
def test_old_posts_stretched_to_a_new_span_leave_no_gap(old, new, cuts, data):
    inner = sorted(30 * cut for cut in cuts if old[0] < 30 * cut < old[1])
    edges = [old[0], *inner, old[1]]
    skills = data.draw(st.lists(st.sampled_from("abc"), min_size=len(edges) - 1, max_size=len(edges) - 1))
    before = roster(day(*zip(edges, edges[1:], skills, strict=False), start=old[0], end=old[1]))
    found = tasks_after(before, start=new[0], end=new[1])
    assert [found[0][0], found[-1][1]] == list(new)
    assert all(one[1] == following[0] for one, following in pairwise(found))
    assert "".join(skill for _start, _end, skill in found) in "".join(skills)  # some may fall away, none changes place


@few
@given(st.sampled_from(["Mei", "Omar"]), st.integers(0, 1), st.booleans(), HALVES)
def test_a_change_touches_one_persons_day_and_nothing_else(person, number, off, span):
    before = roster(
        CASH, day((NINE, NOON, "lobby"), person="Omar"), day((NINE, NOON, "cash"), number=1),
        day((NINE, NOON, "lobby"), person="Omar", number=1),
    )  # fmt: skip
    after = changed(before, api.Cell(person, number, off=off, start=span[0], end=span[1]), {"Mei", "Omar"}, 2)
    rest = [s for s in before.shifts if (s.person, s.day) != (person, number)]
    assert [s for s in after.shifts if (s.person, s.day) != (person, number)] == rest
    mine = after.of(person, number)
    assert mine is None if off else (mine.start, mine.end) == span


@pytest.mark.parametrize(
    ("cell", "chinese"),
    [
        ({"person": "Zoe", "day": 0, "off": True}, "排班中没有此人或此日。"),
        ({"person": "", "day": 0, "off": True}, "排班中没有此人或此日。"),
        ({"person": "Mei", "day": 2, "off": True}, "排班中没有此人或此日。"),
        ({"person": "Mei", "day": -1, "off": True}, "排班中没有此人或此日。"),
        ({"person": "Mei", "day": 0, "start": 600, "end": 600}, "班次须在当天之内，且结束晚于开始。"),
        ({"person": "Mei", "day": 0, "start": 601, "end": 600}, "班次须在当天之内，且结束晚于开始。"),
        ({"person": "Mei", "day": 0, "start": -30, "end": 600}, "班次须在当天之内，且结束晚于开始。"),
        ({"person": "Mei", "day": 0, "start": 600, "end": 1441}, "班次须在当天之内，且结束晚于开始。"),
    ],
)
def test_an_impossible_cell_is_refused_with_words(cell, chinese):
    with translation.override("zh-hans"), pytest.raises(Invalid) as refused:
        changed(roster(CASH), api.Cell(**cell), {"Mei", "Omar"}, 2)
    assert refused.value.message == chinese and refused.value.status == 422


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, 1440), (1439, 1440)])
def test_the_whole_day_is_the_widest_shift(start, end):
    assert changed(roster(), api.Cell("Mei", 0, start=start, end=end), {"Mei"}, 1).of("Mei", 0).end == end


def test_an_edit_is_stored_counted_and_noted_once(team, draft):
    done = edit(team, draft, api.Cell(key(team, "Mei"), 1, start=570, end=720)).roster
    assert (done.revision, done.state, done.solution["status"], done.version) == (2, "draft", "edited", 1)
    entries = journal(team, "team.roster_edited")
    assert entries == [
        ("team.roster_edited", {"week": "2026-11-30", "version": 1, "revision": 2, "user": key(team, "Mei"),
                                "date": "2026-12-01", "change": "570-720", "hard": 0}),
    ]  # fmt: skip
    edit(team, done, api.Cell(key(team, "Mei"), 1, off=True))
    assert journal(team, "team.roster_edited")[1][1]["change"] == "off"


def test_a_refused_edit_changes_and_notes_nothing(team, draft):
    for wrong in (api.Cell(key(team, "Mei"), 9, off=True), api.Cell("x", 0, off=True)):
        with pytest.raises(Invalid):
            edit(team, draft, wrong)
    with scoped(team.scope("Sun")):
        row = Roster.objects.get(pk=draft.pk)
    assert row.revision == 1 and row.solution == draft.solution and journal(team, "team.roster_edited") == []


@pytest.mark.parametrize("revision", [-1, 0, 2, 10**9])
def test_an_edit_of_another_revision_is_told_the_newest(team, draft, revision):
    with pytest.raises(api.StaleRevision) as refused:
        edit(team, draft, api.Cell(key(team, "Mei"), 0, off=True), revision=revision or -2)
    assert refused.value.details == {"revision": 1}
    assert refused.value.message == "草案已被他人修改（现为第 1 次修改）。请刷新后重做。"


def test_an_unusual_shift_set_by_hand_is_allowed_but_still_judged(team, draft):
    done = edit(team, draft, api.Cell(key(team, "Mei"), 0, start=540, end=750, tasks=((540, 750, "cash"),)))
    keys = {v["key"] for v in done.judgement["violations"] if v["hard"]}
    assert "shift.shape" not in keys  # the hand's word counts for the shape
    off_grid = edit(team, done.roster, api.Cell(key(team, "Mei"), 0, start=545, end=720))
    assert "shift.grid" in {v["key"] for v in off_grid.judgement["violations"] if v["hard"]}


def test_what_the_hand_fixed_stays_fixed_in_the_stored_problem(team, draft):
    first = edit(team, draft, api.Cell(key(team, "Mei"), 0, start=540, end=690)).roster
    second = edit(team, first, api.Cell(key(team, "Mei"), 0, off=True)).roster
    third = edit(team, second, api.Cell(key(team, "Ada"), 1, start=540, end=660)).roster
    pins = {(p["person"], p["day"]): (p["kind"], p["start"], p["end"]) for p in third.problem["pins"]}
    assert pins == {(key(team, "Mei"), 0): ("off", 0, 0), (key(team, "Ada"), 1): ("shift", 540, 660)}


def test_new_skills_count_at_once_in_a_draft_made_before(team, draft):
    cell = api.Cell(key(team, "Omar"), 0, start=540, end=720, tasks=((540, 720, "cash"),))
    found = edit(team, draft, cell)
    assert "skill.unqualified" in {v["key"] for v in found.judgement["violations"]}
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Omar"], min_day_minutes=60,
        skills=[api.SkillInput("cash", 1), api.SkillInput("lobby", 2)],
    )  # fmt: skip
    found = edit(team, found.roster, cell)
    assert "skill.unqualified" not in {v["key"] for v in found.judgement["violations"]}


@pytest.mark.parametrize(
    ("name", "error"),
    [("Mei", Forbidden), ("Omar", Forbidden), ("Rita", Forbidden), ("Otto", Forbidden), ("Sysadmin", Forbidden),
     ("Bo", NotFound), ("Stranger", NotFound)],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["edit", "publish", "revise"])
def test_only_leaders_of_the_branch_change_a_roster(team, draft, name, error, verb):
    attempt = {
        "edit": lambda: edit(team, draft, api.Cell(key(team, "Mei"), 0, off=True), name),
        "publish": lambda: publish(team, draft, name),
        "revise": lambda: revise(team, draft, name),
    }[verb]
    before = journal(team, "team.roster")
    with pytest.raises(error):
        attempt()
    assert journal(team, "team.roster") == before


@pytest.mark.parametrize("verb", [api.roster_edit, api.roster_publish, api.roster_revise])
def test_a_roster_that_does_not_exist_is_not_found(team, verb):
    more = {
        api.roster_edit: {"revision": 1, "cell": api.Cell("x", 0, off=True)}, api.roster_publish: {"revision": 1},
    }.get(verb, {})  # fmt: skip
    with pytest.raises(NotFound, match="没有这份排班"):
        verb(**by(team, "Sun"), roster_id=uuid4(), **more)


def test_a_copy_carries_everything_and_stands_on_what_is_published_now(team, draft):
    first = revise(team, draft)
    assert first.based_on is None and (first.version, first.revision, first.state) == (2, 1, "draft")
    publish(team, draft)
    second = revise(team, first, "Ada")
    assert second.based_on.pk == draft.pk and second.version == 3 and second.made_by == team.people["Ada"].pk
    for name in ("problem", "solution", "waits", "conflict", "seed", "inputs_hash", "forecast_id"):
        assert getattr(second, name) == getattr(first, name), name
    noted = [data["based_on"] for _kind, data in journal(team, "team.roster_drafted")]
    assert noted == [None, 1, 2]


def test_versions_are_counted_per_branch_and_week(team, draft):
    sun = by(team, "Sun") | {"problem": draft.problem, "solution": draft.solution}
    numbers = [
        api.roster_store(**sun, branch=team.b01, week=draft.week + timedelta(days=days)).version
        for days in (0, 7, 0, 7)
    ]
    assert numbers == [2, 1, 3, 2]
    bo = by(team, "Bo") | {"problem": draft.problem, "solution": draft.solution}
    assert api.roster_store(**bo, branch=team.b02, week=draft.week).version == 1


def test_a_lunch_given_backwards_is_refused(team, draft):
    for lunch in ((720, 690), (600, 600), (-30, 0), (1430, 1450)):
        with pytest.raises(Invalid, match="午餐"):
            edit(team, draft, api.Cell(key(team, "Mei"), 0, start=540, end=720, lunch=lunch))
    assert Break(690, 720) == edit_lunch(team, draft, (690, 720))


def edit_lunch(team, row, lunch):
    done = edit(team, row, api.Cell(key(team, "Mei"), 0, start=540, end=1080, lunch=lunch)).roster
    return Schedule.from_dict(done.solution["roster"]).of(key(team, "Mei"), 0).lunch
