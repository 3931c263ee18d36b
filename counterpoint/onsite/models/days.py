"""Business days: open or closed, and what a closed day held, in one compact row."""

from django.db import models

from counterpoint.foundation.api import ScopedModel


class BranchDay(ScopedModel):
    """A business date of a branch; after `closed_at` no ticket is taken."""

    business_date = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit", "business_date"], name="branch_day_once")]


class DayLog(ScopedModel):
    """All tickets of a past day (see `daylog`): compressed columns, and a summary that lists can show.

    `source` is ``live``, ``import`` or ``simulated``; `label` says which file or generator; `digest` is the hash of
    the content that was written.
    """

    business_date = models.DateField()
    source = models.SlugField(max_length=16)
    label = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    tickets = models.PositiveIntegerField()
    summary = models.JSONField(default=dict)
    payload = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["business_date"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "business_date"], name="day_log_once")]
