"""What is kept beside a branch's forecasts: alarms of drift, and the forecasts of regions and the bank."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class DriftAlarm(ScopedModel):
    """Customers no longer come as the forecasts say: what moved, since which date, found by which day's actuals.

    `share` is what came over what was forecast from `since` to `found`. A person acknowledges it; it is never deleted.
    """

    class Kind(models.TextChoices):
        MORE = "more"
        FEWER = "fewer"
        NARROW = "narrow"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    since = models.DateField()
    found = models.DateField()
    share = models.FloatField()
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-found"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "found"], name="one_drift_alarm_a_day"),
            models.UniqueConstraint(
                fields=["org_unit"], condition=models.Q(acknowledged_at=None), name="one_open_drift_alarm"
            ),
        ]


class TreeForecast(ScopedModel):
    """One immutable run over a unit and everything below it whose rows add up. `until` is exclusive."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    since = models.DateField()
    until = models.DateField()
    made_at = models.DateTimeField()
    payload = models.JSONField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["org_unit", "made_at"])]
