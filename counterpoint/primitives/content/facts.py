"""Journal entries of decisions on definitions. Reasons are texts of people and go to the private part."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

WHAT = frozenset({"kind", "key", "pack"})

facts.register(
    (
        FactType(
            "primitives.content_proposed", _("New version proposed"), WHAT | {"effective_from", "mark", "based_on"}
        ),
        FactType(
            "primitives.content_approved", _("New version approved"), WHAT | {"effective_from", "mark", "version"}
        ),
        FactType("primitives.content_rejected", _("Proposed version rejected"), WHAT),
        FactType("primitives.content_withdrawn", _("Version withdrawn"), WHAT | {"version"}),
    )
)
