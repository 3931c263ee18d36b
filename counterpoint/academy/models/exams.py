"""Exams: a sitting with its form, every answer as it was saved, signs of its course, grades, what is measured of
questions and of days to be played, and cards of what comes back to be learnt.

Sittings stand at the person's own live branch, measurements at headquarters. Answers are only added, chained in the
order in which they arrived; the one with the highest number of its question counts.
"""

from django.db import models

from counterpoint.academy.models.drill import EXAM
from counterpoint.foundation.api import ScopedModel, new_id

OPEN, SUBMITTED, VOID = "open", "submitted", "void"
PERSON, DEADLINE = "person", "deadline"  # who submitted


def days_that_stand() -> models.Q:
    """Played days that stand: the one of an exam only once the exam was handed in, and never of a void one."""
    return ~models.Q(purpose=EXAM) | models.Q(sitting__state=SUBMITTED)


class Sitting(ScopedModel):
    """One attempt at a blueprint in a pinned version. `form` lists its questions in order with their version, shown
    order of options, cell, whether they count, and the numbers they were chosen with. `token_hash` is that of the one
    page that may save. `closes_at` is the deadline with its grace; `head` and `lines` are the end of the chain of
    answers when it was submitted. `day` is the day to be played with its figures, as drawn at the beginning (empty
    without one); `session` is its play from the sitting's beginning."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    blueprint = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    pack = models.SlugField(max_length=16)
    seed = models.PositiveBigIntegerField()
    form = models.JSONField(default=list)
    day = models.JSONField(default=dict, blank=True)
    session = models.OneToOneField(
        "academy.DrillSession", models.PROTECT, null=True, blank=True, related_name="sitting"
    )
    token_hash = models.CharField(max_length=64, blank=True, default="")
    entries = models.PositiveIntegerField(default=0)
    state = models.SlugField(max_length=12, default=OPEN)
    started_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    extended = models.PositiveSmallIntegerField(default=0)
    deadline_at = models.DateTimeField()
    closes_at = models.DateTimeField(db_index=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.SlugField(max_length=12, blank=True, default="")
    head = models.CharField(max_length=64, blank=True, default="")
    lines = models.PositiveIntegerField(default=0)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "blueprint"], condition=models.Q(state=OPEN), name="one_open_sitting_an_exam"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[OPEN, SUBMITTED, VOID]), name="sitting_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=SUBMITTED) | models.Q(submitted_at__isnull=False),
                name="submitted_sitting_has_its_time",
            ),
        ]  # fmt: skip


class AnswerSave(ScopedModel):
    """One answer as it was saved, never changed. `seq` is the page's number of it, `line` its place in the chain of the
    sitting. `late` ones came after the grace: kept to be seen, not counted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="saves")
    line = models.PositiveIntegerField()
    slot = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField()
    value = models.JSONField()
    digest = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["sitting", "line"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "slot", "seq"], name="one_save_a_number"),
            models.UniqueConstraint(fields=["sitting", "line"], name="one_save_a_line"),
        ]


class SittingSign(ScopedModel):
    """Something that happened during a sitting and may mean nothing: shown to the person and to who invigilates, with
    its innocent explanations."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="signs")
    kind = models.SlugField(max_length=16)
    slot = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at", "id"]


class Grade(ScopedModel):
    """What a sitting is worth, on a stated basis (versions of the questions' keys, questions that were dropped). The
    newest counts; none is changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="grades")
    number = models.PositiveSmallIntegerField()
    basis = models.JSONField(default=dict)
    right = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    theta = models.FloatField()
    sd = models.FloatField()
    passed = models.BooleanField()
    worths = models.JSONField(default=list)  # what each slot is worth; None where nothing was answered
    day = models.JSONField(default=dict, blank=True)  # of the day that was played: `exams.playing_day.figures`
    why = models.CharField(max_length=200, blank=True, default="")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["sitting", "-number"]
        constraints = [models.UniqueConstraint(fields=["sitting", "number"], name="one_grade_a_number")]


class ItemStat(ScopedModel):
    """What was measured of a question at a time, at headquarters; the newest is used by sittings that begin later."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    question = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    slope = models.FloatField()
    difficulty = models.FloatField()
    slope_error = models.FloatField(null=True)
    difficulty_error = models.FloatField(null=True)
    answers = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["question", "-at"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "question", "version", "at"], name="one_item_stat_a_time"),
        ]


class Pretest(ScopedModel):
    """A sheet of answers given outside the product, at headquarters. `rows` are people without a name, each as a sign a
    question of `names`: its mark (1, 0, - for not asked), and the letter of the option chosen (. for none), which says
    a place in `options`. One that was dropped does not count, nor does what was measured while it did."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    label = models.CharField(max_length=120)
    simulated = models.BooleanField(default=False)
    people = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    names = models.JSONField(default=list)
    versions = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "digest"], name="one_pretest_a_sheet")]


class DayStat(ScopedModel):
    """What was measured of a day to be played in exams, at headquarters, by scripted players and nobody's answers: the
    loss of `nothing` and of the `reference`, shares of the way between them by player, and the difficulty that they
    say. A day is its game, so that another version or another engine is another day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game_hash = models.CharField(max_length=64, db_index=True)
    scenario = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
    nothing = models.FloatField()
    reference = models.FloatField()
    ladder = models.JSONField(default=dict)  # shares by player, one a try
    difficulty = models.FloatField()
    difficulty_error = models.FloatField()
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["scenario", "seed", "-at"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "game_hash"], name="one_day_stat_a_game")]


class ReviewCard(ScopedModel):
    """A question that a person once missed, and when it comes back. `kept` is what the scheduler keeps."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    question = models.CharField(max_length=80)
    kept = models.JSONField(default=dict)
    due_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["due_at"]
        constraints = [models.UniqueConstraint(fields=["user", "question"], name="one_card_a_question")]
