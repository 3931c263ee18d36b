"""The relation of numbers that other systems keep."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from counterpoint.analytics.models import ImportedNumber
from counterpoint.analytics.series import RELATION
from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.metrics import Relation, Touch, register_relation

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {"series": "word", "person": "word", "amount": "number", "base": "number"}
NAMES = {"series": _("Series"), "person": _("Person"), "amount": _("Amount"), "base": _("Divided by")}


def imported(scope: Scope, branch: OrgUnit, since: date, until: date) -> "pd.DataFrame":
    """One row a series, date and person (none: of the whole branch, which leaves its people's rows out)."""
    import pandas as pd

    with scoped(scope):
        mine = ImportedNumber.objects.filter(org_unit=branch, date__gte=since, date__lt=until)
        rows: list[tuple[Any, ...]] = list(mine.values_list("date", "series", "person", "amount", "base"))
    frame = pd.DataFrame(rows, columns=["date", *COLUMNS])
    frame["person"] = frame["person"].where(frame["person"] != "", None)
    return frame


def touched(touch: Touch) -> list[date]:
    """Dates that an import names."""
    since, until = date.fromisoformat(touch.data["since"]), date.fromisoformat(touch.data["until"])
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


register_relation(
    Relation(
        RELATION, COLUMNS, imported, {"zh-hans": "外部系统导入的数", "en": "numbers of other systems"}, NAMES,
        facts=("analytics.numbers_imported",), days=touched, label="series",
    )
)  # fmt: skip
