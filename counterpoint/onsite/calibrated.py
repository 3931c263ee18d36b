"""The newest check of a branch's twin, and what follows from it."""

from counterpoint.foundation.api import OrgUnit
from counterpoint.onsite.catalogue import Catalogue
from counterpoint.onsite.models import TwinCheck
from counterpoint.onsite.models.trust import PASSED


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
