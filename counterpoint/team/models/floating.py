"""People who help at near branches: how far these are apart, and the plans of who goes where."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class TravelTime(ScopedModel):
    """Minutes there and back between two branches (codes in alphabetical order), kept by the region or bank above."""

    one = models.SlugField(max_length=32)
    other = models.SlugField(max_length=32)
    minutes = models.PositiveSmallIntegerField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["one", "other"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "one", "other"], name="travel_once_per_pair"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other"), minutes__lte=600), name="travel_is_sane"
            ),
        ]


class FloatPlan(ScopedModel):
    """One run over the newest rosters of a week of all branches below a unit: who would help where, and what that
    changes. `rosters` holds problem and roster of each branch that takes part; `applied_at` once they became drafts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    week = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    seed = models.PositiveBigIntegerField()
    payload = models.JSONField()
    rosters = models.JSONField(default=dict)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["org_unit", "week", "made_at"])]
