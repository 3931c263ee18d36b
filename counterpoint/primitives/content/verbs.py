"""Who may read definitions, propose versions, decide on them, and confirm that a rule is verified at its source."""

from counterpoint.foundation.api import roles

VIEW = "primitives.content.view"
PROPOSE = "primitives.content.propose"
DECIDE = "primitives.content.decide"
VERIFY = "primitives.content.verify"

roles.declare(
    {
        VIEW: roles.LEADERS | roles.READERS | {"system_admin"},
        PROPOSE: {"hq_operations", "hq_compliance"},
        DECIDE: {"hq_operations", "hq_compliance"},
        VERIFY: {"hq_compliance"},
    }
)
