"""From a person or a device to a `Scope`: the only place, besides the job runner, that builds one."""

import hashlib
import hmac
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from django.db.models import Q
from django.db.utils import OperationalError

from counterpoint.foundation import roles
from counterpoint.foundation.models import DeviceKey, OrgUnit, Post, PracticeWorld, User
from counterpoint.foundation.prepared import Prepared
from counterpoint.foundation.scope import Scope, Withheld, active, in_practice, scoped, unscoped

PREFIX_LENGTH = 8
SEEN_EVERY = timedelta(minutes=10)
Withholder = Callable[[User, Collection[tuple[str, OrgUnit]], date | datetime], list[Withheld]]
_withholders: list[Withholder] = []

_DEVICE = Prepared(lambda prefix: DeviceKey.objects.select_related("org_unit").filter(prefix=prefix))
_POSTS = Prepared(
    lambda user, since, until: Post.objects.select_related("org_unit").filter(
        Q(until__isnull=True) | Q(until__gt=until), user=user, since__lte=since
    )
)

_house: ContextVar[tuple[str, ...]] = ContextVar("counterpoint-house", default=("/",))


def posts_of(user: User, on: date | datetime) -> list[Post]:
    """The person's posts of a date; at an instant, each is judged by the wall clock of its own unit. Who asks from
    inside a practice world hears of the posts there, everybody else of those in the bank."""
    day = on.date() if isinstance(on, datetime) else on
    near = timedelta(days=1) if isinstance(on, datetime) else timedelta(0)
    world = active() if in_practice() else None
    with unscoped("building the scope itself", practice=world is not None):
        rows = _POSTS.rows(user, day + near, day - near)
        return [post for post in rows if (world is None or world.covers(post.org_path)) and _holds(post, on)]


def _holds(post: Post, on: date | datetime) -> bool:
    day = post.org_unit.date_at(on) if isinstance(on, datetime) else on
    return post.since <= day and (post.until is None or day < post.until)


def withhold_by(withholder: Withholder) -> Withholder:
    """Let `withholder(user, posts, on)` (posts as role and unit) say which verbs the posts do not give now. It is asked
    once when a person's rights are gathered, never in a practice world."""
    if withholder not in _withholders:
        _withholders.append(withholder)
    return withholder


def scope_of(user: User, on: date | datetime) -> Scope:
    """Everything the person's posts of that date (or instant) give them."""
    posts = posts_of(user, on)
    found = Scope(user.pk, tuple(post.org_path for post in posts), _grants(posts), actor_label=user.name)
    if not in_practice():
        held = [(post.role, post.org_unit) for post in posts]
        with scoped(found):  # what is read of definitions here is read for the whole request
            withheld = tuple(one for ask in _withholders for one in ask(user, held, on))
        if withheld:
            found.hold_back(withheld, _grants(posts, withheld))
    return found


def withheld_at(user: User, role: str, unit: OrgUnit, verb: str, on: date | datetime) -> bool:
    """Whether a post does not give one of its verbs to this person now. Never in a practice world."""
    if in_practice() or not _withholders:
        return False
    with scoped(Scope(user.pk, (unit.path,))):
        return any(one.verb == verb for ask in _withholders for one in ask(user, [(role, unit)], on))


def _grants(posts: Iterable[Post], withheld: Iterable[Withheld] = ()) -> Mapping[str, tuple[str, ...]]:
    gone: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in withheld:
        gone[one.role, one.path].add(one.verb)
    held = {(post.role, post.org_path) for post in posts}
    return _joined(frozenset((roles.verbs_of(role) - gone[role, path], path) for role, path in held))


@lru_cache(maxsize=512)
def _joined(held: frozenset[tuple[frozenset[str], str]]) -> Mapping[str, tuple[str, ...]]:
    """Paths by verb; people of one post at one place ask for the same in every request."""
    grants: dict[str, set[str]] = defaultdict(set)
    for verbs, path in held:
        for verb in verbs:
            grants[verb].add(path)
    return MappingProxyType({verb: tuple(sorted(paths)) for verb, paths in grants.items()})


