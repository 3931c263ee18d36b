"""Learning: courses assigned to people, their way through lessons, and every answer they gave.

All stand at the person's own live branch. What a person answered is seen by that person alone; others see whether a
lesson was passed.
"""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id

READING, PRACTISING, PASSED = "reading", "practising", "passed"
OPEN, DONE, WAIVED = "open", "done", "waived"


class Enrolment(ScopedModel):
    """A course that a person should take until a day. `origin` says why: post, gap, diff, trainer, complaint."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    course = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    origin = models.SlugField(max_length=12)
    due_on = models.DateField(db_index=True)
    state = models.SlugField(max_length=8, default=OPEN)
    assigned_by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course"], condition=models.Q(state=OPEN), name="one_open_enrolment_a_course"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[OPEN, DONE, WAIVED]), name="enrolment_state_known"
            ),
        ]  # fmt: skip


class LessonRun(ScopedModel):
    """A person's way through a lesson in a pinned version. `taught` lists the rules that it taught as [kind, key,
    version]; `diff_of` is the passed run whose rules have changed since. `found` and `verdict` are the last check of
    the exercise; `world` is the practice branch, in the other tree and so without a foreign key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    lesson = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    pack = models.SlugField(max_length=16)
    state = models.SlugField(max_length=12, default=READING)
    taught = models.JSONField(default=list)
    verdict = models.JSONField(default=dict)
    exercised_at = models.DateTimeField(null=True)
    world = models.UUIDField(null=True)
    diff_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    started_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True, db_index=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "lesson"], condition=~models.Q(state=PASSED), name="one_open_run_a_lesson"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[READING, PRACTISING, PASSED]), name="run_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=PASSED) | models.Q(passed_at__isnull=False), name="passed_run_has_its_time"
            ),
        ]  # fmt: skip


class LessonAnswer(ScopedModel):
    """One answer to one question, as it was given; the newest counts, the first tells how hard the question is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(LessonRun, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    given = models.JSONField()
    score = models.FloatField()
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(score__range=(0, 1)), name="answer_score_zero_to_one")]
        indexes = [models.Index(fields=["run", "question"])]
