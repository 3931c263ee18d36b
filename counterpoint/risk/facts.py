"""Kinds of journal entries that `risk` writes: ids, keys and numbers only."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

facts.register(
    (
        FactType("risk.registered", _("Risks put into the register"), frozenset({"keys"})),
        FactType("risk.assessed", _("Residual risk moved by evidence"), frozenset({"evidence", "moved", "risks"})),
        FactType("risk.owner_set", _("Owner of a risk set"), frozenset({"risk", "user"})),
        FactType("risk.retired", _("Risk taken out of the register"), frozenset({"risk", "case"})),
    )
)
