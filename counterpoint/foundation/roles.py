"""Roles and the verbs they hold. Rooms declare their verbs; this module only knows the roles of the house."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """A slug, its name, and whether the second factor is demanded (supervisor and above)."""

    key: str
    label: str | Promise
    second_factor: bool = False
    level: str = "branch"


ROLES = {
    role.key: role
    for role in (
        Role("teller", _("Teller")),
        Role("lobby_manager", _("Lobby manager")),
        Role("wealth_manager", _("Wealth manager")),
        Role("corporate_manager", _("Corporate manager")),
        Role("supervisor", _("Operations supervisor"), second_factor=True),
        Role("branch_head", _("Branch head"), second_factor=True),
        Role("regional_manager", _("Regional manager"), second_factor=True, level="region"),
        Role("hq_operations", _("Headquarters operations"), second_factor=True, level="headquarters"),
        Role("hq_training", _("Headquarters training"), second_factor=True, level="headquarters"),
        Role("hq_compliance", _("Headquarters compliance"), second_factor=True, level="headquarters"),
        Role("auditor", _("Auditor"), second_factor=True, level="headquarters"),
        Role("system_admin", _("System administrator"), second_factor=True, level="headquarters"),
        Role("group_lead", _("Lead of a virtual team"), level="group"),
        Role("group_member", _("Member of a virtual team"), level="group"),
    )
}

FLOOR = frozenset({"teller", "lobby_manager", "wealth_manager", "corporate_manager"})
LEADERS = frozenset({"supervisor", "branch_head"})
BRANCH = FLOOR | LEADERS
ABOVE = frozenset({"regional_manager", "hq_operations"})
READERS = ABOVE | {"auditor", "hq_compliance", "hq_training"}
MEMBERS = frozenset({"group_lead", "group_member"})  # beside the post that a person works at
EVERYONE = frozenset(ROLES)

_verbs: dict[str, frozenset[str]] = {}


def declare(verbs: Mapping[str, Iterable[str]]) -> None:
    """A room declares who holds its verbs; keys are ``room.noun.verb``."""
    for verb, holders in verbs.items():
        unknown = set(holders) - set(ROLES)
        if unknown:
            raise ValueError(f"{verb} is given to unknown roles {sorted(unknown)}.")
        _verbs[verb] = frozenset(holders)
    verbs_of.cache_clear()


def declared(verb: str) -> bool:
    """Whether some room declared the verb."""
    return verb in _verbs


@lru_cache(maxsize=64)
def verbs_of(role: str) -> frozenset[str]:
    """All verbs that a role holds."""
    return frozenset(verb for verb, holders in _verbs.items() if role in holders)


def table() -> dict[str, frozenset[str]]:
    """Verb → roles, for the generated reference and the tests."""
    return dict(sorted(_verbs.items()))


declare(
    {
        "foundation.org.view": EVERYONE,
        "foundation.org.edit": {"system_admin", "hq_operations"},
        "foundation.people.view": LEADERS | READERS | {"system_admin"},
        "foundation.people.edit": {"system_admin", "branch_head"},
        "foundation.devices.edit": {"system_admin", "supervisor", "branch_head"},
        "foundation.journal.view": LEADERS | READERS,
        "foundation.watch.view": LEADERS | ABOVE | {"system_admin"},
        "foundation.files.store": BRANCH | ABOVE | MEMBERS,
        "foundation.files.view": BRANCH | READERS | MEMBERS,
        "foundation.groups.edit": LEADERS | ABOVE,
        "foundation.jobs.view": EVERYONE,
        "foundation.demo.control": EVERYONE,
    }
)
