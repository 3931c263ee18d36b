"""Kinds of journal entries about competence: who and what, never a mark or a score."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

facts.register(
    (
        FactType("role.evidence_added", _("Evidence of competence"), frozenset({"user", "competency", "source"})),
        FactType("role.observed", _("Colleague observed"), frozenset({"user", "relation", "quarter"})),
    )
)
