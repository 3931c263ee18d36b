"""What the canary crawl plants of this room: a piece of evidence and an observation, at the foreign branch."""

from counterpoint.foundation.api import scoped
from counterpoint.role import api
from counterpoint.role.models import CompetenceEvidence


def plant(bank, branch, mark):
    """The Stranger passed something that bears the mark, and marked herself."""
    stranger = bank.scope("Stranger")
    person = bank.people["Stranger"].pk
    here = {"scope": stranger, "unit": branch, "user": person, "now": bank.now}
    api.competence_observe(**here, levels={"role.complaints": 4})
    with scoped(stranger):
        CompetenceEvidence(
            org_unit=branch, user_id=person, competency="role.complaints", version=1, source="learning", score=1.0,
            size=0.2, ref=f"{mark}:1", at=bank.now,
        ).save(force_insert=True)  # fmt: skip
