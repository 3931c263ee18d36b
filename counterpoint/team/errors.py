"""Refusals of the team's verbs, with what happened, which rule, and what to do next."""

from counterpoint.foundation.api import DomainError


class StaleRevision(DomainError):
    """Somebody else changed the draft meanwhile."""

    code = "stale_revision"
    status = 409


class AlreadyPublished(DomainError):
    """The week has a newer published version than the draft was made from, or the draft itself is published."""

    code = "already_published"
    status = 409


class HardRuleBroken(DomainError):
    """The roster breaks a hard rule that nobody waived; `details["violations"]` names each with its source."""

    code = "hard_rule_broken"
    status = 409


class CoverageLost(DomainError):
    """A swap would leave a post emptier than before; `details["holes"]` says where."""

    code = "coverage_lost"
    status = 409


class NotNow(DomainError):
    """The request is in a state in which this cannot be done."""

    code = "not_now"
    status = 409


class ImportRefused(DomainError):
    """A staff file has errors; nothing was imported. `details["problems"]` has row, column and message."""

    code = "import_refused"
    status = 422
