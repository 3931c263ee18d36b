"""Practised exercises: worked examples are played by the product's verbs, in a branch that nobody else sees."""

from datetime import timedelta

import pytest

from counterpoint.academy import api
from counterpoint.academy.catalogue.lessons import MECHANISMS
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.learning import practice_shown
from counterpoint.academy.models import LessonRun
from counterpoint.academy.practice import worlds
from counterpoint.academy.practice.ticking import close_idle
from counterpoint.academy.tests.conftest import LEVELS, READING, answer_all, play, practised_lessons, rehearse
from counterpoint.foundation.api import Invalid, NotFound, clock, practice
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives import checklists
from counterpoint.primitives.cases.models import Case
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.queries import round_detail
from counterpoint.primitives.checklists.shown import sections
from tests.scope.crawl import rows_of
from tests.scope.world import enter

QUICK = (
    "academy.service.levels-1",
    "academy.onsite.closed_loop-2",
    "academy.onsite.phone_round-1",
    "academy.together.group-1",
    "academy.rhythm.competence-2",
    "academy.team.ways_out-1",
    "academy.planning.roster-1",
    "academy.service.shopper-3",
    "academy.service.journey-1",
    "academy.numbers.whatif-2",
)
CASES = [
    pytest.param(item, example, id=name, marks=[] if name in QUICK else pytest.mark.slow)
    for item in practised_lessons()
    for number, example in enumerate(item.examples, 1)
    for name in [f"{item.key}-{number}"]
    if "play" in example
]


def here(bank, name="Sun"):
    return {"scope": bank.scope(name), "now": bank.now}


def begun(bank, lesson=LEVELS, name="Sun", **more):
    run = api.lesson_start(**here(bank, name), unit=bank.b01, lesson=lesson)
    return api.practice_begin(
        **here(bank, name), run=run.pk, branch=bank.b01, title="练习", **({"real": bank.now} | more)
    )


def lesson(bank, key=LEVELS):
    return shelf(bank.b01, bank.b01.date_at(bank.now)).lessons[key]


@pytest.mark.parametrize(("item", "example"), CASES)
def test_a_worked_example_comes_out_as_its_lesson_says(bank, item, example):
    verdict, _run = rehearse(bank, "Sun", item, example)
    failing = [line.slug for line in verdict.lines if not line.holds]
    assert (verdict.passed, failing) == (example["passes"], example.get("failing", [])), verdict.lines


@pytest.mark.parametrize("item", practised_lessons(), ids=lambda one: one.key)
def test_a_practised_lesson_has_a_solution_and_a_counter_example_that_are_played(item):
    assert {one["passes"] for one in item.examples if "play" in one} == {True, False}
    named = {one.slug for one in item.value.exercise.checks}
    assert "" not in named and len(named) == len(item.value.exercise.checks)
    assert all(set(one.get("failing", [])) <= named for one in item.examples)


@pytest.mark.slow
@pytest.mark.parametrize("item", practised_lessons(), ids=lambda one: one.key)
def test_the_page_where_an_exercise_begins_opens_in_its_branch(bank, item):
    real = clock.SystemClock().now()
    world = worlds.held(begun(bank, item.key, real=real).world)
    page = enter(bank).get(practice_shown.inside(world, item.value.exercise))
    assert page.status_code == 200 and 'data-mode="drill"' in page.content.decode()


def test_enough_lessons_are_practised():
    assert len(practised_lessons()) >= 54


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_is_done_in_the_product_and_not_only_read(mechanism):
    assert any(mechanism in item.value.mechanism for item in practised_lessons())


def test_practising_changes_nothing_in_the_bank_but_the_own_run(bank):
    run = api.lesson_start(**here(bank), unit=bank.b01, lesson=LEVELS)
    before = rows_of(bank.units["hq"])
    verdict, _run = rehearse(bank, "Sun", lesson(bank))
    after = rows_of(bank.units["hq"])
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert verdict.passed and changed == {"academy.LessonRun", "foundation.JournalEntry"}
    with unscoped("the test reads the journal"):
        told = JournalEntry.objects.filter(subject=str(run.pk)).values_list("kind", flat=True)
        assert list(told.order_by("id")) == ["academy.lesson_started", "academy.exercise_checked"]


def test_begun_twice_is_one_branch_and_starting_over_makes_another_and_closes_the_first(bank):
    first = begun(bank).world
    assert begun(bank).world == first
    second = begun(bank, again=True).world
    assert second != first and worlds.held(first) is None and worlds.held(second)
    assert [one.pk for one in practice.going_on(person=bank.people["Sun"].pk)] == [second]


def test_the_branch_is_closed_when_the_lesson_is_passed(bank):
    verdict, run = rehearse(bank, "Sun", lesson(bank))
    assert verdict.passed and worlds.held(run.world)
    answer_all(bank, "Sun", run, bank.b01)
    with unscoped("the test looks"):
        row = LessonRun.objects.get(pk=run.pk)
    assert row.state == "passed" and row.world and worlds.held(row.world) is None


def test_a_check_without_a_branch_is_refused_and_an_exercise_of_figures_has_none(bank):
    run = api.lesson_start(**here(bank), unit=bank.b01, lesson=LEVELS)
    with pytest.raises(api.NotBegun):
        api.lesson_check(**here(bank), run=run.pk, branch=bank.b01, given={})
    with pytest.raises(api.NotBegun):
        api.practice_skip(scope=bank.scope("Sun"), run=run.pk, minutes=30, real=bank.now)
    with pytest.raises(Invalid):
        begun(bank, READING)


