"""The org tree and what stands inside a branch."""

from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models

from counterpoint.foundation.ids import new_id
from counterpoint.foundation.scope import PRACTICE, lineage
from counterpoint.foundation.scoped_models import PathField, Scoped, ScopedModel


class OrgUnit(Scoped):
    """Headquarters, region, branch, or a group of people across branches with a place of its own in the tree.
    `path` is the materialised path of codes: ``/hq/east/b01/``; those of the practice tree begin with ``~``. A unit of
    that tree may say which live unit it stands for."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters"
        REGION = "region"
        BRANCH = "branch"
        GROUP = "group"
        PRACTICE = "practice"  # the one root of the practice tree, beside headquarters

    path_field: ClassVar[str] = "path"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(unique=True, editable=False)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    rule_pack = models.SlugField(max_length=16, default="cn")
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)  # degrees, WGS 84; with the longitude or not at all
    longitude = models.FloatField(null=True, blank=True)
    stands_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Scoped.Meta):
        abstract = False
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=("headquarters", "practice"), parent__isnull=True)
                | (~models.Q(kind__in=("headquarters", "practice")) & models.Q(parent__isnull=False)),
                name="root_kinds_have_no_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="practice", path="~/") | (~models.Q(kind="practice") & ~models.Q(path="~/")),
                name="practice_path",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180))
                & models.Q(latitude__isnull=False, longitude__isnull=False),
                name="a_place_on_the_globe",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def bank_path(self) -> str:
        """Path of the headquarters that the unit belongs to."""
        return lineage(self.path)[0]

    def date_at(self, at: datetime) -> date:
        """The unit's own date at an instant: in Shanghai it is tomorrow from 16:00 UTC on."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def stamp_path(self) -> None:
        """Path from the parent's; the caller has checked the parent's scope. The practice tree has its own root."""
        if self.kind == self.Kind.PRACTICE:
            self.path = f"{PRACTICE}/"
            return
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"

    def save(self, *args: object, **kwargs: object) -> None:
        self.stamp_path()
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Zone(ScopedModel):
    """A part of the hall: entrance, waiting area, cash counters, self-service, wealth corner."""

    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=60)
    kind = models.SlugField(max_length=32)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "code"], name="zone_code_once_per_branch")]

    def __str__(self) -> str:
        return self.name


class Counter(ScopedModel):
    """A window that a person serves at. `kind` is a slug that the hall's content maps to services."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60, blank=True)
    kind = models.SlugField(max_length=32)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="counters")

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "number"], name="counter_number_once_per_branch")]

    def __str__(self) -> str:
        return self.name or str(self.number)


class Device(ScopedModel):
    """A machine: queue kiosk, ATM/CRS, smart teller, printer, screen. Its state is kept by the room that runs it; out
    of use it keeps its row for its history."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=60)
    kind = models.SlugField(max_length=32)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="devices")
    in_service = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "code"], name="device_code_once_per_branch")]

    def __str__(self) -> str:
        return self.name


class OpeningHours(ScopedModel):
    """One open interval of a weekday, in branch-local minutes after midnight; half-open, up to 24:00 = 1440."""

    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes"), closes__lte=1440, weekday__lte=6),
                name="opening_hours_run_forward",
            ),
            models.UniqueConstraint(fields=["org_unit", "weekday", "opens"], name="opening_starts_once"),
        ]


class SpecialDay(ScopedModel):
    """A dated exception to the weekly hours: closed, or open from `opens` to `closes`."""

    date = models.DateField()
    closed = models.BooleanField(default=False)
    opens = models.PositiveSmallIntegerField(null=True, blank=True)
    closes = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=120)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "date"], name="special_day_once_per_branch")]
