"""The day of an exam: drawn and pinned, played once on the server's clock, ended once with its sitting, graded from its
log alone; days that tell nobody apart are not drawn."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from counterpoint.academy import proving
from counterpoint.academy.catalogue.blueprints import BLUEPRINTS, Simulator, wrong_blueprint
from counterpoint.academy.certificates import proofs
from counterpoint.academy.certificates.evidence import Asked
from counterpoint.academy.debrief import queries as debrief
from counterpoint.academy.debrief import work
from counterpoint.academy.drill import actions as drill
from counterpoint.academy.drill import guiding, log, queries, timing
from counterpoint.academy.drill.actions import NoPause
from counterpoint.academy.exams import appeals, days, grading, playing_day, ticking
from counterpoint.academy.exams.days import Unmeasured
from counterpoint.academy.exams.sitting import (
    SittingOver,
    day_begin,
    exam_of,
    sitting_begin,
    sitting_extend,
    sitting_submit,
    sitting_void,
)
from counterpoint.academy.models import DrillEvent, DrillSession, Grade, Sitting
from counterpoint.academy.models.exams import days_that_stand
from counterpoint.academy.rules import days as rules
from counterpoint.academy.rules.grading import Played, Slot, grade, needed, total_of
from counterpoint.academy.science import playing
from counterpoint.academy.tests.examined import DAY_EXAM as EXAM
from counterpoint.academy.tests.examined import TOKEN, answer_all, begin, keep_day, measured_days, trainer
from counterpoint.foundation.api import Forbidden, Invalid, NotFound
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives.content import every

SPEED = 10
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def exam(bank):
    return measured_days(bank)


def seen(model, **where):
    with unscoped("the test looks"):
        return model.objects.select_related("org_unit").get(**where)


def play(bank, row, second, act="diversion", name="Sun", **inputs):
    """Order something at a second of the day."""
    given = inputs or {"service": "cash_deposit", "share": "750"}
    at = started(row) + timedelta(seconds=(second - first(row)) / SPEED)
    return drill.drill_order(
        scope=bank.scope(name), session=row.session_id, act=act, inputs=given, now=at, real=at, key=f"{second}-{act}"
    )


def started(row):
    with unscoped("the test looks"):
        return DrillEvent.objects.get(session=row.session_id, key="begun").at


def first(row):
    return timing.first_second(log.game_of(seen(DrillSession, pk=row.session_id)))


def sit(bank, name="Sun", seed=7, minutes=2):
    """A sitting whose day was begun after some minutes."""
    row = begin(bank, name, EXAM, seed=seed)
    day_begin(scope=bank.scope(name), sitting=row.pk, now=bank.now + timedelta(minutes=minutes))
    return row


def submit(bank, row, minutes=40, name="Sun"):
    now = bank.now + timedelta(minutes=minutes)
    return sitting_submit(scope=bank.scope(name), sitting=row.pk, token=TOKEN, now=now)


def graded(row):
    with unscoped("the test looks at the grade"):
        return Grade.objects.filter(sitting=row).order_by("-number").first()


def test_a_position_lies_between_doing_nothing_and_the_reference_and_its_worth_is_the_cut_at_the_standard():
    assert [rules.position(loss, 100, 20) for loss in (130, 100, 60, 20, 5)] == [0, 0, 0.5, 1, 1]
    assert rules.position(10, 20, 20) == 0
    assert [round(rules.worth(one, 0.4, 0.8), 3) for one in (0, 0.2, 0.4, 0.7, 1)] == [0, 0.4, 0.8, 0.9, 1]
    good = Played(0.7, 0.4, 0.5)
    assert total_of(0.8, None, 0.72, None, good) == (pytest.approx(0.81), True)
    assert total_of(0.8, None, 1.0, None, Played(0.39, 0.4, 0.5))[1] is False, "questions make up for no day"
    assert needed(0.8, good) == pytest.approx(0.7) and needed(0.8, None) == 0.8


def test_a_days_difficulty_falls_with_what_scripted_players_reach_and_its_error_with_their_agreement():
    def of(glance, rule, advised):
        losses = {"glance": [100 - glance], "rule": [100 - rule], "advised": [100 - advised]}
        return rules.measured(100, 0, losses)

    hard, easy = of(5, 10, 30), of(40, 60, 90)
    assert hard.difficulty > 1 and easy.difficulty < 0
    logistic = of(26.894, 50, 73.106)
    assert logistic.difficulty == pytest.approx(0, abs=1e-4) and logistic.error == pytest.approx(0, abs=1e-4)
    assert of(50, 50, 50).error > 0.5


@pytest.mark.parametrize(
    ("nothing", "reference", "glance", "advised", "why"),
    [
        (3000, 600, 0.1, 0.8, ""), (700, 600, 0.1, 0.8, "flat"), (3000, 600, 0.5, 0.8, "easy"),
        (3000, 600, 0.1, 0.3, "hard"),
    ],
)  # fmt: skip
def test_days_that_tell_nobody_apart_are_no_items(nothing, reference, glance, advised, why):
    found = rules.Measured(nothing, reference, {"glance": [glance], "rule": [0.3], "advised": [advised]}, 0, 0)
    assert rules.unfit(found, 0.4) == why


def test_an_exam_says_what_it_asks_of_its_day():
    body = next(item.value for item in every(BLUEPRINTS) if item.key == EXAM)
    assert wrong_blueprint(body) == "" and body.simulator.lasts == 16
    for name, value in (("seeds", (1, 1, 2)), ("minutes", 480)):
        part = Simulator(**{**vars_of(body.simulator), name: value, "speed": 5 if name == "minutes" else 10})
        assert wrong_blueprint(type(body)(**{**vars_of(body), "simulator": part})) != ""


def vars_of(one):
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def test_a_day_is_drawn_among_those_that_fit_pinned_and_never_the_same_to_one_person_while_there_are_others(bank, exam):
    row = begin(bank, "Sun", EXAM)
    held = next(one for one in exam if one.game_hash == row.day["game_hash"])
    session = seen(DrillSession, pk=row.session_id)
    assert session.purpose == "exam" and session.game_hash == held.game_hash and session.state == "ready"
    assert session.until == 60 * 720 and session.ends_at == row.deadline_at
    again = sitting_begin(scope=bank.scope("Sun"), unit=bank.b01, blueprint=EXAM, seed=99, now=bank.now)
    assert (again.pk, again.day) == (row.pk, row.day)
    other = begin(bank, "Ada", EXAM)
    assert other.day["game_hash"] != row.day["game_hash"], "the least played come first"
    submit(bank, row)
    second = begin(bank, "Sun", EXAM, now=bank.now + timedelta(hours=1))
    assert second.day["game_hash"] not in {row.day["game_hash"], other.day["game_hash"]}
    with unscoped("the database itself is asked"), pytest.raises(DatabaseError), transaction.atomic():
        Sitting.objects.filter(pk=row.pk).update(day={"number": 9})


def test_a_day_that_a_person_had_comes_again_only_when_there_is_no_other_however_rarely_it_was_played(bank, exam):
    known = days.stats(bank.b01, [one.game_hash for one in exam])
    fit = [one for one in (replace(one, stat=known[one.game_hash]) for one in exam) if not one.unfit]
    had, played = frozenset(one.game_hash for one in fit[:-1]), {fit[-1].game_hash: 50}
    assert len(fit) > 1 and all(days.draw(fit, seed, played, had) is fit[-1] for seed in range(9))
    everything = had | {fit[-1].game_hash}
    assert all(days.draw(fit, seed, played, everything) in fit[:-1] for seed in range(9))


def test_without_a_fit_day_no_sitting_begins_and_the_days_are_asked_for(bank, monkeypatch):
    asked = []
    monkeypatch.setattr(days, "ask", lambda unit, now: asked.append(unit.code))
    with pytest.raises(Unmeasured):
        begin(bank, "Sun", EXAM)
    assert asked == ["b01"]
    on = bank.b01.date_at(bank.now)
    for day in days.days_of(exam_of(bank.b01, EXAM, on), bank.b01, on):
        keep_day(bank, day, 3000.0, 2900.0)
    with pytest.raises(Unmeasured):
        begin(bank, "Sun", EXAM)


def test_the_day_is_begun_once_by_its_own_person_and_runs_at_its_own_speed(bank, exam):
    row = sit(bank)
    again = day_begin(scope=bank.scope("Sun"), sitting=row.pk, now=bank.now + timedelta(minutes=9))
    assert again.base_real == bank.now + timedelta(minutes=2) and again.speed == SPEED
    for stranger in ("Bo", "Ada", "Mei"):
        with pytest.raises(NotFound):
            day_begin(scope=bank.scope(stranger), sitting=row.pk, now=bank.now)
        with pytest.raises(NotFound):
            play(bank, row, 36_000, name=stranger)
    here = {"scope": bank.scope("Sun"), "session": row.session_id, "now": bank.now, "real": bank.now}
    for speed in (0, 1, 60):
        with pytest.raises(NoPause):
            drill.drill_pace(**here, speed=speed, key="pace")
    with pytest.raises(Invalid):
        drill.drill_mark(**here, name="hier", key="mark")
    with pytest.raises(Invalid):
        drill.drill_fork(**here, second=first(row), key="fork")
    with pytest.raises(Invalid):
        drill.drill_retry(**here, key="retry")
    tina = trainer(bank)
    with pytest.raises(Forbidden):
        guiding.drill_message(**here | {"scope": tina}, text="开四号窗", key="help")
    with pytest.raises(Forbidden):
        guiding.drill_stop(**here | {"scope": tina})


def test_before_it_is_begun_nothing_can_be_ordered(bank, exam):
    row = begin(bank, "Sun", EXAM)
    with pytest.raises(Invalid):
        drill.drill_order(
            scope=bank.scope("Sun"), session=row.session_id, act="diversion",
            inputs={"service": "cash_deposit", "share": "750"}, now=bank.now, real=bank.now, key="early",
        )  # fmt: skip


def test_the_day_is_played_on_the_clock_of_its_sitting_whatever_the_hosts_shows(bank, exam):
    row = sit(bank)
    real = bank.now + timedelta(days=900)
    line = drill.drill_order(
        scope=bank.scope("Sun"), session=row.session_id, act="diversion",
        inputs={"service": "cash_deposit", "share": "750"}, now=bank.now + timedelta(minutes=5), real=real, key="one",
    )  # fmt: skip
    assert line.second == first(row) + 180 * SPEED


def test_its_grade_follows_from_the_log_alone_and_joins_the_questions_by_weight(bank, exam):
    row = sit(bank)
    for second in (34_200, 36_000):
        play(bank, row, second, service="cash_deposit" if second < 35_000 else "cash_withdrawal", share="700")
    answer_all(bank, row, wrong=(1, 2))
    submit(bank, row)
    found, session = graded(row), seen(DrillSession, pk=row.session_id)
    held = next(one for one in exam if one.game_hash == row.day["game_hash"])
    with unscoped("the test reads the log"):
        orders, lines = log.orders_of(log.lines(session)), log.lines(session)
        assert log.first_bad(session) is None
    loss = playing.play(held.game, orders).loss.total
    share = (row.day["nothing"] - loss) / (row.day["nothing"] - row.day["reference"])
    assert 0.02 < share < 1 and found.day["loss"] == loss
    assert found.day["position"] == pytest.approx(share)
    worth = rules.worth(share, 0.4, 0.8)
    assert found.day["total"] == pytest.approx(0.5 * found.right / found.of + 0.5 * worth)
    assert session.state == "over" and session.head == lines[-1].hash == found.day["head"]
    told = proofs.exam(Asked(bank.scope("Sun"), bank.b01, bank.people["Sun"].pk, frozenset([EXAM]), None, None))
    assert [one.values["score"] for one in told] == [found.day["total"]]


SCRIPT = """
import json, sys
import django
django.setup()
from counterpoint.academy.exams.playing_day import judged
from counterpoint.science import playing
game = playing.Game.from_bytes(open(sys.argv[1], "rb").read())
day, orders = json.loads(sys.argv[2]), tuple(playing.Order.from_json(one) for one in json.loads(sys.argv[3]))
print(json.dumps(judged(day, game, orders)))
"""


def test_the_same_log_is_graded_the_same_in_another_process(bank, exam, tmp_path):
    row = sit(bank)
    for second in (34_260, 35_940, 37_200):
        play(bank, row, second, service="cash_withdrawal", share=str(second // 100))
    submit(bank, row)
    session = seen(DrillSession, pk=row.session_id)
    with unscoped("the test reads the log"):
        orders = log.orders_of(log.lines(session))
    (tmp_path / "game").write_bytes(bytes(session.game))
    sent = [json.dumps(row.day), json.dumps([one.to_json() for one in orders])]
    env = {"DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.test", "PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "game"), *sent], capture_output=True, text=True, env=env,
        cwd=ROOT, check=True,
    )  # fmt: skip
    other, own = json.loads(done.stdout), graded(row).day
    assert other == {"loss": own["loss"], "position": own["position"]}


def test_the_deadline_ends_the_day_in_its_middle_once_however_late_the_tick(bank, exam):
    row = sit(bank, minutes=40)
    at = row.deadline_at
    play(bank, row, first(row) + 60 * SPEED)
    with pytest.raises(log.DrillOver):
        drill.drill_order(
            scope=bank.scope("Sun"), session=row.session_id, act="diversion",
            inputs={"service": "transfer", "share": "850"}, now=at, real=at, key="late",
        )  # fmt: skip
    late = at + timedelta(days=4)
    assert ticking.sittings(late) == 1 and ticking.sittings(late) == 0
    session, found = seen(DrillSession, pk=row.session_id), graded(row)
    assert (session.state, session.over_at, session.base_second) == ("over", at, first(row) + 300 * SPEED)
    assert found.day["begun"] and found.day["position"] > 0 and found.at == at
    with unscoped("the test looks"):
        assert DrillEvent.objects.filter(session=session, kind="over").count() == 1
    with pytest.raises(SittingOver):
        day_begin(scope=bank.scope("Sun"), sitting=row.pk, now=late)


def test_more_time_for_the_sitting_is_more_time_for_its_day(bank, exam):
    row = sit(bank, minutes=40)
    sitting_extend(scope=trainer(bank), sitting=row.pk, minutes=10, why="停电", now=bank.now)
    at = row.deadline_at + timedelta(minutes=8)
    line = drill.drill_order(
        scope=bank.scope("Sun"), session=row.session_id, act="diversion",
        inputs={"service": "transfer", "share": "850"}, now=at, real=at, key="after",
    )  # fmt: skip
    assert line.second == first(row) + 780 * SPEED


def test_the_window_ends_the_day_by_itself_and_what_was_ordered_stays(bank, exam):
    row = sit(bank)
    play(bank, row, 35_000)
    up = bank.now + timedelta(minutes=2, seconds=(60 * 720 - first(row)) / SPEED)
    with pytest.raises(log.DrillOver):
        drill.drill_order(
            scope=bank.scope("Sun"), session=row.session_id, act="diversion",
            inputs={"service": "transfer", "share": "850"}, now=up, real=up, key="late",
        )  # fmt: skip
    early, late = up - timedelta(seconds=5), up + timedelta(minutes=3)
    assert not drill.drill_settle(scope=bank.scope("Sun"), session=row.session_id, now=early, real=early)
    assert drill.drill_settle(scope=bank.scope("Sun"), session=row.session_id, now=late, real=late)
    over = seen(DrillSession, pk=row.session_id)
    assert (over.state, over.base_second) == ("over", 60 * 720)
    assert seen(Sitting, pk=row.pk).state == "open"
    submit(bank, row)
    assert graded(row).day["lines"] == 3


def test_a_day_that_was_never_begun_counts_nothing_and_fails_the_exam(bank, exam):
    row = begin(bank, "Sun", EXAM)
    answer_all(bank, row)
    submit(bank, row)
    found = graded(row)
    assert found.right == found.of and not found.passed
    assert found.day["position"] == 0 and not found.day["begun"] and found.day["total"] == 0.5


def test_a_sitting_that_is_set_aside_takes_its_day_with_it(bank, exam):
    row = sit(bank)
    sitting_void(scope=trainer(bank), sitting=row.pk, why="停电", now=bank.now)
    assert seen(DrillSession, pk=row.session_id).state == "void"
    with pytest.raises(log.DrillOver):
        play(bank, row, 36_000)


def test_an_appeal_against_the_day_and_grading_everybody_again_without_it(bank, exam):
    row, tina = sit(bank), trainer(bank)
    answer_all(bank, row)
    submit(bank, row)
    first_grade = graded(row)
    assert not first_grade.passed
    now = bank.now + timedelta(hours=1)
    given = {"level": "day", "slot": 0, "text": "机器坏了没报", "now": now}
    case = appeals.appeal_open(scope=bank.scope("Sun"), sitting=seen(Sitting, pk=row.pk), **given)
    assert case.level == "day"
    plain = begin(bank, "Omar")
    submit(bank, plain, name="Omar")
    with pytest.raises(Invalid):
        ended = seen(Sitting, pk=plain.pk)
        appeals.appeal_open(scope=bank.scope("Omar"), sitting=ended, **given)
    given = {"scope": tina, "unit": bank.hq, "game_hash": row.day["game_hash"], "why": "申诉成立", "now": now}
    assert grading.grade_without_day(**given) == (1, 1)
    assert grading.grade_without_day(**given) == (0, 0)
    found = graded(row)
    assert found.passed and found.number == 2 and found.day["total"] == 1.0
    assert found.day["loss"] == first_grade.day["loss"], "the log is not judged anew"


def test_grading_a_question_again_keeps_the_day_as_it_was_judged(bank, exam):
    row = sit(bank)
    play(bank, row, 34_200)
    answer_all(bank, row, wrong=(1,))
    submit(bank, row)
    before, key = graded(row), row.form[0]["question"]
    grading.grade_again(scope=trainer(bank), unit=bank.hq, question_key=key, how="drop", why="题意不清", now=bank.now)
    after = graded(row)
    assert after.day["loss"] == before.day["loss"] and after.day["total"] > before.day["total"]


def test_a_segment_stops_at_the_window(bank, exam):
    row = sit(bank)
    with unscoped("the test looks"):
        session = seen(DrillSession, pk=row.session_id)
        told = queries.segment(session, None, 0, bank.now + timedelta(minutes=30))
    assert told.second == told.until == 60 * 720


def test_no_day_or_slot_counts_as_passed_for_nothing():
    slot = Slot("q", "c", True, 1.0, 0.0)
    assert grade([slot], [1.0], 0.8, None, Played(0.5, 0.4, 0.5)).passed
    assert not grade([slot], [0.0], 0.8, None, Played(1.0, 0.4, 0.5)).passed
    assert not grade([slot], [1.0], 0.8, None, Played(0.1, 0.4, 0.5)).close


@pytest.mark.slow
def test_scripted_players_stand_in_their_order_and_measuring_twice_says_the_same(bank, monkeypatch):
    monkeypatch.setattr(days, "BUDGET", 300)
    on = bank.b01.date_at(bank.now)
    (day,) = days.days_of(exam_of(bank.b01, EXAM, on), bank.b01, on, [4])
    found = days.ladder(day.game)
    assert found == days.ladder(day.game)
    assert found.reference < found.nothing and found.mean("glance") < found.mean("rule") < found.mean("advised") < 1
    assert rules.unfit(found, 0.4) == ""


@pytest.mark.slow
def test_the_job_measures_every_day_once(bank, monkeypatch):
    plain = rules.Measured(3000.0, 600.0, {"glance": (0.1,), "rule": (0.3,), "advised": (0.8,)}, 0.4, 0.2)
    done = []
    monkeypatch.setattr(days, "ladder", lambda game: done.append(game) or plain)
    assert days.hourly(bank.now) == 1 and len(done) == 10
    assert days.hourly(bank.now + timedelta(hours=1)) == 0 and len(done) == 10
    row = begin(bank, "Sun", EXAM)
    assert row.day["difficulty"] == 0.4 and playing_day.PINNED[0] in row.day


def test_a_day_is_told_by_the_house_key_and_by_nothing_that_can_be_read(settings):
    first = days.seed_of(EXAM, 1)
    assert first == days.seed_of(EXAM, 1) != days.seed_of(EXAM, 2)
    settings.SECRET_KEY = "another key of another house, long enough to be one of a house"
    assert days.seed_of(EXAM, 1) != first


def debrief_of(bank, row, name):
    scope = bank.scope(name) if name in bank.people else trainer(bank, name)
    with scoped(scope):
        return debrief.may_see(scope, row.session_id), scope


def test_a_day_is_told_to_its_candidate_once_handed_in_and_to_no_colleague_who_may_still_play_it(bank, exam):
    row = sit(bank)
    for name in ("Sun", "Ada"):  # Ada leads the branch, and is a candidate herself
        with pytest.raises(NotFound):
            debrief_of(bank, row, name)
    with scoped(bank.scope("Ada")):
        assert queries.running(bank.scope("Ada"), bank.now) == []
    assert debrief_of(bank, row, "Tina")[0].pk == row.session_id, "who manages exams looks at any time"
    submit(bank, row)
    session, scope = debrief_of(bank, row, "Sun")
    assert not debrief.tells_better(scope, session)
    with pytest.raises(NotFound):
        debrief_of(bank, row, "Ada")


def test_a_day_of_a_void_exam_is_judged_by_nobody_and_proves_nothing(bank, exam):
    row = sit(bank)
    later = bank.now + timedelta(minutes=20)
    drill.drill_finish(scope=bank.scope("Sun"), session=row.session_id, now=later, real=later)
    with unscoped("the test looks"):
        assert not DrillSession.objects.filter(days_that_stand(), pk=row.session_id).exists(), "the exam goes on"
    sitting_void(scope=trainer(bank), sitting=row.pk, why="停电", now=later)
    with unscoped("the test looks"):
        session = DrillSession.objects.get(pk=row.session_id)
        assert session.state == "over" and not proving.counted(session)
    assert work.due(later + timedelta(minutes=1)) == 0
    with pytest.raises(NotFound):
        debrief_of(bank, row, "Sun")


def test_a_day_is_not_ended_before_it_was_begun(bank, exam):
    row = begin(bank, "Sun", EXAM)
    with pytest.raises(Invalid):
        drill.drill_finish(scope=bank.scope("Sun"), session=row.session_id, now=bank.now, real=bank.now)
    assert seen(DrillSession, pk=row.session_id).state == "ready"
