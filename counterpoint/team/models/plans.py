"""Forecasts and rosters. A forecast never changes; a published roster never changes: editing makes a new version."""

from typing import Any

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class PublishedRosterChange(RuntimeError):
    """A programming error: a forecast or a published roster was about to be changed."""


class Forecast(ScopedModel):
    """One immutable run: what was known (hash), how (seed), and what came out. `until` is exclusive."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    since = models.DateField()
    until = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    seed = models.PositiveBigIntegerField()
    inputs_hash = models.CharField(max_length=64)
    payload = models.JSONField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["org_unit", "since", "made_at"])]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise PublishedRosterChange("A forecast is never changed; make a new one.")
        super().save(*args, **kwargs)


class Roster(ScopedModel):
    """One numbered version of a branch week. `problem`, `solution` and `waits` are the planner's plain JSON.

    `revision` counts the edits of a draft: an editor says which revision it saw, so that nobody overwrites unseen work.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        SUPERSEDED = "superseded"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    week = models.DateField()
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    forecast = models.ForeignKey(Forecast, models.PROTECT, null=True, related_name="+")
    seed = models.PositiveBigIntegerField(default=0)
    inputs_hash = models.CharField(max_length=64, blank=True)
    problem = models.JSONField()
    solution = models.JSONField(default=dict)
    waits = models.JSONField(default=dict)
    conflict = models.JSONField(default=list)
    waivers = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-week", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "week", "version"], name="roster_version_once"),
            models.UniqueConstraint(
                fields=["org_unit", "week"],
                condition=models.Q(state="published"),
                name="one_published_roster_per_week",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", published_at__isnull=True)
                | (~models.Q(state="draft") & models.Q(published_at__isnull=False)),
                name="published_rosters_have_a_date",
            ),
        ]


class ShiftRow(ScopedModel):
    """One person's shift on one date of a published roster; minutes after local midnight.

    `segments` are `{"start", "end", "skill"}`. Rows exist only for published versions.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    roster = models.ForeignKey(Roster, models.PROTECT, related_name="shifts")
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    date = models.DateField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    lunch_start = models.PositiveSmallIntegerField(null=True)
    lunch_end = models.PositiveSmallIntegerField(null=True)
    segments = models.JSONField(default=list)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["date", "start"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "user", "date"], name="one_shift_per_person_and_day"),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start"), end__lte=1440), name="shift_runs_forward"
            ),
        ]
        indexes = [models.Index(fields=["user", "date"]), models.Index(fields=["org_unit", "date"])]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise PublishedRosterChange("A published shift is never changed; publish a new version.")
        super().save(*args, **kwargs)
