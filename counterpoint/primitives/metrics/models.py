"""What numbers leave behind: states of parts by day, targets of units, alarms, and what was muted."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class MetricCell(ScopedModel):
    """The state of one part (see `definition.Part.signature`) on one business date of a branch: a cache of rows.

    `steps` is the packed spread, `margins` the same states by hour, person and post. A date that is covered and has no
    cell had no rows.
    """

    part = models.CharField(max_length=24)
    date = models.DateField()
    n = models.PositiveIntegerField()
    total = models.FloatField()
    squares = models.FloatField()
    steps = models.BinaryField(null=True)
    margins = models.BinaryField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit", "part", "date"], name="metric_cell_once")]
        indexes = [models.Index(fields=["part", "date"])]


class MetricCover(ScopedModel):
    """Of which dates of a branch the cells of a relation stand: `since` to `until` (exclusive), for these parts; with
    margins from `margins_since` on. `seen` is the newest journal entry that was there when they were made: later ones
    may have changed rows.
    """

    relation = models.CharField(max_length=64)
    since = models.DateField()
    margins_since = models.DateField()
    until = models.DateField()
    parts = models.JSONField(default=list)
    seen = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "relation"], name="metric_cover_once"),
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="metric_cover_runs_forward"),
        ]


class MetricTarget(ScopedModel):
    """What a unit is to reach from a date on. Never changed: a new version begins, the older one stays for its time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    metric = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["metric", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "metric", "version"], name="metric_target_version_once"),
            models.CheckConstraint(
                condition=models.Q(low__isnull=False) | models.Q(high__isnull=False), name="metric_target_has_a_side"
            ),
        ]


class MetricAlarm(ScopedModel):
    """A number off course, a feed that fell silent, or an alarm that itself failed; once for each period.

    `rule` is the threshold's slug, ``silence``, ``never`` or ``failure``. `found` keeps the numbers as they were
    judged, `cause` what moved; `started` names the case or playbook that it began.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SEEN = "seen"
        OVER = "over"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    metric = models.CharField(max_length=64)
    rule = models.SlugField(max_length=40)
    period = models.CharField(max_length=16)
    level = models.SlugField(max_length=8)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    muted = models.BooleanField(default=False)
    found = models.JSONField(default=dict)
    cause = models.JSONField(default=dict)
    started = models.CharField(max_length=80, blank=True)
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.UUIDField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "metric", "rule", "period"], name="metric_alarm_once_for_each_period"
            )
        ]
        indexes = [models.Index(fields=["org_unit", "state", "-raised_at"])]


class MetricMute(ScopedModel):
    """A metric's alarms at a unit tell nobody until a date, for a reason that somebody gave."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    metric = models.CharField(max_length=64)
    until = models.DateField()
    reason = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["org_unit", "metric", "until"])]


class MetricRound(ScopedModel):
    """How far the watch has come at a branch: the last date that was judged as over, and when it looked last."""

    judged = models.DateField()
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit"], name="metric_round_once")]


class MetricPeers(ScopedModel):
    """How like branches stand in a period, as this branch may know it: quartiles and how many, no branch by name."""

    metric = models.CharField(max_length=64)
    period = models.CharField(max_length=16)
    count = models.PositiveSmallIntegerField()
    low = models.FloatField()
    middle = models.FloatField()
    high = models.FloatField()
    rank = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["org_unit", "metric", "period"], name="metric_peers_once")]
