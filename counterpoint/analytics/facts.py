"""Kinds of journal entries that `analytics` writes."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

facts.register(
    (
        FactType(
            "analytics.numbers_imported",
            _("Numbers of other systems imported"),
            frozenset({"rows", "changed", "since", "until", "digest"}),
        ),
    )
)
