"""What the supervisor moves: windows, people on duty, diversion."""

from django.db import models

from counterpoint.foundation.api import ScopedModel


class Window(ScopedModel):
    """The state of a counter. `services` narrows what it calls; empty means everything its kind and person can do."""

    counter = models.OneToOneField("foundation.Counter", models.PROTECT, related_name="window")
    open = models.BooleanField(default=False)
    since = models.DateTimeField()
    services = models.JSONField(default=list)

    class Meta(ScopedModel.Meta):
        abstract = False


class Duty(ScopedModel):
    """Where a person is today: at a counter, in the lobby, in the back office, on a break, or gone.

    On a break `counter` keeps the counter to come back to. `skills` empty means all.
    """

    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    business_date = models.DateField()
    place = models.SlugField(max_length=16)
    counter = models.ForeignKey("foundation.Counter", models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    break_until = models.DateTimeField(null=True)
    skills = models.JSONField(default=list)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "user", "business_date"], name="duty_once_per_person_and_day"),
            models.UniqueConstraint(
                fields=["counter", "business_date"], condition=models.Q(place="counter"), name="one_person_at_a_counter"
            ),
        ]


class Diversion(ScopedModel):
    """The share (0–1) of a service's customers whom the lobby manager guides to machines, from now on."""

    service = models.SlugField(max_length=32)
    share = models.FloatField()
    set_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "service"], name="diversion_once_per_service"),
            models.CheckConstraint(condition=models.Q(share__gte=0, share__lte=1), name="diversion_is_a_share"),
        ]
