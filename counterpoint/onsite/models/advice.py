"""Advice that was given, what became of it, and whether its prediction came true."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id

GIVEN, TAKEN, DECLINED = "given", "taken", "declined"


class Advice(ScopedModel):
    """One piece of advice on the hall at `at`, about the time to `until`; `kind` ``nothing`` says that no action pays.

    `predicted` keeps the futures' numbers of the option and of doing nothing, and the options that came after it;
    `came` what really happened, `hit` whether the P90 of the waits lay in the band predicted for what was done.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business_date = models.DateField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    kind = models.SlugField(max_length=16)
    user = models.ForeignKey("foundation.User", models.PROTECT, null=True, related_name="+")
    counter = models.ForeignKey("foundation.Counter", models.PROTECT, null=True, related_name="+")
    service = models.SlugField(max_length=32, blank=True)
    share = models.FloatField(null=True)
    predicted = models.JSONField()
    state = models.SlugField(max_length=16, default=GIVEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("foundation.User", models.PROTECT, null=True, related_name="+")
    came = models.JSONField(null=True)
    hit = models.BooleanField(null=True)
    scored_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "at"], name="one_advice_at_a_time"),
            models.CheckConstraint(condition=models.Q(state__in=[GIVEN, TAKEN, DECLINED]), name="advice_state_known"),
        ]
        indexes = [models.Index(fields=["scored_at", "until"])]
