"""Drills: a day to be played, who plays it, and the log of what was ordered.

All stand at the person's own live branch; what is played with stands in no table of the hall. A session is its game and
its log: everything else can be folded from them again.
"""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id

READY, RUNNING, PAUSED, OVER, VOID = "ready", "running", "paused", "over", "void"
EXAM = "exam"
PURPOSES = ("practice", "lesson", EXAM, "league", "team")
STRICT = (EXAM, "league")  # of these the time is never stopped, and nobody helps
SPEEDS = (0, 1, 2, 5, 10, 20, 60)
MARK_LENGTH = 80


class DrillDay(ScopedModel):
    """A closed day of the branch as a scenario, free of names and words. `payload` is the recorded day, packed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business_date = models.DateField()
    payload = models.BinaryField()
    digest = models.CharField(max_length=64)
    taken_by = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-business_date"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "business_date", "digest"], name="one_drill_day_a_record"),
        ]


class DrillSession(ScopedModel):
    """One play of a day. `game` holds everything that decides it (`playing.Game.to_bytes`), `game_hash` its hash.

    The session's time is a line: at `base_real` it was `base_second` (since midnight), and it runs `speed` times as
    fast; 0 stands still. `parent` was forked at `parent_second`. `head` is the end of the log's chain once it is over.
    The day of an exam ends at second `until`, and whatever second it is by then at the instant `ends_at`; both on the
    bank's clock, as its sitting is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    scenario = models.CharField(max_length=80, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    day = models.ForeignKey(DrillDay, models.PROTECT, null=True, blank=True, related_name="+")
    seed = models.PositiveBigIntegerField(default=0)
    game = models.BinaryField()
    game_hash = models.CharField(max_length=64, db_index=True)
    purpose = models.SlugField(max_length=12, default="practice")
    state = models.SlugField(max_length=8, default=READY)
    base_real = models.DateTimeField()
    base_second = models.PositiveIntegerField()
    speed = models.PositiveSmallIntegerField(default=0)
    world = models.UUIDField(null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    parent_second = models.PositiveIntegerField(null=True, blank=True)
    until = models.PositiveIntegerField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)
    head = models.CharField(max_length=64, blank=True, default="")
    result = models.JSONField(default=dict, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[READY, RUNNING, PAUSED, OVER, VOID]), name="drill_state_known"
            ),
            models.CheckConstraint(condition=models.Q(purpose__in=PURPOSES), name="drill_purpose_known"),
            models.CheckConstraint(condition=models.Q(speed__in=SPEEDS), name="drill_speed_known"),
            models.CheckConstraint(
                condition=~models.Q(state=OVER) | models.Q(over_at__isnull=False), name="drill_over_since"
            ),
        ]


class DrillSeat(ScopedModel):
    """Who plays which post in a session."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(DrillSession, models.CASCADE, related_name="seats")
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    post = models.SlugField(max_length=24)
    joined_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["joined_at"]
        constraints = [models.UniqueConstraint(fields=["session", "post"], name="one_seat_a_post")]


class DrillEvent(ScopedModel):
    """One line of the log, never changed: an order, an answer, a change of speed, a bookmark, an inject by hand.

    `second` counts from midnight of the played day. `state` is the hall as it stood just before an order or answer.
    `key` makes a repeated press the same line. `hash` chains it to the line before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(DrillSession, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    second = models.PositiveIntegerField()
    kind = models.SlugField(max_length=12)  # order, choice, pace, mark, inject, message, join, errand, found, over
    act = models.SlugField(max_length=24, blank=True, default="")
    inputs = models.JSONField(default=dict)
    state = models.JSONField(default=dict, blank=True)
    actor = models.UUIDField(null=True, blank=True)
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="one_drill_line_a_number"),
            models.UniqueConstraint(fields=["session", "key"], name="one_drill_line_a_key"),
        ]


class DrillReference(ScopedModel):
    """The best orders found for a game, by a method that anybody can run again. One a game and method at a branch."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game_hash = models.CharField(max_length=64)
    method = models.CharField(max_length=40)
    orders = models.JSONField()
    loss = models.FloatField()
    floor = models.FloatField(default=0.0)
    nothing = models.FloatField()
    expected = models.JSONField(default=dict, blank=True)  # mean, low, high, days of the advisor over redraws
    tried = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "game_hash", "method"], name="one_drill_reference_a_method"),
        ]
