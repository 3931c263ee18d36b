"""Places in past days that somebody wants to come back to, and the futures they tried from there."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Bookmark(ScopedModel):
    """A minute of a day, named by the person whose it is; with a `kind`, a decision tried there and its `outcome`.

    `decision` and `outcome` are plain JSON as `deciding` and `replaying` write them; `removed_at` hides it and can be
    taken back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    business_date = models.DateField()
    minute = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    kind = models.SlugField(max_length=16, blank=True)
    decision = models.JSONField(default=dict)
    outcome = models.JSONField(null=True)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-made_at"]
        constraints = [models.CheckConstraint(condition=models.Q(minute__lt=1440), name="bookmark_minute_of_a_day")]
        indexes = [models.Index(fields=["org_unit", "user", "business_date"])]
