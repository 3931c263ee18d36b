"""What the canary crawl plants of this room: an assignment, a run with answers and a drill, at the foreign branch."""

from datetime import timedelta

from counterpoint.academy import api
from counterpoint.academy.drill import log
from counterpoint.academy.exams import chains
from counterpoint.academy.models import (
    AnswerSave,
    Certificate,
    Connection,
    DrillDay,
    DrillReference,
    DrillSeat,
    DrillSession,
    Grade,
    ItemStat,
    Judgement,
    LeagueRound,
    LeagueRun,
    LessonAnswer,
    LessonRun,
    LtiLaunch,
    LtiLink,
    Pretest,
    ReviewCard,
    ShadowChoice,
    ShadowDay,
    Sitting,
    SittingSign,
)
from counterpoint.foundation.api import chain, scoped
from counterpoint.science.playing import datasets


def plant(bank, branch, mark):
    """The Stranger has begun a lesson, answered one question and been assigned a course."""
    stranger = bank.scope("Stranger")
    here = {"scope": stranger, "now": bank.now}
    run = api.lesson_start(**here, unit=branch, lesson="academy.service.levels")
    answer = api.lesson_answer(**here, run=run.pk, question_key="academy.service.levels.q1", given=["a"])
    api.enrol(
        **here,
        unit=branch,
        user=bank.people["Stranger"].pk,
        course="academy.service",
        due_on=branch.date_at(bank.now) + timedelta(days=7),
    )
    with scoped(stranger):
        LessonAnswer.objects.filter(pk=answer.pk).update(given=[mark])
        LessonRun.objects.filter(pk=run.pk).update(verdict={"lines": [{"slug": "total", "given": mark, "holds": None}]})
        _debrief(bank, branch, mark, _drill(bank, branch, mark))
        _connected(bank, branch, mark)
        _certificate(bank, branch, mark)
        _exam(bank, branch, mark)


def _connected(bank, branch, mark):
    """Another system, an account of it, and somebody who came from it."""
    at = {"org_unit": branch, "at": bank.now}
    one = Connection(
        org_unit=branch, kind="store", name=mark[:80], home="https://h", settings={"url": mark}, made_at=bank.now
    )
    one.save(force_insert=True)
    LtiLink(**at, connection=one, account=mark, user=bank.people["Stranger"]).save()
    LtiLaunch(**at, connection=one, nonce="n", account=mark, told_name=mark[:120], lesson=mark[:80]).save()


def _drill(bank, branch, mark):
    """A played day of the foreign branch, with one order and a bookmark in its log."""
    person = bank.people["Stranger"]
    game = datasets.tiny_game(1)
    day = DrillDay(
        org_unit=branch, business_date=branch.date_at(bank.now), payload=mark.encode(), digest=mark[:64],
        taken_by=person, at=bank.now,
    )  # fmt: skip
    day.save(force_insert=True)
    session = DrillSession(
        org_unit=branch, owner=person, scenario=mark[:80], day=day, seed=1, game=game.to_bytes(), game_hash=game.hash(),
        state="running", base_real=bank.now, base_second=32_400, speed=1, begun_at=bank.now,
    )  # fmt: skip
    session.save(force_insert=True)
    DrillSeat(org_unit=branch, session=session, user=person, post="supervisor", joined_at=bank.now).save()
    here = {"actor": person.pk, "at": bank.now}
    log.append(session, log.ORDER, 32_500, act="window-close", inputs={"counter": "K1"}, key="one", **here)
    log.append(session, "mark", 32_500, inputs={"name": mark}, key="two", **here)
    DrillReference(
        org_unit=branch, game_hash=game.hash(), method="search", orders=[mark], loss=1.0, nothing=2.0, tried=1,
        at=bank.now,
    ).save()  # fmt: skip
    return session


def _certificate(bank, branch, mark):
    """A certificate of the Stranger, ended by a revocation whose reason carries the mark."""
    on = branch.date_at(bank.now)
    Certificate(
        org_unit=branch, user=bank.people["Stranger"], key="academy.certificate.lobby", version=1, state="revoked",
        since=on, until=on + timedelta(days=364), evidence=[{"source": "lessons", "key": mark, "on": mark, "ref": mark,
        "digest": mark}], public_code="canarycanary2345", issuer="did:web:bank.example:academy", badge=mark,
        status_list=on.year, status_index=7, awarded_by=bank.people["Stranger"].pk, awarded_at=bank.now,
        ended_by=bank.people["Stranger"].pk, ended_at=bank.now, reason=mark,
    ).save(force_insert=True)  # fmt: skip


def _debrief(bank, branch, mark, session):
    """A judgement, a run of a round and a choice beside the live day, of the foreign branch."""
    person, here = bank.people["Stranger"], {"org_unit": branch, "at": bank.now}
    Judgement(**here, session=session, formula=mark[:40], data={"mark": mark}, regret=1.0).save(force_insert=True)
    row = LeagueRound(
        **here, key=mark[:80], seeds=[1], opens_at=bank.now, closes_at=bank.now + timedelta(days=7), opened_by=person
    )
    row.save(force_insert=True)
    LeagueRun(org_unit=branch, round=row.pk, session=session, user=person, seed=1).save(force_insert=True)
    day = {**here, "user": person, "business_date": branch.date_at(bank.now)}
    ShadowChoice(**day, minute=600, decision={"kind": mark}, regret={"none": True}).save(force_insert=True)
    ShadowDay(**day, points=1, mean=1.0, regimes=[mark]).save(force_insert=True)


def _exam(bank, branch, mark):
    """An ended exam of the foreign branch with an answer, a sign, a grade, a measurement and a card."""
    here, person = {"org_unit": branch}, bank.people["Stranger"]
    slot = {
        "question": "academy.service.levels.q1", "version": 1, "section": "all", "cell": "service", "counts": True,
        "options": ["a", "b", "c"], "slope": 1.0, "difficulty": 0.0, "measured": False,
    }  # fmt: skip
    row = Sitting(
        **here, user=person, blueprint="academy.exam.lobby_manager", version=1, pack="cn", seed=1, form=[slot],
        state="submitted", started_at=bank.now, minutes=40, deadline_at=bank.now, closes_at=bank.now,
        submitted_at=bank.now, submitted_by="person",
    )  # fmt: skip
    row.save(force_insert=True)
    save = AnswerSave(**here, sitting=row, line=1, slot=1, seq=1, value=[mark], digest="", saved_at=bank.now)
    save.hash = chain.link_hash(chains.link_of(save))
    save.save(force_insert=True)
    SittingSign(**here, sitting=row, kind="away", at=bank.now).save(force_insert=True)
    Grade(
        **here, sitting=row, number=1, right=0, of=1, theta=0, sd=1, passed=False, worths=[0.0], why=mark, at=bank.now
    ).save(force_insert=True)
    ItemStat(
        **here, question=mark[:80], version=1, slope=1, difficulty=0, answers=1, at=bank.now
    ).save(force_insert=True)  # fmt: skip
    Pretest(
        **here, label=mark[:120], people=2, answers=2, names=[slot["question"]], versions={slot["question"]: 1},
        options={slot["question"]: []}, rows=[["1", "."], ["0", "."]], digest=mark[:64], at=bank.now,
    ).save(force_insert=True)  # fmt: skip
    ReviewCard(**here, user=person, question="academy.service.levels.q2", kept={"mark": mark}, due_at=bank.now).save()
