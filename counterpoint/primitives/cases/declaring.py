"""The content kind of case types, declared once with its worked examples."""

from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import roles
from counterpoint.primitives.cases import worked
from counterpoint.primitives.cases.labels import CASES
from counterpoint.primitives.cases.types import CASE_TYPES, CaseType
from counterpoint.primitives.content import Kind, declare


def _references(kind: CaseType) -> list[tuple[str, str]]:
    """A right that nobody declared shows as a dangling reference."""
    return [] if roles.declared(kind.verb("view")) else [("rights", kind.rights)]


declare(
    Kind(
        CASE_TYPES,
        type=CaseType,
        references=_references,
        check_example=worked.wrong,
        title=gettext_lazy("Kinds of case"),
        labels=CASES,
        pages=((gettext_lazy("Cases"), "primitives:cases"),),
    )
)