def test_nobody_opens_or_moves_the_branch_of_another(bank):
    run = begun(bank)
    for name in ("Ada", "Mei", "Stranger", "Hana"):
        with pytest.raises(NotFound):
            api.practice_begin(**here(bank, name), run=run.pk, branch=bank.b01, title="x", real=bank.now)
        with pytest.raises(NotFound):
            api.practice_skip(scope=bank.scope(name), run=run.pk, minutes=30, real=bank.now)


def test_practice_takes_place_on_a_branch_within_reach(bank):
    run = api.lesson_start(**here(bank), unit=bank.b01, lesson=LEVELS)
    form = {"run": run.pk, "title": "x", "real": bank.now}
    with pytest.raises(Invalid):
        api.practice_begin(**here(bank), branch=bank.east, **form)
    with pytest.raises(NotFound):
        api.practice_begin(**here(bank), branch=bank.b03, **form)


def test_five_branches_are_open_at_most(bank):
    keys = [item.key for item in practised_lessons()]
    for key in keys[: worlds.MOST]:
        begun(bank, key)
    with pytest.raises(api.TooManyWorlds):
        begun(bank, keys[worlds.MOST])


def test_time_jumps_and_what_is_due_happens(bank):
    """Nobody contacts the customer: after the jump the clock is missed, and it was missed inside only."""
    run, item = begun(bank), lesson(bank)
    world = worlds.held(run.world)
    play(world, {"play": item.examples[0]["play"][:1]}, bank.now)  # the level is decided and starts the clock
    was = world.now(bank.now)
    later = api.practice_skip(scope=bank.scope("Sun"), run=run.pk, minutes=30, real=bank.now)
    assert later.now(bank.now) == was + timedelta(minutes=30)
    with scoped(practice.house(world)):
        assert JournalEntry.objects.filter(kind="cases.breached").exists()
    with unscoped("the test looks at the bank"):
        assert not JournalEntry.objects.filter(kind="cases.breached").exists()


@pytest.mark.parametrize("minutes", [0, -5, 31, 9999])
def test_time_jumps_by_the_offered_steps_only(bank, minutes):
    run = begun(bank)
    with pytest.raises(Invalid):
        api.practice_skip(scope=bank.scope("Sun"), run=run.pk, minutes=minutes, real=bank.now)


@pytest.mark.parametrize(("days", "closed"), [(13, 0), (14, 1)])
def test_a_branch_that_was_left_alone_is_closed_after_two_weeks(bank, days, closed):
    run = begun(bank)
    assert close_idle(bank.now + timedelta(days=days)) == closed
    assert (worlds.held(run.world) is None) == bool(closed)


def test_an_exercise_plays_on_the_first_day_of_its_kind(bank):
    """Monday the 23rd is a usual day, the 25th is payday; a closed day is passed over."""
    exercise = lesson(bank).value.exercise
    on = bank.b01.date_at(bank.now)
    with scoped(bank.scope("Sun")):
        usual = worlds.moment_of(bank.b01, exercise, on)
        payday = worlds.moment_of(bank.b01, type(exercise)(**{**vars(exercise), "day": "payday"}), on)
    assert (bank.b01.date_at(usual), bank.b01.date_at(payday).day) == (on, 25)
    assert f"{usual:%H:%M}" == "02:40"  # 10:40 in Shanghai


def test_what_was_found_is_told_in_the_readers_language(bank):
    item = lesson(bank)
    run, world = begun(bank), None
    world = worlds.held(run.world)
    real = play(world, {"play": item.examples[0]["play"][:2]}, bank.now)
    api.lesson_check(**here(bank), run=run.pk, branch=bank.b01, given={}, real=real)
    with unscoped("the test looks"):
        run = LessonRun.objects.get(pk=run.pk)
    shown = practice_shown.practice_of(item.value.exercise, run, bank.b01, real)
    told = {check.slug: line.found for check, line in zip(item.value.exercise.checks, shown.lines, strict=True)}
    assert (told["level"], told["contact"], told["solved"]) == ("一级（重大）", "还没有", "处理中")
    assert shown.address == f"/practice/{world.org_unit.code}/service/complaints"


def test_a_patrol_in_practice_says_what_the_labels_would(bank):
    """No labels hang there, so the trainee reads on the page what the label of each point says; the bank's do hang."""
    world = worlds.held(begun(bank, "academy.onsite.phone_round").world)
    scope = practice.scope_in(world, bank.people["Sun"], bank.now)
    with scoped(scope):
        branch = practice.first_branch(world)
    for unit, by, told in ((branch, scope, True), (bank.b01, bank.scope("Sun"), False)):
        made = checklists.round_start(scope=by, org_unit=unit, checklist="onsite.patrol_15", now=bank.now)
        found = round_detail(scope=by, round=made.id)
        hints = {one["item"].point: one["hint"] for one in sections(found, "zh-hans")[0]["lines"] if one["item"].point}
        assert len(hints) == 4
        for point, hint in hints.items():
            assert (checklists.code_of(unit, point) in hint) == told


def test_a_practice_branch_owes_no_round_from_before_it_began(bank):
    """At 15:00 nobody tells the trainee that the check before opening was not done; what is due after that is asked."""
    world = worlds.held(begun(bank, "academy.onsite.phone_round").world)
    began = world.base_world
    worlds.skip(world, timedelta(minutes=5), bank.now)
    with scoped(practice.house(world)):
        due = {row.checklist: row.due_at for row in Round.objects.filter(org_unit=practice.first_branch(world))}
        assert not Case.objects.exists()
    assert "onsite.pre_open" not in due and due["onsite.patrol_15"] == min(due.values()) == began
