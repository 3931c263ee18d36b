"""The relation of numbers that other systems keep."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from counterpoint.analytics.models import ImportedNumber
from counterpoint.analytics.series import RELATION
from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.metrics import Relation, Touch, by_branch, register_relation

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {"series": "word", "person": "word", "amount": "number", "base": "number"}
NAMES = {"series": _("Series"), "person": _("Person"), "amount": _("Amount"), "base": _("Divided by")}


def imported(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> "Mapping[Any, pd.DataFrame]":
    """One row a series, date and person (none: of the whole branch, which leaves its people's rows out)."""
    with scoped(scope):
        mine = ImportedNumber.objects.filter(org_unit__in=list(branches), date__gte=since, date__lt=until)
        rows = list(mine.values_list("org_unit_id", "date", "series", "person", "amount", "base"))
    told = ((unit, (on, key, person or None, amount, base)) for unit, on, key, person, amount, base in rows)
    return by_branch(branches, told, COLUMNS)


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
