"""What is said of a played day, rounds of the ghost league, and choices made beside the own live day.

All stand at the person's own live branch, but a round, which stands at the unit that opened it. A judgement can be made
again from game and log at any time; it is kept so that a page need not wait for it.
"""

from django.db import models

from counterpoint.academy.models.drill import DrillSession
from counterpoint.foundation.api import ScopedModel, new_id


class Judgement(ScopedModel):
    """A session that is over, judged by a `formula`: the way of judging and how long the reference was searched for.
    `data` is plain JSON (`debrief.judging`); `regret` is minutes an hour before the event, the figure that ranks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(DrillSession, models.CASCADE, related_name="judgements")
    formula = models.CharField(max_length=40)
    data = models.JSONField()
    regret = models.FloatField()
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["session", "formula"], name="one_judgement_a_formula")]


class LeagueRound(ScopedModel):
    """The same days for everybody: a scenario `key` and its `seeds`, played between two moments, each seed once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=80)
    seeds = models.JSONField()
    post = models.SlugField(max_length=24, default="supervisor")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(db_index=True)
    opened_by = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="a_round_closes_after_it_opens"
            )
        ]  # fmt: skip


class LeagueRun(ScopedModel):
    """One person's play of one seed of a `round`, which stands at a unit above and so has no foreign key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.UUIDField(db_index=True)
    session = models.OneToOneField(DrillSession, models.PROTECT, related_name="league_run")
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    seed = models.PositiveBigIntegerField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["round", "seed"]
        constraints = [models.UniqueConstraint(fields=["round", "user", "seed"], name="each_seed_once")]


class ShadowChoice(ScopedModel):
    """What a person would have done at a minute of the own live day; the hall never hears of it. `regret` is filled
    once the day is closed: value, low, high in minutes, or empty where the twin could not picture the choice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    business_date = models.DateField()
    minute = models.PositiveSmallIntegerField()
    decision = models.JSONField()
    at = models.DateTimeField()
    regret = models.JSONField(default=dict, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["business_date", "minute"]
        constraints = [
            models.UniqueConstraint(fields=["user", "business_date", "minute"], name="one_shadow_choice_a_point")
        ]


class ShadowDay(ScopedModel):
    """A person's choices of a closed day together: how many were judged, their mean regret in minutes a point, and what
    kind of day it was (`regimes`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    business_date = models.DateField()
    points = models.PositiveSmallIntegerField()
    mean = models.FloatField()
    regimes = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["business_date"]
        constraints = [models.UniqueConstraint(fields=["user", "business_date"], name="one_shadow_day")]
