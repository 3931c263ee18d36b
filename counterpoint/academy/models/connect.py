"""Other systems that the academy is connected to: record stores that are told what was learnt, and learning systems
that people come from.

A connection stands at the unit that made it and speaks of that unit and what lies below it.
"""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id

STORE, PLATFORM = "store", "platform"


class Connection(ScopedModel):
    """A record store (xAPI) or a learning system (LTI 1.3). `home` is the product's own address as the other side sees
    it; `settings` what the other side is called and where it answers; `sealed` the secret, encrypted.

    `reached` is the last entry of the journal that a store has been told of.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.SlugField(max_length=12)
    name = models.CharField(max_length=80)
    home = models.CharField(max_length=200)
    settings = models.JSONField()
    sealed = models.TextField(blank=True, default="")
    active = models.BooleanField(default=True)
    reached = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "name"], name="one_connection_a_name"),
            models.CheckConstraint(condition=models.Q(kind__in=[STORE, PLATFORM]), name="connection_kind_known"),
        ]


class LtiLink(ScopedModel):
    """Who a learning system's account is: made once, by the person signed in here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="links")
    account = models.CharField(max_length=255)  # the platform's `sub`
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["connection", "account"], name="one_person_an_account")]


class LtiLaunch(ScopedModel):
    """Somebody came from a learning system to a lesson; its grade goes back to `line_item` once the lesson is passed.
    `nonce` is used once. `code` finds the launch until it is claimed by the person signed in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="launches")
    nonce = models.CharField(max_length=64)
    account = models.CharField(max_length=255)
    told_name = models.CharField(max_length=120, blank=True, default="")
    lesson = models.CharField(max_length=80)
    line_item = models.CharField(max_length=500, blank=True, default="")
    user = models.ForeignKey("foundation.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    graded_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["connection", "nonce"], name="a_nonce_is_used_once")]
