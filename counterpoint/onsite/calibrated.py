"""The newest check of a branch's twin, and what follows from it."""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from counterpoint.foundation.api import OrgUnit
from counterpoint.onsite.catalogue import Catalogue
from counterpoint.onsite.models import TwinCheck
from counterpoint.onsite.models.trust import PASSED

if TYPE_CHECKING:
    from counterpoint.science import twin


def newest(branch: OrgUnit, *columns: str) -> TwinCheck | None:
    """The newest check, in the caller's scope; only these columns when named."""
    rows = TwinCheck.objects.filter(org_unit=branch).order_by("-made_at")
    return (rows.only(*columns) if columns else rows).first()


def barred(branch: OrgUnit, content: Catalogue) -> bool:
    """Whether advice is kept back here: the rules say so and the newest check has not passed; in the caller's scope."""
    if content.advice.uncalibrated != "block":
        return False
    check = newest(branch, "id", "status")
    return check is None or check.status != PASSED


def with_fit(model: "twin.BranchModel", fitted: str) -> "twin.BranchModel":
    """The model with the times, tiers, patience, pace and pickup that a check found (`TwinCheck.fitted`, JSON text)."""
    found = _read(fitted)
    times, tiers = {s.code: s.counter for s in found.services}, {t.code: t for t in found.tiers}
    if set(tiers) != {t.code for t in model.tiers}:  # content has changed since: keep its tiers
        tiers = {}
    return replace(
        model, services=tuple(replace(s, counter=times.get(s.code, s.counter)) for s in model.services),
        tiers=tuple(
            replace(t, share=tiers[t.code].share, patience_factor=tiers[t.code].patience_factor) if tiers else t
            for t in model.tiers
        ),
        patience=found.patience, balking=found.balking, pace=found.pace, pickup=found.pickup,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _read(fitted: str) -> "twin.BranchModel":
    from counterpoint.science import twin

    return twin.BranchModel.from_json(fitted)
