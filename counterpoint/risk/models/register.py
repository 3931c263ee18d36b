"""The register: risks of a branch, their controls and indicators, evidence, and every move of a residual."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class Risk(ScopedModel):
    """A risk of a branch, pinned to the version of its definition. `residual…` repeat the newest move for lists;
    `looked_at` is when evidence was last looked for, whether it moved anything or not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    pack = models.SlugField(max_length=16)
    category = models.SlugField(max_length=16)
    likelihood = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    owner = models.ForeignKey("foundation.User", models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    residual_likelihood = models.FloatField()
    residual_impact = models.FloatField()
    residual = models.FloatField(db_index=True)
    assessed_at = models.DateTimeField()
    looked_at = models.DateTimeField(db_index=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-residual", "key"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "key"], name="risk_once_per_branch"),
            models.CheckConstraint(
                condition=models.Q(likelihood__range=(1, 5), impact__range=(1, 5)), name="risk_grades_are_one_to_five"
            ),
        ]


class RiskControl(ScopedModel):
    """A control of a risk as its newest test left it; `effect` is what the formula makes of all its evidence."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="controls")
    slug = models.SlugField(max_length=40)
    kind = models.SlugField(max_length=12)
    effect = models.FloatField(default=0.0)
    last_result = models.FloatField(null=True)
    last_at = models.DateTimeField(null=True)
    last_source = models.CharField(max_length=120, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["risk", "slug"], name="risk_control_once")]


class RiskIndicator(ScopedModel):
    """A metric that warns of a risk, as it was read last. `state`: fine, breached, few, none."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="indicators")
    metric = models.CharField(max_length=80)
    state = models.SlugField(max_length=10, default="none")
    value = models.FloatField(null=True)
    rows = models.PositiveIntegerField(default=0)
    period = models.CharField(max_length=24, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["risk", "metric"], name="risk_indicator_once")]


class RiskEvidence(ScopedModel):
    """Something that happened and that the residual rests on. `source` says where to look: ``round:…``, ``play:…``,
    ``case:…``, ``metric:…``; the same source counts once. Taken back, it stays on record and counts nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="evidence")
    control = models.SlugField(max_length=40, blank=True)
    kind = models.SlugField(max_length=10)
    value = models.FloatField()
    at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=120)
    retracted_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["risk", "control", "source"], name="risk_evidence_once")]
        indexes = [models.Index(fields=["source"])]


class RiskMove(ScopedModel):
    """A move of the residual and what moved it: registered, test, drill, incident, metric or
    retracted; time only in what earlier versions kept."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="moves")
    at = models.DateTimeField(db_index=True)
    cause = models.SlugField(max_length=12)
    source = models.CharField(max_length=120, blank=True)
    likelihood = models.FloatField()
    impact = models.FloatField()
    before = models.FloatField(null=True)
    after = models.FloatField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-at", "-id"]
