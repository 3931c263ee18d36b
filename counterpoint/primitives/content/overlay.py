"""The approved versions of headquarters as every process sees them: read again as soon as their stamp has changed.

A unit of work (request, job, round of the tick) has a scope of its own; the first reading in it asks for the stamps,
one small query. Which bank's versions are read is what the scope says: nobody sees those of another bank.
"""

import logging
from collections.abc import Hashable
from contextvars import ContextVar
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Prepared
from counterpoint.foundation.api import scope as scopes
from counterpoint.primitives.content import loader, registry, yaml_text
from counterpoint.primitives.content.loader import Item
from counterpoint.primitives.content.models import ContentStamp, ContentVersion
from counterpoint.primitives.content.registry import ContentError

log = logging.getLogger("counterpoint.content")

KEPT = 8  # editions of banks that stay in memory
Stamps = dict[str, UUID]

_STAMPS = Prepared(lambda: ContentStamp.objects.values_list("org_path", "stamp"))

_seen: ContextVar[tuple[object, Stamps, str | None] | None] = ContextVar("counterpoint-content-seen", default=None)


class DatabaseOverlay(loader.Overlay):
    """Approved versions by bank and stamp."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, UUID], tuple[ContentVersion, ...]] = {}
        self._worlds: dict[str, str] = {}  # practice world → bank; a world stands for the same one for ever

    def edition(self, bank: str | None) -> Hashable:
        return self._edition(bank)

    def items(self, kind: str, bank: str | None) -> tuple[Item, ...]:
        edition = self._edition(bank)
        if edition is None:
            return ()
        return tuple(item for row in self._read(edition) if row.kind == kind and (item := _item(row)) is not None)

    def _edition(self, bank: str | None) -> tuple[str, UUID] | None:
        """The bank's path and stamp; None when there is no bank, or none of its versions was ever decided."""
        marker = scopes.marker()
        if marker is None and bank is None:
            return None
        stamps, only = _stamps(marker)
        path = self._bank(bank) if bank else self._bank_of_scope() or only
        return (path, stamps[path]) if path in stamps else None

    def _bank(self, path: str) -> str:
        """The bank that a path lies in; for a practice world that which it stands for."""
        root = _root(path)
        if not root.startswith(scopes.PRACTICE):
            return root
        if root not in self._worlds:
            with scopes.unscoped("a practice world is ruled by the versions of the bank it stands for", practice=True):
                found = OrgUnit.objects.filter(path=root).values_list("stands_for__path", flat=True).first()
            self._worlds[root] = found or ""
        return self._worlds[root]

    def _bank_of_scope(self) -> str | None:
        """The one bank of the active scope; None for housekeeping that serves all."""
        scope = scopes.active()
        banks = {self._bank(root) for root in scope.roots} if scope else set()
        return next(iter(banks)) if len(banks) == 1 and "" not in banks else None

    def _read(self, edition: tuple[str, UUID]) -> tuple[ContentVersion, ...]:
        held = self._rows.get(edition)
        if held is None:
            if len(self._rows) >= KEPT:
                self._rows = {}
            with scopes.unscoped("a branch is ruled by the versions that its headquarters decided, of its bank only"):
                rows = ContentVersion.objects.filter(state=ContentVersion.State.APPROVED, org_path=edition[0])
                held = tuple(rows.order_by("kind", "key", "version"))
            self._rows[edition] = held
        return held


def forget() -> None:
    """Ask for the stamps again at the next reading, after a decision in the same unit of work."""
    _seen.set(None)


def _stamps(marker: object) -> tuple[Stamps, str | None]:
    """Stamps by bank, and the path of the only bank there is; asked for once in a unit of work."""
    seen = _seen.get()
    if marker is not None and seen is not None and seen[0] is marker:
        return seen[1], seen[2]
    with scopes.unscoped("one small table says whether definitions have changed; it holds no rule itself"):
        stamps = dict(_STAMPS.rows())
        only = None
        if stamps:
            banks = OrgUnit.objects.filter(kind=OrgUnit.Kind.HEADQUARTERS).values_list("path", flat=True)[:2]
            only = banks[0] if len(banks) == 1 else None
    _seen.set((marker, stamps, only))
    return stamps, only


def _root(path: str) -> str:
    """The bank or practice world that a path lies in; "" for a whole tree."""
    tree, first = path.split("/")[:2]
    return f"{tree}/{first}/" if first else ""


def item_of(row: ContentVersion) -> Item:
    """The item of a row. Raises `ContentError` when its kind has changed so that the text no longer fits."""
    head = {
        "key": row.key, "version": row.version or 1, "pack": row.pack, "source": row.source, "mark": row.mark,
        "effective_from": row.effective_from, "effective_to": row.effective_to,
    }  # fmt: skip
    found = loader.item_of({**yaml_text.load(row.text), **head}, registry.kind_of(row.kind), f"{row.kind}/{row.key}")
    return loader.decided(found, str(row.pk))


def _item(row: ContentVersion) -> Item | None:
    try:
        return item_of(row)
    except (ContentError, ValueError, TypeError):
        log.exception("a decided definition cannot be read any more", extra={"event": row.kind, "kind": row.key})
        return None


loader.use(DatabaseOverlay())
