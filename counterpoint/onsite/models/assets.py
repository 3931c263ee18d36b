"""What stands in a branch beyond the queue: dates, faults, and what was seen in photos."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Asset(ScopedModel):
    """The papers of a device: every asset is one of the foundation's devices, whose code, kind and zone it has.

    `next_due_at` is the moment of the next step that the tick takes (a warning or the day after `due_on`); `told` the
    last step taken, as ``<due date>:<soon|late>``. `public_code` is in the QR code on the thing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    device = models.OneToOneField("foundation.Device", models.PROTECT, related_name="asset")
    serial = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=80, blank=True)
    made_on = models.DateField(null=True)
    installed_on = models.DateField(null=True)
    serviced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    due_why = models.SlugField(max_length=16, blank=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    told = models.CharField(max_length=24, blank=True)
    due_case = models.UUIDField(null=True)
    public_code = models.CharField(max_length=16, unique=True)
    added_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["device__kind", "device__code"]


class AssetFault(ScopedModel):
    """One fault, from when it was known to when it worked again. A public report is `sure` once staff confirmed it.

    `extent` says how far it did not work (`science.reliability.EXTENTS`); `planned` is approved maintenance, which is
    no fault. What people wrote stands in the case, never here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="faults")
    extent = models.SlugField(max_length=16, default="full")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    source = models.SlugField(max_length=16)
    sure = models.BooleanField(default=True)
    planned = models.BooleanField(default=False)
    reports = models.PositiveSmallIntegerField(default=1)
    case = models.UUIDField(null=True, db_index=True)
    reported_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"], condition=models.Q(ended_at__isnull=True), name="one_open_fault_per_asset"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
                name="fault_runs_forward",
            ),
        ]
        indexes = [models.Index(fields=["org_path", "began_at"])]


class PhotoPrint(ScopedModel):
    """What a handed-in photo looks like, to know it when it comes again: hash of the bytes sent, 128 bits of the look.

    `source` names what it belongs to (``round:<id>:<item>``); `digest` and `source` are unique together.
    """

    digest = models.CharField(max_length=64, db_index=True)
    bits = models.CharField(max_length=32)
    source = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "digest", "source"], name="print_once_per_source")]
