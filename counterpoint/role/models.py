"""What is known of people's abilities: evidence that only grows, and what observers marked once a quarter.

Levels are stored nowhere: they are computed from the evidence at the moment of reading. Rows stand at the unit where
the person worked when they came about.
"""

from django.db import models

from counterpoint.foundation.api import ScopedModel, new_id

EXAM, SIMULATOR, LIVE, LEARNING = "exam", "simulator", "live", "learning"
SELF, PEER, LEAD = "self", "peer", "lead"


class CompetenceEvidence(ScopedModel):
    """One piece of evidence about one competency of one person. `ref` names what it came from, such as
    ``academy.lesson:<id>``, so that the same thing counts once; `version` is that of the competency then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    competency = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    source = models.SlugField(max_length=12)
    score = models.FloatField()
    size = models.FloatField()
    ref = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "competency", "ref"], name="evidence_counts_once"),
            models.CheckConstraint(
                condition=models.Q(source__in=[EXAM, SIMULATOR, LIVE, LEARNING]), name="evidence_source_known"
            ),
            models.CheckConstraint(
                condition=models.Q(score__range=(0, 1)) & models.Q(size__gt=0) & models.Q(size__lte=1),
                name="evidence_score_and_size",
            ),
        ]  # fmt: skip


class Observation(ScopedModel):
    """What one observer marked of one person in a quarter (its first day): `levels` is competency → 1–5. The person's
    own marks stand beside the others' and count for nothing; those of peers are shown from three on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    rater = models.ForeignKey("foundation.User", models.PROTECT, related_name="+")
    relation = models.SlugField(max_length=8)
    quarter = models.DateField()
    levels = models.JSONField()
    at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["-quarter", "-at"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "user", "rater", "quarter"], name="one_observation_a_quarter"),
            models.CheckConstraint(
                condition=models.Q(relation__in=[SELF, PEER, LEAD]), name="observation_relation_known"
            ),
            models.CheckConstraint(
                condition=models.Q(relation=SELF, user=models.F("rater"))
                | (~models.Q(relation=SELF) & ~models.Q(user=models.F("rater"))),
                name="observation_of_oneself_is_self",
            ),
        ]  # fmt: skip
