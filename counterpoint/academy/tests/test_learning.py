"""Learning as verbs: own runs alone, pinned versions, nothing said in the journal, nothing changed in the branch."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterpoint.academy import api, probes
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.models import Enrolment, LessonAnswer, LessonRun
from counterpoint.academy.tests.conftest import LEVELS, READING, figures_of, rehearse, right_answers
from counterpoint.academy.verbs import LEARN
from counterpoint.foundation.api import Forbidden, Invalid, NotFound, place_of
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import unscoped
from tests.scope.crawl import rows_of

Q1 = f"{LEVELS}.q1"


def here(bank, name):
    return {"scope": bank.scope(name), "now": bank.now}


def start(bank, name, lesson=LEVELS):
    return api.lesson_start(**here(bank, name), unit=bank.b01, lesson=lesson)


def test_beginning_twice_is_beginning_once(bank):
    assert start(bank, "Sun").pk == start(bank, "Sun").pk
    with unscoped("the test counts"):
        assert LessonRun.objects.count() == 1


def test_nobody_answers_for_another(bank):
    run = start(bank, "Sun")
    for name in ("Ada", "Mei", "Stranger", "Hana"):
        with pytest.raises(NotFound):
            api.lesson_answer(**here(bank, name), run=run.pk, question_key=Q1, given=["b"])
        with pytest.raises(NotFound):
            api.lesson_check(**here(bank, name), run=run.pk, branch=bank.b01, given={})


def test_the_newest_answer_counts_and_every_one_is_kept(bank):
    run = start(bank, "Sun")
    for given in (["a"], ["b"]):
        api.lesson_answer(**here(bank, "Sun"), run=run.pk, question_key=Q1, given=given)
    with unscoped("the test looks"):
        assert [one.score for one in LessonAnswer.objects.order_by("id")] == [0, 1]


@pytest.mark.parametrize("given", [[], [""], ["nobody"], ["b", "nobody"]])
def test_what_is_no_answer_is_refused(bank, given):
    run = start(bank, "Sun")
    with pytest.raises(Invalid):
        api.lesson_answer(**here(bank, "Sun"), run=run.pk, question_key=Q1, given=given)


def test_a_question_of_another_lesson_is_not_found(bank):
    run = start(bank, "Sun")
    with pytest.raises(NotFound):
        api.lesson_answer(
            **here(bank, "Sun"), run=run.pk, question_key="academy.numbers.reading.q1", given=["tail"]
        )  # fmt: skip


def test_neither_questions_nor_exercise_alone_pass_a_lesson(bank):
    run = start(bank, "Sun")
    for key, given in right_answers(bank, bank.b01).items():
        api.lesson_answer(**here(bank, "Sun"), run=run.pk, question_key=key, given=given)
    with unscoped("the test looks"):
        assert LessonRun.objects.get().state == "reading"
    rehearse(bank, "Sun", shelf(bank.b01, bank.b01.date_at(bank.now)).lessons[LEVELS])
    with unscoped("the test looks"):
        assert LessonRun.objects.get().state == "passed"
    with pytest.raises(api.LessonOver):
        api.lesson_answer(**here(bank, "Sun"), run=run.pk, question_key=Q1, given=["a"])


def test_the_journal_tells_that_somebody_learns_and_never_what_was_answered(bank, passes):
    passes("Sun")
    with unscoped("the test reads the journal"):
        entries = list(JournalEntry.objects.filter(kind__startswith="academy."))
    assert {one.kind for one in entries} >= {"academy.lesson_started", "academy.lesson_passed"}
    assert not any({"given", "right", "score"} & set(one.data) for one in entries)


def test_checking_an_exercise_changes_nothing_but_the_learning_itself(bank):
    run = start(bank, "Sun", READING)
    before = rows_of(bank.b01)
    figures = figures_of(bank, "Sun", bank.b01, READING)
    api.lesson_check(**here(bank, "Sun"), run=run.pk, branch=bank.b01, given=figures)
    changed = {name for name, rows in rows_of(bank.b01).items() if rows != before[name]}
    assert changed <= {"academy.LessonRun", "foundation.JournalEntry", "foundation.JournalHead"}


def test_who_may_not_see_the_page_cannot_have_its_figures_checked(bank):
    with pytest.raises(Forbidden):
        probes.read("complaints", probes.Look(bank.scope("Mei"), bank.b01, bank.now), {"days": 90})


def test_a_run_keeps_the_version_it_began_with(bank):
    with unscoped("the test looks"):
        run = start(bank, "Sun")
    assert (run.version, run.pack) == (1, "cn")
    assert ["case_types", "service.complaint", 1] in run.taught


def test_people_above_learn_at_their_own_unit(bank):
    assert place_of(bank.scope("Rita"), bank.b01, LEARN) == bank.east
    assert place_of(bank.scope("Sun"), bank.b01, LEARN) == bank.b01


@pytest.mark.parametrize("days", [-1, 367])
def test_a_course_is_due_within_a_year(bank, days):
    due = bank.b01.date_at(bank.now) + timedelta(days=days)
    with pytest.raises(Invalid):
        api.enrol(
            **here(bank, "Ada"), unit=bank.b01, user=bank.people["Sun"].pk, course="academy.service", due_on=due
        )  # fmt: skip


def test_a_stranger_is_not_assigned_and_the_floor_assigns_nobody(bank):
    due = bank.b01.date_at(bank.now)
    form = {"course": "academy.service", "due_on": due}
    with pytest.raises(Invalid):
        api.enrol(**here(bank, "Ada"), unit=bank.b01, user=bank.people["Bo"].pk, **form)
    with pytest.raises(Forbidden):
        api.enrol(**here(bank, "Mei"), unit=bank.b01, user=bank.people["Sun"].pk, **form)
    with pytest.raises(NotFound):
        api.enrol(**here(bank, "Bo"), unit=bank.b01, user=bank.people["Sun"].pk, **form)
    with unscoped("the test counts"):
        assert not Enrolment.objects.exists()


def test_the_matrix_costs_the_same_for_one_run_and_for_many(bank, passes, sign_in):
    ada = sign_in("Ada")

    def asked():
        with CaptureQueriesContext(connection) as found:
            assert ada.get("/academy/team").status_code == 200
        return len(found)

    passes("Sun")
    asked()
    few = asked()
    for lesson in (LEVELS, "academy.onsite.pre_open", "academy.numbers.reading"):
        passes("Ada", lesson)
    passes("Omar", "academy.onsite.pre_open")
    assert asked() == few
