"""What a machine or another system may be enrolled for: rooms name the uses, in words, with exactly their verbs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from counterpoint.foundation.models import OrgUnit

BRANCH = frozenset({str(OrgUnit.Kind.BRANCH)})
ANYWHERE = BRANCH | {str(OrgUnit.Kind.REGION), str(OrgUnit.Kind.HEADQUARTERS)}


@dataclass(frozen=True)
class Use:
    """A use in words and the verbs that it needs. `kinds` are the units at which a key for it may be made: what stands
    in one hall belongs to its branch, a system of the bank may serve a region or the whole bank. `page` names what a
    browser that is paired with the key shows; systems have none."""

    key: str
    label: str | Promise
    verbs: tuple[str, ...]
    kinds: frozenset[str] = ANYWHERE
    page: str = ""


_uses: dict[str, Use] = {}


def register(uses: Iterable[Use]) -> None:
    """A room names uses of its doors; a key is named once."""
    for use in uses:
        known = _uses.get(use.key, use)
        if (known.verbs, known.kinds) != (use.verbs, use.kinds):
            raise ValueError(f"The use {use.key} is named twice.")
        _uses[use.key] = use


def uses(kind: str = "") -> list[Use]:
    """All uses, or those for a unit of this kind; machines of the hall first."""
    found = [use for use in _uses.values() if not kind or kind in use.kinds]
    return sorted(found, key=lambda use: (len(use.kinds), use.key))


def use_of(verbs: Iterable[str]) -> str:
    """The words for what a key with exactly these verbs is for; "" when no use is like it."""
    use = _like(verbs)
    return str(use.label) if use else ""


def page_of(verbs: Iterable[str]) -> str:
    """The name of the page that a browser with such a key shows; "" when it shows none."""
    use = _like(verbs)
    return use.page if use else ""


def _like(verbs: Iterable[str]) -> Use | None:
    held = frozenset(verbs)
    return next((use for use in _uses.values() if frozenset(use.verbs) == held), None)
