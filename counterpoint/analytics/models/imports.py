"""Numbers that come from systems outside the house."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class NumberBatch(ScopedModel):
    """One file or call that brought numbers to a branch: who, when, how many; its rows replace older ones.

    A call has a `key` of its caller and a digest of what it `asked`, so that it acts once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    label = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    read = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    key = models.CharField(max_length=80, blank=True)
    asked = models.CharField(max_length=64, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "made_by", "key"], condition=~models.Q(key=""), name="number_batch_key_once"
            )
        ]


class ImportedNumber(ScopedModel):
    """The numbers of one series on one date, of the branch or of one person (`person` is a staff number).

    `amount` is the numerator or the plain number, `base` what it is divided by.
    """

    batch = models.ForeignKey(NumberBatch, models.PROTECT, related_name="numbers")
    series = models.CharField(max_length=32)
    date = models.DateField()
    person = models.CharField(max_length=32, blank=True)
    amount = models.FloatField()
    base = models.FloatField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["date", "series"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "series", "date", "person"], name="imported_number_once")
        ]
