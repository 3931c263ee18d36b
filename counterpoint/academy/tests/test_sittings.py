"""P-E1 … P-E5 by verbs: one open sitting, the deadline, no answer lost, handed in once, a pure grade."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.academy.catalogue.blueprints import Attempts
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.certificates import evidence
from counterpoint.academy.exams import chains, grading, ticking
from counterpoint.academy.exams.saving import Conflict, Final
from counterpoint.academy.exams.sitting import (
    Elsewhere,
    NotYet,
    SittingOver,
    Unanswered,
    next_attempt,
    sign_note,
    sitting_begin,
    sitting_enter,
    sitting_extend,
    sitting_next,
    sitting_submit,
    sitting_void,
)
from counterpoint.academy.models import AnswerSave, Grade, ReviewCard, Sitting, SittingSign
from counterpoint.academy.rules.grading import Slot, grade, passes, quick
from counterpoint.academy.tests.examined import (
    LOBBY,
    SUPERVISOR,
    TOKEN,
    answer_all,
    begin,
    right_value,
    save,
    trainer,
    wrong_value,
)
from counterpoint.foundation.api import Forbidden, Invalid, NotFound
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import unscoped
from counterpoint.role.models import CompetenceEvidence

GRACE = 15


def found(row):
    with unscoped("the test looks at the sitting"):
        return Sitting.objects.select_related("org_unit").get(pk=row.pk)


def rows_of(row):
    with unscoped("the test looks at the chain"):
        return chains.lines(row)


def grades(row):
    with unscoped("the test looks at the grades"):
        return list(Grade.objects.filter(sitting=row))


def submissions(row):
    with unscoped("the test reads the journal"):
        return JournalEntry.objects.filter(kind="academy.sitting_submitted", subject=str(row.pk)).count()


def test_p_e1_a_person_has_one_open_sitting_of_an_exam_whatever_is_pressed(bank):
    first = begin(bank)
    again = sitting_begin(scope=bank.scope("Sun"), unit=bank.b01, blueprint=LOBBY, seed=99, now=bank.now)
    assert again.pk == first.pk and again.form == first.form
    with pytest.raises(NotYet):
        sitting_begin(scope=bank.scope("Sun"), unit=bank.b01, blueprint=SUPERVISOR, seed=1, now=bank.now)
    with unscoped("the database itself is asked"), pytest.raises(IntegrityError), transaction.atomic():
        row = found(first)
        row.pk, row._state.adding = None, True
        Sitting(
            org_unit=row.org_unit, user_id=row.user_id, blueprint=row.blueprint, version=1, pack="cn", seed=1,
            started_at=row.started_at, minutes=1, deadline_at=row.deadline_at, closes_at=row.closes_at,
        ).save(force_insert=True)  # fmt: skip


def test_p_e2_the_deadline_is_the_servers_and_what_comes_after_the_grace_is_kept_but_not_counted(bank):
    row = begin(bank)
    assert row.deadline_at == bank.now + timedelta(minutes=40)
    last = row.deadline_at + timedelta(seconds=GRACE)
    assert not save(bank, row, 1, now=last).late
    told = save(bank, row, 2, now=last + timedelta(microseconds=1))
    assert told.late
    ended = found(row)
    assert (ended.state, ended.submitted_by, ended.submitted_at) == ("submitted", "deadline", row.deadline_at)
    assert [one.late for one in rows_of(row)] == [False, True]
    (only,) = grades(row)
    assert only.worths[0] == 1.0 and only.worths[1] is None
    assert chains.first_bad(ended, rows_of(row)) is None


def test_p_e2_an_extension_moves_the_deadline_and_never_ones_own(bank):
    tina = trainer(bank)
    row = begin(bank)
    given = {"scope": tina, "sitting": row.pk, "minutes": 10, "why": "停电十分钟", "now": bank.now}
    sitting_extend(**given)
    assert not save(bank, row, 1, now=row.deadline_at + timedelta(minutes=10)).late
    with pytest.raises(Forbidden):
        sitting_extend(**given | {"scope": bank.scope("Ada")})
    with pytest.raises(NotFound):
        sitting_extend(**given | {"scope": bank.scope("Bo")})
    with pytest.raises(Invalid):
        sitting_extend(**given | {"why": " "})
    own = begin(bank, "Tina", unit=bank.hq)
    with pytest.raises(NotFound):
        sitting_extend(**given | {"sitting": own.pk})


def test_p_e3_the_same_save_gets_the_same_word_again_and_another_under_its_number_none(bank):
    row = begin(bank)
    first = save(bank, row, 1, 5)
    assert save(bank, row, 1, 5, now=bank.now + timedelta(minutes=3)) == first
    with pytest.raises(Conflict):
        save(bank, row, 1, 5, wrong_value(row, 1))
    assert len(rows_of(row)) == 1
    with unscoped("the sign of it"):
        assert list(SittingSign.objects.filter(sitting=row).values_list("kind", flat=True)) == ["conflict"]
    held = row.form[0]
    value = [held["options"][one - 1] for one in right_value(row, 1)] if held["options"] else right_value(row, 1)
    assert chains.signed(row.pk, 1, 5, value, first.sig)
    assert not chains.signed(row.pk, 1, 6, value, first.sig)


def test_p_e3_an_acknowledged_answer_is_told_again_after_another_window_and_after_the_end(bank):
    row = begin(bank)
    first = save(bank, row, 1, 5)
    sitting_enter(scope=bank.scope("Sun"), sitting=row.pk, token="another", now=bank.now)
    assert save(bank, row, 1, 5) == first
    with pytest.raises(Elsewhere):
        save(bank, row, 2, 6)
    sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token="another", now=bank.now)
    assert save(bank, row, 1, 5, token="another") == first
    with pytest.raises(SittingOver):
        save(bank, row, 2, 6, token="another")


def test_p_e3_whatever_order_saves_arrive_in_the_highest_number_of_a_question_counts(bank):
    @settings(max_examples=12, deadline=None, database=None)
    @given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6), st.booleans()), max_size=12))
    def check(sent):
        with transaction.atomic():
            arrive(bank, sent)
            transaction.set_rollback(True)

    check()


def arrive(bank, sent):
    row, model = begin(bank), {}
    for slot, seq, right in sent:
        value = right_value(row, slot) if right else wrong_value(row, slot)
        if model.get((slot, seq), value) != value:
            with pytest.raises(Conflict):
                save(bank, row, slot, seq, value)
        else:
            save(bank, row, slot, seq, value)
            model[slot, seq] = value
    with unscoped("the test"):
        worths = grading.worths_of(row)
        assert chains.first_bad(row, chains.lines(row)) is None
    for slot in range(1, 5):
        seqs = [seq for one, seq in model if one == slot]
        if not seqs:
            assert worths[slot - 1] is None
        else:
            assert (worths[slot - 1] == 1.0) == (model[slot, max(seqs)] == right_value(row, slot))


def test_p_e4_days_without_a_tick_give_one_submission_at_the_deadline(bank):
    row = begin(bank)
    save(bank, row, 1)
    late = row.deadline_at + timedelta(days=4)
    assert ticking.sittings(late) == 1
    assert ticking.sittings(late) == 0
    ended = found(row)
    assert ended.submitted_at == row.deadline_at and ended.submitted_by == "deadline"
    assert submissions(row) == 1 and len(grades(row)) == 1


def test_p_e4_whoever_looks_first_hands_it_in_and_a_press_afterwards_gives_the_same(bank):
    row = begin(bank)
    late = row.closes_at + timedelta(seconds=1)
    ended = sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=late)
    assert ended.submitted_at == row.deadline_at
    assert ticking.sittings(late) == 0 and submissions(row) == 1


def test_p_e4_handed_in_twice_is_handed_in_once(bank):
    row = begin(bank)
    first = sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=bank.now)
    again = sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token="x", now=bank.now + timedelta(minutes=9))
    assert (first.submitted_at, again.submitted_at) == (bank.now, bank.now)
    assert submissions(row) == 1 and len(grades(row)) == 1


def test_an_exam_is_evidence_of_what_its_counted_questions_teach(bank):
    row = begin(bank)
    answer_all(bank, row)
    sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=bank.now)
    with unscoped("the test looks at the evidence"):
        held = list(CompetenceEvidence.objects.filter(user=bank.people["Sun"]))
    assert held and {(one.source, one.score, one.ref) for one in held} == {("exam", 1.0, f"academy.exam:{row.pk}")}
    assert all(0 < one.size <= 1 for one in held)
    (proof,) = evidence.read("exam", evidence.Asked(
        bank.scope("Sun"), bank.b01, bank.people["Sun"].pk, frozenset({row.blueprint}), bank.b01.date_at(bank.now),
        shelf(bank.b01, bank.b01.date_at(bank.now)),
    ))  # fmt: skip
    assert proof.values["score"] == 1.0 and proof.values["passed"] == grades(row)[0].passed
    assert evidence.known() == {"lessons", "exam", "scenarios", "shadow", "confirmed"}


def test_p_e5_a_grade_follows_from_answers_and_keys_alone(bank):
    row = begin(bank)
    answer_all(bank, row, wrong=(1, 2))
    sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=bank.now)
    (first,) = grades(row)
    with unscoped("the test"):
        ended = found(row)
        again = grading.graded(ended, {}, grading.worths_of(ended))
    assert (again.right, again.of, again.theta, again.passed) == (first.right, first.of, first.theta, first.passed)
    counted = [slot["counts"] for slot in row.form]
    assert first.of == sum(counted) == 20
    assert first.right == sum(c for n, c in enumerate(counted, 1) if n not in (1, 2)) and first.passed


def test_p_e5_dropping_a_question_is_done_once_and_leaves_the_first_grade(bank):
    tina = trainer(bank)
    row = begin(bank)
    counted = [n for n, slot in enumerate(row.form, 1) if slot["counts"]]
    wrong = counted[:5]
    answer_all(bank, row, wrong=wrong)
    sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=bank.now)
    asked = {
        "scope": tina, "unit": bank.hq, "question_key": row.form[wrong[0] - 1]["question"], "how": "drop",
        "why": "题干有歧义", "now": bank.now,
    }  # fmt: skip
    assert not grades(row)[-1].passed
    assert grading.grade_again(**asked) == (1, 0)
    assert grading.grade_again(**asked) == (0, 0)
    assert grading.grade_again(**asked | {"question_key": row.form[wrong[1] - 1]["question"]}) == (1, 1)
    newest, middle, first = grades(row)
    assert [(one.right, one.of, one.passed) for one in (first, middle, newest)] == [
        (15, 20, False), (15, 19, False), (15, 18, True)
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        grading.grade_again(**asked | {"scope": bank.scope("Hana")})


def test_nothing_of_an_exam_can_be_changed_or_deleted_behind_its_back(bank):
    row = begin(bank)
    save(bank, row, 1)
    sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=bank.now)
    tries = [
        lambda: AnswerSave.objects.filter(sitting=row).update(value=["x"]),
        lambda: AnswerSave.objects.filter(sitting=row).delete(),
        lambda: Grade.objects.filter(sitting=row).update(passed=True),
        lambda: Sitting.objects.filter(pk=row.pk).update(state="open"),
        lambda: Sitting.objects.filter(pk=row.pk).update(submitted_at=bank.now + timedelta(days=1)),
        lambda: Sitting.objects.filter(pk=row.pk).update(seed=1),
    ]  # fmt: skip
    for press in tries:
        with unscoped("the database itself is asked"), pytest.raises(IntegrityError), transaction.atomic():
            press()


def test_a_changed_answer_is_found_in_the_chain(bank):
    row = begin(bank)
    for slot in (1, 2, 3):
        save(bank, row, slot)
    rows = rows_of(row)
    assert chains.first_bad(row, rows) is None
    rows[1].value = ["other"]
    assert chains.first_bad(row, rows) == 2
    assert chains.first_bad(row, rows[:1] + rows[2:]) == 2


def test_attempts_and_the_pause_after_them():
    from datetime import UTC, datetime

    rule, day = Attempts(2, 30, 30), lambda n: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=n)
    assert next_attempt(rule, [], day(0)) is None
    assert next_attempt(rule, [day(0)], day(1)) is None
    assert next_attempt(rule, [day(0), day(10)], day(11)) == day(40)
    assert next_attempt(rule, [day(0), day(10)], day(40)) is None
    assert next_attempt(rule, [day(0), day(31)], day(32)) is None
    assert next_attempt(Attempts(1, 30, 0), [day(0)], day(1)) == day(30)


def test_a_second_attempt_draws_another_form_and_a_third_waits(bank):
    one = begin(bank)
    sitting_submit(scope=bank.scope("Sun"), sitting=one.pk, token=TOKEN, now=bank.now)
    two = begin(bank, seed=8)
    sitting_submit(scope=bank.scope("Sun"), sitting=two.pk, token=TOKEN, now=bank.now)
    same = {slot["question"] for slot in one.form} & {slot["question"] for slot in two.form}
    assert len(same) < 10  # the cap on exposure pushes apart what chance would repeat
    with pytest.raises(NotYet):
        begin(bank, seed=9)
    sitting_void(scope=trainer(bank), sitting=two.pk, why="试卷打印时断电", now=bank.now)
    assert begin(bank, seed=9).state == "open"


def test_an_adaptive_part_waits_for_the_answer_and_then_holds_it(bank):
    row, mine = begin(bank, exam=SUPERVISOR), bank.scope("Sun")
    fixed = len(row.form)
    assert fixed == 24 and sum(slot["counts"] for slot in row.form) == 22
    ask = {"scope": mine, "sitting": row.pk, "token": TOKEN, "now": bank.now}
    row = sitting_next(**ask, known=fixed)
    assert len(row.form) == fixed + 1
    assert len(sitting_next(**ask, known=fixed).form) == fixed + 1  # asked twice it grows once
    with pytest.raises(Unanswered):
        sitting_next(**ask, known=fixed + 1)
    seq = 0
    while True:
        seq += 1
        save(bank, row, len(row.form), seq)
        grown = sitting_next(**ask, known=len(row.form))
        if len(grown.form) == len(row.form):
            break
        with pytest.raises(Final):
            save(bank, grown, len(row.form), seq + 1, wrong_value(grown, len(row.form)))
        row = grown
    asked = [slot["question"] for slot in row.form]
    assert 8 <= len(asked) - fixed <= 16 and len(set(asked)) == len(asked)


def test_who_misses_a_question_gets_it_back_the_next_day(bank):
    row = begin(bank)
    answer_all(bank, row, wrong=(3,))
    sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=bank.now)
    with unscoped("the test"):
        (card,) = ReviewCard.objects.all()
    assert card.question == row.form[2]["question"] and card.due_at == bank.now + timedelta(days=1)


def test_signs_are_kept_and_decide_nothing(bank):
    row, mine = begin(bank), bank.scope("Sun")
    given = {"scope": mine, "sitting": row.pk, "token": TOKEN, "slot": 2, "now": bank.now}
    sign_note(**given, kind="away")
    with pytest.raises(Invalid):
        sign_note(**given, kind="window")
    assert save(bank, row, 1).late is False
    assert quick([(1, 0.0), (2, 1.0), (1, 1.5), (3, 9.0)]) == [2]


def test_grading_in_figures():
    slots = [Slot(str(n), "a", n < 4, 1.0, 0.0) for n in range(5)]
    found = grade(slots, [1.0, 1.0, 0.5, None, 1.0], 0.5, None)
    assert (found.right, found.of, found.open, found.share, found.passed) == (2, 4, 1, 0.5, True)
    assert not grade(slots, [1.0] * 5, 0.5, 3.0).passed
    assert grade(slots, [1.0, None, None, None, None], 0.5, None).theta < 0 < found.sd  # to leave open helps nobody
    assert not grade([], [], 0.5, None).passed
    assert passes(0.8, None, 0.8, None) and not passes(0.8, 0.2, 0.9, None)
