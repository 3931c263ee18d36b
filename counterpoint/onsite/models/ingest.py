"""What came in from machines, so that a repeated or late message changes nothing twice."""

from django.db import models

from counterpoint.foundation.api import ScopedModel


class IngestKey(ScopedModel):
    """An idempotency key of one caller: what was asked (hash) and what was answered first."""

    source = models.CharField(max_length=36, blank=True)
    key = models.CharField(max_length=80)
    asked = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit", "source", "key"], name="key_once_per_caller")]


class VendorEvent(ScopedModel):
    """One event of a vendor's queue machine, identified by (source, machine, seq). `at` is the machine's claim.

    `verdict` is ``applied``, ``early`` (its ticket is not known yet) or ``quarantined`` with a `problem`.
    """

    source = models.UUIDField()
    machine = models.CharField(max_length=32)
    seq = models.PositiveBigIntegerField()
    ref = models.CharField(max_length=64)
    business_date = models.DateField()
    kind = models.SlugField(max_length=16)
    at = models.DateTimeField()
    body = models.JSONField(default=dict)
    asked = models.CharField(max_length=64)
    verdict = models.SlugField(max_length=16)
    problem = models.CharField(max_length=160, blank=True)
    received_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit", "source", "machine", "seq"], name="event_once")]
        indexes = [models.Index(fields=["org_unit", "source", "business_date", "ref"])]