def roles_of(user: User, on: date | datetime) -> frozenset[str]:
    """The role slugs that the person holds on that date (or instant)."""
    return frozenset(post.role for post in posts_of(user, on))


def needs_second_factor(user: User, on: date | datetime) -> bool:
    """Supervisor and above."""
    return any(roles.ROLES[key].second_factor for key in roles_of(user, on))


def practice_world(code: str) -> PracticeWorld | None:
    """The world with this code, unless it is over."""
    with unscoped("a world is looked up before anybody is in it", practice=True):
        worlds = PracticeWorld.objects.select_related("org_unit")
        return worlds.filter(org_unit__code=code, retired_at=None).first()


def practice_scope(user: User, code: str, real: datetime) -> tuple[PracticeWorld, Scope] | None:
    """A world and what the person's posts in it give there, and nothing anywhere else; None without a post in it, or
    when it is over. `real` is the host's time."""
    world = practice_world(code)
    if world is None:
        return None
    with unscoped("building the scope of a practice world", practice=True):
        posts = Post.objects.filter(user=user, org_path__within=(world.org_path,)).select_related("org_unit")
        held = [post for post in posts if _holds(post, world.now(real))]
    return (world, Scope(user.pk, (world.org_path,), _grants(held), actor_label=user.name)) if held else None


@contextmanager
def keeping(roots: tuple[str, ...]) -> Iterator[None]:
    """For the block the house itself works under these roots only: inside a practice world it never leaves it."""
    token = _house.set(roots)
    try:
        yield
    finally:
        _house.reset(token)


def system_scope(verbs: tuple[str, ...], roots: tuple[str, ...] | None = None, label: str = "system") -> Scope:
    """The scope of housekeeping and of the command line on the server itself: the live tree, inside `keeping` what it
    names. Make it where it is used, not when a module is loaded."""
    under = _house.get() if roots is None else roots
    return Scope(actor=None, roots=under, grants=dict.fromkeys(verbs, under), actor_label=label)


def enrol_device(*, scope: Scope, org_unit: OrgUnit, name: str, verbs: tuple[str, ...]) -> tuple[DeviceKey, str]:
    """Create a device key. Returns the row and the token, which is shown once and stored only as a digest."""
    scope.require("foundation.devices.edit", org_unit.path)
    token = secrets.token_urlsafe(32)
    row = DeviceKey(
        org_unit=org_unit, name=name, prefix=token[:PREFIX_LENGTH], digest=_digest(token), verbs=sorted(verbs)
    )
    row.save()
    return row, token


def device_scope(token: str, now: datetime) -> tuple[DeviceKey, Scope] | None:
    """The scope of a device token; None when unknown, revoked or expired."""
    with unscoped("a device token is looked up before its branch is known"):
        row = _DEVICE.first(token[:PREFIX_LENGTH])
        if row is None or not hmac.compare_digest(row.digest, _digest(token)):
            return None
        if row.revoked_at or (row.expires_at and row.expires_at <= now):
            return None
        path = row.org_unit.path
    return row, Scope(actor=row.pk, roots=(path,), grants=dict.fromkeys(row.verbs, (path,)), actor_label=row.name)


def seen(row: DeviceKey, now: datetime) -> None:
    """Note that a key is in use, at most every few minutes."""
    if row.last_seen_at is None or not timedelta(0) <= now - row.last_seen_at < SEEN_EVERY:
        with unscoped("a key's own row"), suppress(OperationalError):  # a busy database must not refuse the machine
            DeviceKey.objects.filter(pk=row.pk).update(last_seen_at=now)


def narrowed(held: Scope, branch: OrgUnit) -> Scope:
    """The scope of a machine that serves several branches, for a request that names one of them."""
    grants = {verb: (branch.path,) for verb in held.grants if held.may(verb, branch.path)}
    return Scope(held.actor, (branch.path,), grants, actor_label=held.actor_label)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
