"""What the canary crawl plants of this room: an assignment, a run with answers and a drill, at the foreign branch."""

from datetime import timedelta

from counterpoint.academy import api
from counterpoint.academy.drill import log
from counterpoint.academy.models import (
    DrillDay,
    DrillReference,
    DrillSeat,
    DrillSession,
    LessonAnswer,
    LessonRun,
)
from counterpoint.foundation.api import scoped
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
        _drill(bank, branch, mark)


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
