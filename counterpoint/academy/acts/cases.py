"""Acts on cases of every type: tasks, rectifications, findings, complaints."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound, files
from counterpoint.primitives import cases


def chosen(doing: Doing, args: Args) -> cases.CaseView:
    """The case that an act is about: the `nth` of its type in the order of opening, without it the newest."""
    filters = cases.CaseFilter(type=str(args["type"]), sort="old", size=200)
    found = cases.cases(scope=doing.all_seeing, filters=filters, now=doing.now).rows
    place = int(args.get("nth", len(found)))
    if not 1 <= place <= len(found):
        raise NotFound(_("There is no such case here."))
    return found[place - 1]


def about(doing: Doing, args: Args) -> dict[str, Any]:
    """What every verb of a case begins with."""
    return {"scope": doing.scope, "case": chosen(doing, args).id, "now": doing.now}


@act("case.open", takes="type level owner field value days minutes")
def open_(doing: Doing, args: Args) -> None:
    """Open a case with the words as its title; `owner` is a role, `field` and `value` one field of it; `days` from now
    or `minutes` set its deadline by hand."""
    wait = timedelta(days=int(args.get("days", 0)), minutes=int(args.get("minutes", 0)))
    cases.case_open(
        scope=doing.scope, org_unit=doing.branch, type=str(args["type"]), now=doing.now, title=doing.words[:200],
        text=doing.words, level=str(args.get("level", "")), owner=_owner(doing, args),
        fields={str(args["field"]): args.get("value", doing.words)} if "field" in args else {},
        due_override=doing.now + wait if wait else None,
    )  # fmt: skip


def _owner(doing: Doing, args: Args) -> Any:
    role = str(args.get("owner", ""))
    return doing.scope.actor if role == "self" else doing.colleague(role) if role else None


@act("case.assign", takes="type nth owner")
def assign(doing: Doing, args: Args) -> None:
    """Give it to a role, or take it oneself."""
    cases.case_assign(**about(doing, args), owner=_owner(doing, args))


@act("case.accept", takes="type nth")
def accept(doing: Doing, args: Args) -> None:
    """Take it on."""
    cases.case_accept(**about(doing, args))


@act("case.milestone", takes="type nth slug")
def milestone(doing: Doing, args: Args) -> None:
    """Something that a clock waits for has happened."""
    cases.case_milestone(**about(doing, args), slug=str(args["slug"]))


@act("case.fields", takes="type nth field value")
def fields(doing: Doing, args: Args) -> None:
    """Fill in a field; without a value with the words."""
    cases.case_fields(**about(doing, args), fields={str(args["field"]): args.get("value", doing.words)})


@act("case.resolve", takes="type nth photo")
def resolve(doing: Doing, args: Args) -> None:
    """Say that it is done, with words, and with a photo where `photo` says yes."""
    taken = [_photo(doing)] if args.get("photo") == "yes" else []
    cases.case_resolve(**about(doing, args), text=doing.words, files=taken)


def _photo(doing: Doing) -> UUID:
    stored = files.store(
        scope=doing.scope, org_unit=doing.branch, name="photo.png", content=doing.picture, now=doing.now
    )
    return UUID(str(stored.pk))


@act("case.verify", takes="type nth passed")
def verify(doing: Doing, args: Args) -> None:
    """Look at what somebody fixed: good, or back to work."""
    cases.case_verify(**about(doing, args), passed=args["passed"] == "yes", text=doing.words)


@act("case.close", takes="type nth field value")
def close(doing: Doing, args: Args) -> None:
    """Close it for good."""
    cases.case_close(
        **about(doing, args), fields={str(args["field"]): args.get("value", doing.words)} if "field" in args else {}
    )
