"""What the canary crawl plants of this room: an assignment, a run with answers, at the foreign branch."""

from datetime import timedelta

from counterpoint.academy import api
from counterpoint.academy.models import LessonAnswer, LessonRun
from counterpoint.foundation.api import scoped


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
