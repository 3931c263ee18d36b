"""Cases, their clocks and what the clocks did, and what people added: notes, files, links, watchers."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Case(ScopedModel):
    """One case. `state` is the fold of its story; stage, level, cycle, owner and due repeat it for searching.

    `stage_kind` is open, doing, resolved, closed or dropped; `rights` is the verb prefix of its type. `title` may
    speak of a person: it never leaves in messages, logs or the journal.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    type = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    pack = models.SlugField(max_length=16)
    rights = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    source = models.CharField(max_length=120, blank=True, db_index=True)
    state = models.JSONField()
    stage = models.SlugField(max_length=40)
    stage_kind = models.SlugField(max_length=10)
    level = models.SlugField(max_length=40)
    cycle = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey("foundation.User", models.PROTECT, null=True, related_name="+")
    opened_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField(db_index=True)
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    breaches = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken_in")
    dim = models.SlugField(max_length=20, blank=True)
    key = models.CharField(max_length=120, null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-opened_at"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "key"], name="case_key_once_per_branch")]
        indexes = [
            models.Index(fields=["org_path", "type", "stage_kind"]),
            models.Index(fields=["owner", "stage_kind"]),
            models.Index(fields=["stage_kind", "due_at"]),
        ]


class CaseClock(ScopedModel):
    """A clock of a cycle as it was computed last: `due_at` and the next step, which the tick looks for. `calendar` is
    the digest of the branch's hours that it was computed with."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    cycle = models.PositiveSmallIntegerField()
    clock = models.SlugField(max_length=40)
    started_at = models.DateTimeField()
    allowed = models.DurationField()
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    next_step = models.SlugField(max_length=16, blank=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    calendar = models.CharField(max_length=16)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["due_at"]
        constraints = [models.UniqueConstraint(fields=["case", "cycle", "clock"], name="case_clock_once")]
        indexes = [models.Index(fields=["stopped_at", "due_at"])]


class CaseEscalation(ScopedModel):
    """An effect of a clock: warned, breached, or a rung climbed. The unique key makes it happen once, whoever races."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="escalations")
    cycle = models.PositiveSmallIntegerField()
    clock = models.SlugField(max_length=40)
    rung = models.SlugField(max_length=16)
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    people = models.JSONField(default=list)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "cycle", "clock", "rung"], name="case_escalates_once")]


ASKED = "asked"  # a note that keeps the key of a request, no words


class CaseNote(ScopedModel):
    """Words that a person added; `text` can be erased, the journal knows only the note's id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    kind = models.SlugField(max_length=16, default="comment")
    text = models.TextField(blank=True)
    key = models.CharField(max_length=120, null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="case_note_key_once")]


class CaseFile(ScopedModel):
    """Evidence: a stored file with the note it came with."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    note = models.ForeignKey(CaseNote, models.PROTECT, related_name="files")
    file = models.ForeignKey("foundation.StoredFile", models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["note", "file"], name="case_file_once_per_note")]


class CaseText(ScopedModel):
    """The value of a private field, apart from the case, so that it can be erased."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="texts")
    field = models.SlugField(max_length=40)
    text = models.TextField(blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["case", "field"], name="case_text_once")]


class CaseLink(ScopedModel):
    """Two cases of a branch that belong together."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked_from")
    kind = models.SlugField(max_length=24, default="related")

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["case", "other", "kind"], name="case_link_once")]


class CaseWatcher(ScopedModel):
    """Who wants to hear of a case that is not theirs."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="watchers")
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_watched_once")]


class CaseFilterSaved(models.Model):
    """A list that a person looks at often: a name and the query of the list page."""

    user = models.ForeignKey("foundation.User", models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="case_filter_once")]
