"""Acts of the service chapter: a complaint comes in, its level is decided, its report written, its time extended."""

from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound
from counterpoint.primitives.cases import CaseFilter
from counterpoint.service import api as service

SECTIONS = ("finding", "cause", "remedy", "measures")


@act("service.complaint", takes="channel level contact age people waited amount involved")
def complaint(doing: Doing, args: Args) -> None:
    """A customer complains in the given words; without `level` the product proposes one. `involved` is the role of
    the colleague that it is about."""
    service.complaint_take(
        scope=doing.scope, org_unit=doing.branch, now=doing.now, key=f"{doing.now.isoformat()}{doing.words[:20]}",
        intake=service.Intake(
            channel=str(args.get("channel", "counter")), text=doing.words, contact=str(args.get("contact", "")),
            level=str(args.get("level", "")), age=_number(args, "age"), people=_number(args, "people"),
            waited=_number(args, "waited"), amount=_number(args, "amount"),
            involved=(doing.colleague(str(args["involved"])),) if "involved" in args else (),
        ),
    )  # fmt: skip


def _number(args: Args, name: str) -> int | None:
    return int(args[name]) if name in args else None


def _chosen(doing: Doing, args: Args) -> dict[str, Any]:
    """The `nth` complaint in the order of coming in, without it the newest."""
    filters = CaseFilter(type="service.complaint", sort="old", size=200)
    found = service.board(scope=doing.all_seeing, filters=filters, now=doing.now).rows
    place = int(args.get("nth", len(found)))
    if not 1 <= place <= len(found):
        raise NotFound(_("There is no such case here."))
    return {"scope": doing.scope, "complaint": found[place - 1].complaint, "now": doing.now}


@act("service.level", takes="nth level")
def level(doing: Doing, args: Args) -> None:
    """Decide the level."""
    service.level_confirm(**_chosen(doing, args), level=str(args["level"]), reason=doing.words)


@act("service.report", takes="nth")
def report(doing: Doing, args: Args) -> None:
    """Begin the rectification report, write every section with the words, and hand it in."""
    service.report_start(**_chosen(doing, args))
    service.report_submit(**_chosen(doing, args), texts=dict.fromkeys(SECTIONS, doing.words))


@act("service.report_begin", takes="nth")
def report_begin(doing: Doing, args: Args) -> None:
    """Begin the report and leave it as a draft."""
    service.report_start(**_chosen(doing, args))


@act("service.extension", takes="nth days")
def extension(doing: Doing, args: Args) -> None:
    """Ask for more of the legal time."""
    service.extension_ask(**_chosen(doing, args), days=int(args["days"]), reason=doing.words)


@act("service.extend", takes="nth granted")
def extend(doing: Doing, args: Args) -> None:
    """Decide on the time that was asked for."""
    service.extension_decide(**_chosen(doing, args), granted=args["granted"] == "yes")
