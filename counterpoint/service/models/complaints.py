"""What a complaint has beside its case: the customer's words, the proposal, the report, extensions, lessons, callbacks.

The case (type `service.complaint`) holds owner, clocks, stages and evidence. Columns here that repeat it (level,
stage_kind, breaches, closed_at) are written by the listener in the same transaction, for counting.
"""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Complaint(ScopedModel):
    """A complaint as it came in. `text`, `contact` and `words` are a person's own words and can be erased.

    `customer` is a keyed digest of the contact: equal for the same customer, and no way back. `receipt` opens the
    public page of the state. `spread` maps level to probability; `confirmed_by` is the person who decided the level.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.UUIDField(unique=True)
    channel = models.SlugField(max_length=16)
    language = models.CharField(max_length=8)
    received_at = models.DateTimeField(db_index=True)
    happened_on = models.DateField(null=True)
    receipt = models.CharField(max_length=24, unique=True)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    contact = models.TextField(blank=True)
    customer = models.CharField(max_length=64, blank=True, db_index=True)
    category = models.SlugField(max_length=24)
    cause = models.SlugField(max_length=24, blank=True)
    proposed_level = models.SlugField(max_length=40)
    probability = models.FloatField()
    sure = models.BooleanField()
    spread = models.JSONField(default=dict)
    signals = models.JSONField(default=list)
    words = models.JSONField(default=list)
    photos = models.JSONField(default=list)
    model = models.CharField(max_length=20)
    repeats = models.PositiveSmallIntegerField(default=0)
    level = models.SlugField(max_length=40)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    stage_kind = models.SlugField(max_length=10, default="open")
    cycle = models.PositiveSmallIntegerField(default=1)
    breaches = models.PositiveSmallIntegerField(default=0)
    root_cause = models.SlugField(max_length=24, blank=True)
    satisfied = models.BooleanField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    legal_due_at = models.DateTimeField(null=True)
    merged = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "key"], name="complaint_key_once")]
        indexes = [models.Index(fields=["org_path", "received_at"])]


class Report(ScopedModel):
    """A written rectification report by a pinned template. `texts` maps section to words; `reason` is the region's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="reports")
    template = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    texts = models.JSONField(default=dict)
    state = models.SlugField(max_length=12, default="draft")
    author = models.UUIDField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-saved_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "submitted", "accepted", "returned"]), name="report_state_known"
            ),
            models.UniqueConstraint(fields=["complaint"], name="one_report_a_complaint"),
        ]


class Extension(ScopedModel):
    """A wish for a longer legal clock: `days` in all from receipt, decided by somebody else than who asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    state = models.SlugField(max_length=10, default="asked")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=models.Q(state="asked"), name="one_open_extension_a_complaint"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "granted", "refused"]), name="extension_state_known"
            ),
        ]


class LessonRequest(ScopedModel):
    """What training should make of a closed complaint; the academy takes it up by the door. With state "declined"
    `reason` says why there is none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="lessons")
    cycle = models.PositiveSmallIntegerField()
    level = models.SlugField(max_length=40)
    category = models.SlugField(max_length=24)
    cause = models.SlugField(max_length=24)
    state = models.SlugField(max_length=10, default="asked")
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_as = models.CharField(max_length=120, blank=True)
    declined_by = models.UUIDField(null=True)
    reason = models.TextField(blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "cycle"], name="one_lesson_a_closing"),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "taken", "declined"]), name="lesson_state_known"
            ),
        ]


class Callback(ScopedModel):
    """A call to the customer after closing: due on a date, at most three tries."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="callbacks")
    cycle = models.PositiveSmallIntegerField()
    due_on = models.DateField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.SlugField(max_length=12, blank=True)
    at = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["due_on"]
        constraints = [models.UniqueConstraint(fields=["complaint", "cycle", "due_on"], name="one_callback_a_day")]
