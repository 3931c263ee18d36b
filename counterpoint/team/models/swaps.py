"""Swaps: two people agree, the supervisor decides, the impact is known before."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id
from counterpoint.team.models.people import StaffProfile
from counterpoint.team.models.plans import Roster


class SwapRequest(ScopedModel):
    """`giver` hands the shift of `date` to `taker`; with `back_date` the taker's shift of that date goes back."""

    class State(models.TextChoices):
        ASKED = "asked"
        AGREED = "agreed"
        APPROVED = "approved"
        DECLINED = "declined"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    OPEN = (State.ASKED, State.AGREED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    week = models.DateField()
    giver = models.ForeignKey(StaffProfile, models.PROTECT, related_name="+")
    taker = models.ForeignKey(StaffProfile, models.PROTECT, related_name="+")
    date = models.DateField()
    back_date = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    impact = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    consented_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    result = models.ForeignKey(Roster, models.PROTECT, null=True, related_name="+")

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(giver=models.F("taker")), name="swap_needs_two_people"),
            models.UniqueConstraint(
                fields=["giver", "date"],
                condition=models.Q(state__in=("asked", "agreed")),
                name="one_open_swap_per_shift",
            ),
        ]
