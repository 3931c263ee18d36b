"""Practice worlds: a few branches copied into the practice tree for somebody to learn on."""

from datetime import datetime

from django.db import models

from counterpoint.foundation.clock import Pace
from counterpoint.foundation.ids import new_id
from counterpoint.foundation.scoped_models import ScopedModel


class PracticeWorld(ScopedModel):
    """One world; `org_unit` is its top, of kind region. Its time is a line through two points: at `base_real` of the
    host's clock it was `base_world`, and it runs `speed` times as fast (0: it stands still)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    made_for = models.UUIDField()
    title = models.CharField(max_length=120)
    base_real = models.DateTimeField()
    base_world = models.DateTimeField()
    speed = models.FloatField(default=1.0)
    ran_at = models.DateTimeField()  # of its own time: until then everything due has happened
    begins_at = models.DateTimeField(null=True)  # of its own time; None in worlds from before this was kept
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["made_at"]
        constraints = [models.UniqueConstraint(fields=["org_unit"], name="one_world_a_top")]

    def now(self, real: datetime) -> datetime:
        """The world's time at an instant of the host's clock; never before the last work that was done in it."""
        return max(self.ran_at, Pace(self.base_real, self.base_world, self.speed).at(real))
