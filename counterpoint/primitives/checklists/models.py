"""Rounds, what was answered by whom, the pictures, and what came in from phones."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Round(ScopedModel):
    """One walk through a checklist, pinned to its version. `slot` names the scheduled period; `key` is the client's."""

    class State(models.TextChoices):
        DUE = "due"
        OPEN = "open"
        SUBMITTED = "submitted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    checklist = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    pack = models.CharField(max_length=16)
    asset = models.CharField(max_length=32, blank=True)
    business_date = models.DateField()
    slot = models.CharField(max_length=160, blank=True)
    key = models.CharField(max_length=80, blank=True)
    phase = models.SlugField(max_length=16, blank=True)
    role = models.SlugField(max_length=32, blank=True)
    assignee = models.ForeignKey("foundation.User", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    late_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    started_by = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    percent = models.FloatField(null=True)
    passed = models.BooleanField(null=True)
    result = models.JSONField(default=dict)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-business_date", "-id"]
        indexes = [models.Index(fields=["org_path", "state", "business_date"])]
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "slot"], condition=~models.Q(slot=""), name="round_once_per_slot"
            ),
            models.UniqueConstraint(fields=["org_unit", "key"], condition=~models.Q(key=""), name="round_once_per_key"),
        ]

    @property
    def refs(self) -> tuple[str, ...]:
        """Every name that a phone may know the round by."""
        return tuple(filter(None, (str(self.pk), self.key)))


class AnswerEntry(ScopedModel):
    """One answer as it was captured; never changed. `at_claim` is what the device's clock said, kept as a claim."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="entries")
    item = models.SlugField(max_length=48)
    key = models.CharField(max_length=80)
    device = models.CharField(max_length=80, blank=True)
    seq = models.PositiveBigIntegerField()
    base = models.CharField(max_length=80, blank=True)
    value = models.JSONField(null=True)
    files = models.JSONField(default=list)
    person = models.UUIDField(null=True)
    at_claim = models.DateTimeField(null=True)
    received_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "device", "key"], name="answer_entry_once")]
        indexes = [models.Index(fields=["round", "item"])]


class Answer(ScopedModel):
    """The answer that counts: who gave it and when is set by the server, and cleared when the answer is taken back."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="answers")
    item = models.SlugField(max_length=48)
    value = models.JSONField(null=True)
    files = models.JSONField(default=list)
    entry = models.CharField(max_length=80)
    seq = models.PositiveBigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    contested = models.BooleanField(default=False)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="answer_once_per_item")]


class Upload(ScopedModel):
    """A picture that came in, by the hash of the bytes that were sent (the stored ones are re-encoded)."""

    digest = models.CharField(max_length=64)
    file = models.ForeignKey("foundation.StoredFile", models.PROTECT, related_name="+")
    taken_claim = models.DateTimeField(null=True)
    received_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit", "digest"], name="upload_once_per_content")]


class Evidence(ScopedModel):
    """A picture of an answer: what the checks on the machine say of it, and what a person confirmed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="evidence")
    item = models.SlugField(max_length=48)
    digest = models.CharField(max_length=64)
    file = models.ForeignKey("foundation.StoredFile", models.PROTECT, related_name="+")
    checks = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField(null=True)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "item", "digest"], name="evidence_once")]


class SyncItem(ScopedModel):
    """A message of a client by its key: what came (hash), what became of it, and what was answered first.

    `state` is ``applied``, ``held`` (waits for what must come before it), ``quarantined`` with a `reason`, or, once a
    leader has seen to what was set aside, ``settled``, or ``noted`` in its round's record.
    """

    device = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=80)
    seq = models.PositiveBigIntegerField(default=0)
    kind = models.SlugField(max_length=16)
    round_ref = models.CharField(max_length=80, blank=True, db_index=True)
    digest = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    state = models.SlugField(max_length=16)
    reason = models.CharField(max_length=200, blank=True)
    answer = models.JSONField(default=dict)
    person = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_index=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "device", "key"], name="sync_item_once")]
