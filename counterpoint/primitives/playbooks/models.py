"""Nouns of the playbooks: a play, its steps, who is told, what was noted, and the drills that a year asks for."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Play(ScopedModel):
    """One run of a playbook, real or drill, by the version it started with. `started_at` is when it began by the
    branch's own word, `entered_at` when the server heard of it; they differ only for what was written on paper."""

    class Mode(models.TextChoices):
        REAL = "real"
        DRILL = "drill"

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        COMPLETED = "completed"
        ABORTED = "aborted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    playbook = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    pack = models.CharField(max_length=16)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    trigger = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    started_by = models.UUIDField(null=True)
    limit_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    limit_passed_at = models.DateTimeField(null=True)
    limit_met_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pauses = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)
    dim = models.CharField(max_length=16, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["org_path", "playbook", "started_at"]), models.Index(fields=["state", "mode"])]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "key"], condition=~models.Q(key=""), name="play_started_once")
        ]

    @property
    def running(self) -> bool:
        """Whether it is not over."""
        return self.state in (Play.State.RUNNING, Play.State.PAUSED)

    @property
    def drill(self) -> bool:
        """Whether it is only practice."""
        return self.mode == Play.Mode.DRILL


class PlayStep(ScopedModel):
    """A step that could begin, in its round. `claimed_at` is the time on paper, `done_at` the server's."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        SKIPPED = "skipped"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    play = models.ForeignKey(Play, models.PROTECT, related_name="steps")
    slug = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ready_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    overran_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    entered_by = models.UUIDField(null=True)
    answer = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict)
    note = models.TextField(blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["ready_at", "id"]
        constraints = [models.UniqueConstraint(fields=["play", "slug", "round"], name="play_step_once_a_round")]


class PlayPage(ScopedModel):
    """One rung of a step's contact tree: sent once when due, unless acknowledged, done or over before."""

    step = models.ForeignKey(PlayStep, models.PROTECT, related_name="pages")
    order = models.PositiveSmallIntegerField()
    role = models.SlugField(max_length=32)
    due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, db_index=True)
    sent_at = models.DateTimeField(null=True)
    people = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint(fields=["step", "order"], name="play_page_once")]


class PlayInject(ScopedModel):
    """News of a drill: due at its time, shown once on the screen, answered once. `text` is the reaction in a person's
    words and can be erased."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    play = models.ForeignKey(Play, models.PROTECT, related_name="injects")
    slug = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, db_index=True)
    shown_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    reacted_at = models.DateTimeField(null=True)
    reacted_by = models.UUIDField(null=True)
    text = models.TextField(blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint(fields=["play", "slug"], name="play_inject_once")]


class PlayNote(ScopedModel):
    """A line of the log that a person wrote; `link` names an incident, a device or a case. Its text can be erased."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    play = models.ForeignKey(Play, models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)
    text = models.TextField()
    link = models.CharField(max_length=120, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at", "id"]


class PlannedStart(ScopedModel):
    """A plan that a leader put on a day and minute, in earnest or as a drill, and what became of it: the play that it
    started, or why (`failed`) it started none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    playbook = models.CharField(max_length=80)
    mode = models.CharField(max_length=8, choices=Play.Mode.choices)
    at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, db_index=True)
    planned_at = models.DateTimeField()
    planned_by = models.UUIDField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=16, blank=True)
    play = models.ForeignKey(Play, models.PROTECT, null=True, related_name="planned")

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "playbook", "mode", "at"], condition=models.Q(cancelled_at=None),
                name="planned_start_once",
            )
        ]  # fmt: skip


class DrillDuty(ScopedModel):
    """The n-th drill of a playbook that a year asks of a branch: when due, when planned, which play did it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    playbook = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    planned_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    alarmed_at = models.DateTimeField(null=True)
    play = models.ForeignKey(Play, models.PROTECT, null=True, related_name="duties")

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["due_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "playbook", "year", "number"], name="drill_duty_once")
        ]
