"""Scope by construction: who may see and do what, as a value that every query needs.

No active scope → `ScopeError`. Rows outside the scope do not exist for the caller (404, never 403).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.errors import Forbidden

PRACTICE = "~"  # the first letter of every path of the practice tree; it sorts behind every live path


class ScopeError(RuntimeError):
    """A programming error: scoped data was touched without, or outside, the active scope."""


@dataclass(frozen=True)
class Withheld:
    """A verb that the caller's post of a `role` at `path` would give and does not give now. `why` says what is missing,
    in the reader's language; `link` names the page where the way to it begins."""

    verb: str
    role: str
    path: str
    why: Callable[[], str]
    link: str


@dataclass(frozen=True)
class Scope:
    """The caller's reach. Built only by the middleware, the job runner and the command line.

    `grants` maps a verb to the org-tree paths (each ends in "/") under which it is held. `roots` are all paths that
    the caller may read. `dims` opens dimensions outside the branch tree (AML, HR, exam bank). `withheld`
    are verbs that the caller's posts do not give now, gathered once with the grants.
    """

    actor: UUID | None
    roots: tuple[str, ...]
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dims: frozenset[str] = frozenset()
    actor_label: str = ""
    withheld: tuple[Withheld, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roots", minimal_roots(self.roots))
        object.__setattr__(self, "grants", MappingProxyType(dict(self.grants)))
        if len({path.startswith(PRACTICE) for paths in (self.roots, *self.grants.values()) for path in paths}) > 1:
            raise ScopeError("A scope lies in the live tree or in the practice tree, never in both.")

    def hold_back(self, withheld: tuple[Withheld, ...], grants: Mapping[str, tuple[str, ...]]) -> None:
        """Take verbs away while the scope is made; nobody holds it yet."""
        object.__setattr__(self, "withheld", withheld)
        object.__setattr__(self, "grants", MappingProxyType(dict(grants)))

    def may(self, verb: str, path: str | None = None) -> bool:
        """Whether the verb is held somewhere, or at `path` when given."""
        held = self.grants.get(verb, ())
        return bool(held) if path is None else any(path.startswith(root) for root in held)

    def missing(self, verb: str, path: str | None = None) -> Withheld | None:
        """What is missing for a verb that a post would give somewhere, or at `path`; None when it is held, or when no
        post would give it."""
        if self.may(verb, path):
            return None
        held = (one for one in self.withheld if one.verb == verb)
        return next((one for one in held if path is None or path.startswith(one.path)), None)

    def require(self, verb: str, path: str) -> None:
        """Raise `Forbidden` unless the verb is held at `path`."""
        if not self.may(verb, path):
            missing = self.missing(verb, path)
            if missing is not None:
                raise Forbidden(missing.why(), verb=verb, link=missing.link)
            raise Forbidden(
                _("This needs the right “%(verb)s” at this branch. Ask the branch head to grant it.") % {"verb": verb},
                verb=verb,
            )

    def covers(self, path: str) -> bool:
        """Whether a row at `path` exists for this caller."""
        return any(path.startswith(root) for root in self.roots)


def lineage(path: str) -> list[str]:
    """A place's path and all above it, from the top down: ``/hq/``, ``/hq/east/``, ``/hq/east/b01/``."""
    return [path[: end + 1] for end, letter in enumerate(path) if letter == "/" and end]


def minimal_roots(roots: tuple[str, ...]) -> tuple[str, ...]:
    """Sorted roots without those that lie under another: /a/ swallows /a/b/."""
    kept: list[str] = []
    for root in sorted(set(roots)):
        if not any(root.startswith(other) for other in kept):
            kept.append(root)
    return tuple(kept)


@dataclass(frozen=True)
class _Unscoped:
    reason: str
    practice: bool = False


_active: ContextVar[Scope | _Unscoped | None] = ContextVar("counterpoint-scope", default=None)


def current() -> Scope:
    """The active scope; raises `ScopeError` when there is none."""
    value = _active.get()
    if not isinstance(value, Scope):
        raise ScopeError("No scope is active: wrap the work in `scoped(scope)`.")
    return value


def active() -> Scope | None:
    """The active scope or None; for shells and logs only."""
    value = _active.get()
    return value if isinstance(value, Scope) else None


def in_practice() -> bool:
    """Whether the active scope lies in the practice tree."""
    value = active()
    return value is not None and any(root.startswith(PRACTICE) for root in value.roots)


def marker() -> object:
    """What stands for the present unit of work: the active scope or its lifting; None when there is neither."""
    return _active.get()


def is_unscoped() -> bool:
    """Whether the caller is inside `unscoped(reason)`."""
    return isinstance(_active.get(), _Unscoped)


def leaves_practice_out() -> bool:
    """Whether the caller is inside `unscoped(reason)` that does not name the practice tree."""
    value = _active.get()
    return isinstance(value, _Unscoped) and not value.practice


def check_write(path: str) -> None:
    """Raise `ScopeError` unless a row at `path` may be written by the active scope."""
    if is_unscoped():
        return
    if not current().covers(path):
        raise ScopeError("A row outside the active scope was about to be written.")


@contextmanager
def scoped(scope: Scope) -> Iterator[Scope]:
    """Make `scope` the active one for the block."""
    token = _active.set(scope)
    try:
        yield scope
    finally:
        _active.reset(token)


@contextmanager
def unscoped(reason: str, *, practice: bool = False) -> Iterator[None]:
    """Lift the scope for housekeeping that serves all branches (tick, backup, sign-in). The practice tree stays out
    unless `practice` names it. The reason is for the reader; an architecture test lists every use."""
    if not reason:
        raise ScopeError("Say why the scope is lifted.")
    token = _active.set(_Unscoped(reason, practice))
    try:
        yield
    finally:
        _active.reset(token)


def activate(scope: Scope | None) -> object:
    """Low-level set for the request middleware; pair with `deactivate`."""
    return _active.set(scope)


def deactivate(token: object) -> None:
    """Undo `activate`."""
    _active.reset(token)  # type: ignore[arg-type]
