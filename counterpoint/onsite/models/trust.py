"""What the branch's own tickets say of its twin, and whether the twin may be believed."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id

PASSED, FAILED, NOT_JUDGED = "passed", "failed", "not_judged"


class TwinCheck(ScopedModel):
    """One check: fitted on the days `since`–`until`, judged on the later days to `judged_until`. Never changed.

    `fitted` is the branch model with the fitted values, `values` what was fitted with interval and origin, `verdict`
    the gate's answer with the numbers behind its pictures; `simulated` says that the history itself was simulated.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    made_at = models.DateTimeField()
    since = models.DateField()
    until = models.DateField()
    judged_since = models.DateField()
    judged_until = models.DateField()
    tickets = models.PositiveIntegerField()
    simulated = models.BooleanField(default=False)
    status = models.SlugField(max_length=16)
    gate = models.PositiveSmallIntegerField()
    fitted = models.JSONField()
    values = models.JSONField()
    verdict = models.JSONField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[PASSED, FAILED, NOT_JUDGED]), name="twin_check_status_known"
            )
        ]
        indexes = [models.Index(fields=["org_unit", "-made_at"])]
