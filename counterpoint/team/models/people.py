"""A person's contract and skills at a branch, and what they ask of the roster."""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id


class StaffProfile(ScopedModel):
    """What the roster must know of a person at one branch. Minutes are per ISO week unless said otherwise."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    contract_minutes = models.PositiveIntegerField(default=2400)
    min_week_minutes = models.PositiveIntegerField(default=0)
    min_day_minutes = models.PositiveIntegerField(default=240)
    max_day_minutes = models.PositiveIntegerField(default=480)
    overtime_agreed = models.PositiveIntegerField(default=0)
    speed = models.FloatField(default=1.0)
    protected = models.BooleanField(default=False)
    floats = models.BooleanField(default=False)  # may work whole days at a near branch
    active = models.BooleanField(default=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "user"], name="one_profile_per_person_and_branch"),
            models.CheckConstraint(
                condition=models.Q(speed__gt=0, min_week_minutes__lte=models.F("contract_minutes")),
                name="profile_is_workable",
            ),
        ]


class SkillGrant(ScopedModel):
    """A skill that a person holds, with level 1–5; not valid after `expires_on` (empty: no expiry)."""

    profile = models.ForeignKey(StaffProfile, models.CASCADE, related_name="skills")
    skill = models.SlugField(max_length=32)
    level = models.PositiveSmallIntegerField(default=1)
    expires_on = models.DateField(null=True, blank=True)
    certificate = models.CharField(max_length=120, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["skill"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "skill"], name="skill_once_per_person"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=5), name="skill_level_1_to_5"),
        ]


class LeaveRequest(ScopedModel):
    """Time a person cannot work, whole days, half of one or a span; binding for the roster once approved."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    KINDS = ("annual", "sick", "training", "nursing", "other")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey(StaffProfile, models.PROTECT, related_name="leaves")
    kind = models.SlugField(max_length=16)
    since = models.DateField()
    until = models.DateField()  # last day, inclusive: people say "until Friday"
    start = models.PositiveSmallIntegerField(default=0)
    end = models.PositiveSmallIntegerField(default=1440)
    half = models.CharField(max_length=9, default="", blank=True)  # morning or afternoon of one day; start, end say it
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["since", "requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since"), end__gt=models.F("start"), end__lte=1440),
                name="leave_runs_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(half="") | models.Q(half__in=("morning", "afternoon"), until=models.F("since")),
                name="half_days_are_single",
            ),
        ]


class Preference(ScopedModel):
    """A standing wish for a weekday: off, early, late, work or avoid; weight 1 (mild) to 5 (strong)."""

    KINDS = ("off", "early", "late", "work", "avoid")

    profile = models.ForeignKey(StaffProfile, models.CASCADE, related_name="preferences")
    weekday = models.PositiveSmallIntegerField()
    kind = models.SlugField(max_length=8)
    minute = models.PositiveSmallIntegerField(default=0)
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "weekday", "kind"], name="wish_once_per_weekday"),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6, weight__gte=1, weight__lte=5), name="wish_is_sane"
            ),
        ]
