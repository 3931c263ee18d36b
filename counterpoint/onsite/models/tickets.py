"""Tickets and their numbers."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id
from counterpoint.onsite.rules.lifecycle import STATES


class Series(ScopedModel):
    """The last number given out under a letter on a business date; its row lock serialises numbering on PostgreSQL."""

    business_date = models.DateField()
    letter = models.CharField(max_length=2)
    last = models.PositiveIntegerField(default=0)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "business_date", "letter"], name="series_once_per_day")
        ]


class Ticket(ScopedModel):
    """One customer's wait for one service. The number on paper (`label`) is not its identity.

    Every transition has its time. `seniority_at` orders within a priority: a handed-over customer keeps the arrival of
    the first ticket; one that was taken `first` goes before the others of its priority. The promise made at the kiosk
    (`promise_low`–`promise_high` minutes) is kept and compared at call.
    `vendor_ref` names the ticket in the vendor's queue machine it came from.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business_date = models.DateField()
    letter = models.CharField(max_length=2)
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=10)
    service = models.SlugField(max_length=32)
    tier = models.SlugField(max_length=32)
    vulnerable = models.BooleanField(default=False)
    priority = models.SmallIntegerField()
    first = models.BooleanField(default=False)
    seniority_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    channel = models.SlugField(max_length=16)
    state = models.SlugField(max_length=16, default="waiting")
    reason = models.SlugField(max_length=24, blank=True)
    taken_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    held_seconds = models.PositiveIntegerField(default=0)
    calls = models.PositiveSmallIntegerField(default=0)
    counter = models.ForeignKey("foundation.Counter", models.PROTECT, null=True, related_name="+")
    server = models.ForeignKey("foundation.User", models.PROTECT, null=True, related_name="+")
    promise_low = models.FloatField(null=True)
    promise_high = models.FloatField(null=True)
    promised_by = models.SlugField(max_length=16, blank=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="handed_on")
    public_code = models.CharField(max_length=16, unique=True)
    vendor = models.UUIDField(null=True)
    vendor_ref = models.CharField(max_length=64, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["priority", "-first", "seniority_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "business_date", "letter", "number"], name="ticket_number_once_per_day"
            ),
            models.UniqueConstraint(
                fields=["counter"],
                condition=models.Q(state__in=["called", "serving"], vendor_ref=""),
                name="counter_serves_one_ticket",
            ),
            models.UniqueConstraint(
                fields=["org_unit", "business_date", "vendor", "vendor_ref"],
                condition=~models.Q(vendor_ref=""),
                name="vendor_ticket_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=sorted(STATES)), name="ticket_state_known"),
        ]
        indexes = [models.Index(fields=["org_unit", "business_date", "state", "priority", "seniority_at"])]

    def __str__(self) -> str:
        return self.label
