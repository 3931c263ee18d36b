"""What is known beforehand of a branch's days: an event nearby, the weather, a campaign."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class KnownDay(ScopedModel):
    """One thing known of one day. Days of one `name` teach the forecast together what it brings.

    `amount` is what was measured or foretold (rain in mm, degrees); None for what happens or does not.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    date = models.DateField()
    name = models.CharField(max_length=40)
    amount = models.FloatField(null=True)
    said_at = models.DateTimeField()
    said_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-date", "name"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "date", "name"], name="known_once_a_day")]
