"""Bookmarks in past days, and futures tried from there. They belong to the person who made them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, OrgUnit, Scope
from counterpoint.onsite import replaying
from counterpoint.onsite.deciding import Decision
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Bookmark
from counterpoint.onsite.values import BookmarkView, bookmark_view
from counterpoint.onsite.verbs import REPLAY

LONGEST_NAME = 80
MOST = 100  # kept a person, branch and day


def bookmark_set(
    *, scope: Scope, branch: OrgUnit, now: datetime, on: date, minute: int, name: str, key: str = ""
) -> BookmarkView:
    """Remember a minute of a past day, or of today up to now, under a name."""
    return Call(scope, branch, now, key).run(REPLAY, BookmarkView, _set, on=on, minute=minute, name=name)


def bookmark_remove(*, scope: Scope, branch: OrgUnit, now: datetime, bookmark: UUID, key: str = "") -> BookmarkView:
    """Take a bookmark or a future off the list; it can be brought back."""
    return Call(scope, branch, now, key).run(REPLAY, BookmarkView, _remove, bookmark=bookmark)


def bookmark_restore(*, scope: Scope, branch: OrgUnit, now: datetime, bookmark: UUID, key: str = "") -> BookmarkView:
    """Bring a removed bookmark back."""
    return Call(scope, branch, now, key).run(REPLAY, BookmarkView, _restore, bookmark=bookmark)


def future_run(
    *, scope: Scope, branch: OrgUnit, now: datetime, on: date, minute: int, decision: Decision, name: str = "",
    key: str = "",
) -> BookmarkView:  # fmt: skip
    """Live the day again with one different decision at a minute; the comparison is kept as a bookmark."""
    call = Call(scope, branch, now, key)

    def prepared() -> dict[str, Any]:
        _checked(call, on, minute, name)
        return replaying.tried(scope=scope, branch=branch, on=on, now=now, minute=float(minute), decision=decision)

    inputs = {"on": on, "minute": minute, "decision": decision, "name": name}
    return call.run(REPLAY, BookmarkView, _run, first=prepared, **inputs)


def _owner(call: Call) -> UUID:
    if call.scope.actor is None:
        raise Forbidden(_("Only a person keeps bookmarks."))
    return call.scope.actor


def _checked(call: Call, on: date, minute: int, name: str) -> str:
    if on > call.on:
        raise Invalid(_("This day is still to come."), field="on")
    if not 0 <= minute < 24 * 60:
        raise Invalid(_("A day has minutes from 0 to 1439."), field="minute")
    said = name.replace("\0", "").strip()
    if len(said) > LONGEST_NAME:
        raise Invalid(_("A name has at most %(most)d signs.") % {"most": LONGEST_NAME}, field="name")
    return said


def _new(call: Call, on: date, minute: int, name: str, **more: Any) -> Bookmark:
    _require_room(call, on)
    row = Bookmark(
        org_unit=call.branch, user_id=_owner(call), business_date=on, minute=minute, name=name, made_at=call.now, **more
    )
    row.save(force_insert=True)
    return row


def _require_room(call: Call, on: date) -> None:
    mine = Bookmark.objects.filter(org_unit=call.branch, user_id=_owner(call), business_date=on, removed_at=None)
    if mine.count() >= MOST:
        raise Invalid(_("There are %(most)d bookmarks on this day already. Remove some first.") % {"most": MOST})


def _set(call: Call, *, on: date, minute: int, name: str) -> BookmarkView:
    said = _checked(call, on, minute, name)
    if not said:
        raise Invalid(_("Give the bookmark a name."), field="name")
    row = _new(call, on, minute, said)
    call.note("onsite.bookmark_set", row.pk, bookmark=str(row.pk), date=on.isoformat(), minute=minute)
    return bookmark_view(row)


def _own(call: Call, bookmark: UUID) -> Bookmark:
    mine = Bookmark.objects.select_for_update().filter(org_unit=call.branch, user_id=_owner(call))
    row = mine.filter(pk=bookmark).first()
    if row is None:
        raise NotFound(_("There is no such bookmark here."))
    return row


def _remove(call: Call, *, bookmark: UUID) -> BookmarkView:
    row = _own(call, bookmark)
    if row.removed_at is None:
        row.removed_at = call.now
        row.save(update_fields=["removed_at", "org_path"])
        call.note("onsite.bookmark_removed", row.pk, bookmark=str(row.pk))
    return bookmark_view(row)


def _restore(call: Call, *, bookmark: UUID) -> BookmarkView:
    row = _own(call, bookmark)
    if row.removed_at is not None:
        _require_room(call, row.business_date)
        row.removed_at = None
        row.save(update_fields=["removed_at", "org_path"])
        call.note("onsite.bookmark_restored", row.pk, bookmark=str(row.pk))
    return bookmark_view(row)


def _run(call: Call, *, on: date, minute: int, decision: Decision, name: str, prepared: dict[str, Any]) -> BookmarkView:
    said = _checked(call, on, minute, name)
    row = _new(call, on, minute, said, kind=decision.kind, decision=decision.plain(), outcome=prepared)
    call.note(
        "onsite.future_run", row.pk, bookmark=str(row.pk), date=on.isoformat(), minute=minute, option=decision.kind,
        saved=prepared["saved"],
    )  # fmt: skip
    return bookmark_view(row)
