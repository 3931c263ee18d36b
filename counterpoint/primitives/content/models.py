"""What headquarters decides on top of the definitions in files: proposals, and the versions that come of them."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from counterpoint.foundation.api import ScopedModel, new_id


class ContentVersion(ScopedModel):
    """A version of a definition, proposed by one person and decided on by another. Belongs to the headquarters.

    `text` is YAML of the body and its examples. A version gets its number when it is approved; after that only a
    withdrawal before its first day changes the row.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.SlugField(max_length=64)
    key = models.CharField(max_length=100)
    pack = models.SlugField(max_length=16, default="any")
    version = models.PositiveIntegerField(null=True)
    based_on = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=1)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    text = models.TextField()
    why = models.CharField(max_length=500)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "kind", "key", "version"],
                condition=Q(version__isnull=False),
                name="content_version_number_once",
            ),
            models.UniqueConstraint(
                fields=["org_unit", "kind", "key", "pack"],
                condition=Q(state="proposed"),
                name="content_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", version__isnull=False, decided_by__isnull=False)
                | Q(state="withdrawn")
                | Q(state__in=("proposed", "rejected"), version__isnull=True),
                name="content_version_is_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(proposed_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="content_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="content_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}@{self.version or '?'}"


class ContentStamp(ScopedModel):
    """Changes with every decision that readers must see; one row a bank. Another value each time, never an old one."""

    stamp = models.UUIDField(default=new_id)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit"], name="content_stamp_once_a_bank")]

    def renew(self, **kwargs: Any) -> None:
        """Another stamp."""
        self.stamp = new_id()
        self.save(**kwargs)
