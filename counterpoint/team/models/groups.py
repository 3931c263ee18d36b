"""Disputes between colleagues, and teams across branches that end by themselves."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Dispute(ScopedModel):
    """Who is against whom in a case of the type `team.dispute`, and the steps it climbed. `id` is the case's.

    A step is ``{"level", "person", "at", "why"}`` with why one of opened, asked, late."""

    id = models.UUIDField(primary_key=True, editable=False)
    claimant = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    respondent = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    steps = models.JSONField(default=list)
    opened_at = models.DateTimeField(db_index=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-opened_at"]


class VirtualTeam(ScopedModel):
    """A team across branches. Its org unit is a group of its own: membership is a post there, so its cards and this row
    exist only for members and for those above. `lessons` is filled in when it dissolves."""

    class State(models.TextChoices):
        ACTIVE = "active"
        DISSOLVED = "dissolved"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=400)
    goal = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    formed_at = models.DateTimeField()
    formed_by = models.UUIDField(null=True)
    ends_on = models.DateField()
    dissolved_at = models.DateTimeField(null=True)
    lessons = models.TextField(blank=True)
    lessons_by = models.UUIDField(null=True)
    crew = models.JSONField(default=list)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-formed_at"]
        constraints = [models.UniqueConstraint(fields=["org_unit"], name="one_virtual_team_per_group")]
