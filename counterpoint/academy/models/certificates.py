"""Certificates: who holds which until when, on what evidence, and the badge that says so outside the house.

All stand at the holder's own live branch. What was awarded is never changed; only its state goes on.
"""

from django.db import models

from counterpoint.academy.rules.bits import STATUS_BITS
from counterpoint.foundation.api import ScopedModel, new_id

VALID, RENEWED, EXPIRED, REVOKED = "valid", "renewed", "expired", "revoked"


class Certificate(ScopedModel):
    """A certificate in the version it was awarded in. `since` and `until` are local days, both included.

    `evidence` is [{source, key, on, ref, digest}]; `badge` the signed credential of `issuer`. `status_list` is the year
    of the award, `status_index` its bit in that list. `renews` is the certificate that this one took over from.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    state = models.SlugField(max_length=8, default=VALID)
    since = models.DateField()
    until = models.DateField(db_index=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    evidence = models.JSONField(default=list)
    public_code = models.CharField(max_length=16, unique=True)
    issuer = models.CharField(max_length=300)
    badge = models.TextField()
    status_list = models.PositiveSmallIntegerField()
    status_index = models.PositiveIntegerField()
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    awarded_by = models.UUIDField()
    awarded_at = models.DateTimeField()
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    show_name = models.BooleanField(default=False)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-since", "-awarded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], condition=models.Q(state=VALID), name="one_valid_certificate_of_a_kind"
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="one_certificate_a_status_bit"),
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="certificate_runs_forward"),
            models.CheckConstraint(
                condition=models.Q(state__in=[VALID, RENEWED, EXPIRED, REVOKED]), name="certificate_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=REVOKED) | ~models.Q(reason=""), name="revoked_certificate_has_its_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(status_index__lt=STATUS_BITS), name="status_bit_within_its_list"
            ),
        ]  # fmt: skip
