"""The journal, files, jobs and messages: the records every room writes through foundation."""

from django.db import models

from counterpoint.foundation.ids import new_id
from counterpoint.foundation.scoped_models import ScopedModel


class JournalHead(models.Model):
    """The last link of one org unit's chain; its row lock serialises writers of that chain only."""

    org_unit = models.OneToOneField("foundation.OrgUnit", models.PROTECT, primary_key=True, related_name="+")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")


class JournalEntry(ScopedModel):
    """One state change: audit trail, fact log and timeline in one. Append-only (triggers refuse the rest)."""

    id = models.BigAutoField(primary_key=True)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=64, db_index=True)
    actor = models.UUIDField(null=True)
    subject = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "seq"], name="journal_seq_once_per_chain")]
        indexes = [models.Index(fields=["org_path", "kind", "at"]), models.Index(fields=["subject"])]


class JournalText(ScopedModel):
    """Personal text of an entry, kept apart: the chain holds a salted commitment, so that erasing the text leaves the
    chain valid."""

    entry = models.OneToOneField(JournalEntry, models.PROTECT, related_name="text")
    salt = models.CharField(max_length=32)
    text = models.JSONField()

    class Meta(ScopedModel.Meta):
        abstract = False


class StoredFile(ScopedModel):
    """A file whose bytes lie under their hash outside the web root."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField()
    stored_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False


class JobRun(ScopedModel):
    """A durable piece of background work; `key` makes asking twice harmless."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    progress = models.FloatField(default=0)
    message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    requested_by = models.UUIDField(null=True)
    requested_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, db_index=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["state", "lease_until"])]


class Channel(ScopedModel):
    """Where messages go: an Apprise URL (WeCom, DingTalk, Feishu, mail, webhook), stored encrypted. `target` is what
    may be shown of it. Removed, the row stays for its messages without its address."""

    name = models.CharField(max_length=60)
    url = models.TextField()
    active = models.BooleanField(default=True)
    kind = models.SlugField(max_length=16, blank=True, default="")
    target = models.CharField(max_length=200, blank=True, default="")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False


class Message(ScopedModel):
    """An outbox row: written in the transaction of its cause, delivered by the tick, at most one row per dedupe key."""

    across_branches = ("channel",)  # headquarters' channel may carry a branch's message

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dedupe = models.CharField(max_length=160, unique=True)
    recipient = models.ForeignKey("foundation.User", models.PROTECT, null=True, related_name="messages")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True)
    title = models.CharField(max_length=160)
    body = models.TextField()
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-created_at"]


class Heartbeat(models.Model):
    """Proof of life of a background loop; `doctor` and /readyz look at its age."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
