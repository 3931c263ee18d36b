"""Acts in the hall: machines, windows, tickets, diversion."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import (
    NotFound,
    counters,
    device_create,
    devices,
    journal,
    practice,
    scoped,
    system_scope,
)
from counterpoint.onsite import api as onsite

BEGUN = ("onsite.ticket_started", "onsite.ticket_resumed")


def _here(doing: Doing) -> dict[str, Any]:
    return {"scope": doing.scope, "branch": doing.branch, "now": doing.now}


@act("onsite.device", takes="kind code")
def device(doing: Doing, args: Args) -> None:
    """Let the branch have exactly one machine of a kind in use, by this code."""
    code, kind = str(args["code"]), str(args["kind"])
    held = [one for one in devices(scope=doing.scope, branch=doing.branch) if one.kind == kind]
    if code not in {one.code for one in held}:
        house = system_scope(("foundation.org.edit",), (doing.branch.path,), "practice")  # no post at a branch may
        with scoped(house):
            device_create(
                scope=house, branch=doing.branch, now=doing.now, code=code, kind=kind, name=_named(doing, kind, code)
            )
    for one in held:
        if one.code != code and one.in_service:
            onsite.device_fault(**_here(doing), device=one.code)


def _named(doing: Doing, kind: str, code: str) -> str:
    """The kind in words, with the number of the code."""
    found = onsite.asset_kinds(doing.branch.date_at(doing.now), doing.branch.rule_pack).get(kind)
    return f"{tell(found.names)} {code.rpartition('-')[2]}" if found else code


@act("onsite.fault", takes="code")
def fault(doing: Doing, args: Args) -> None:
    """A machine fails."""
    onsite.device_fault(**_here(doing), device=str(args["code"]))


@act("onsite.restored", takes="code")
def restored(doing: Doing, args: Args) -> None:
    """A machine works again."""
    onsite.device_restored(**_here(doing), device=str(args["code"]))


@act("onsite.window", takes="counter kind role nth")
def window(doing: Doing, args: Args) -> None:
    """Open a window, by number or the first of a `kind`, with the `nth` colleague of a role; without a role oneself."""
    held = [one.number for one in counters(scope=doing.scope, branch=doing.branch) if one.kind == args.get("kind")]
    number = int(args["counter"]) if "counter" in args else held[0]
    person = doing.colleague(str(args["role"]), int(args.get("nth", 1))) if "role" in args else doing.scope.actor
    if person is not None:
        onsite.window_open(**_here(doing), counter=number, user=person)


@act("onsite.tickets", takes="service count tier")
def tickets(doing: Doing, args: Args) -> None:
    """Customers of a tier for a service draw numbers."""
    for _number in range(int(args.get("count", 1))):
        onsite.ticket_take(
            **_here(doing), service=str(args["service"]), tier=str(args.get("tier", "standard")), channel="staff"
        )


@act("onsite.flag", takes="service")
def flag(doing: Doing, args: Args) -> None:
    """Mark the last to come for a service as needing care."""
    people = [one for role in practice.PUPPETS for one in doing.people(role)]
    with scoped(doing.scope):
        taken = journal.of_kind("onsite.ticket_taken", people)
    found = [row.data["ticket"] for row in taken if row.data["service"] == args["service"]]
    if not found:
        raise NotFound(_("There is no such ticket here."))
    onsite.ticket_flag(**_here(doing), ticket=UUID(found[-1]))


@act("onsite.divert", takes="service percent")
def divert(doing: Doing, args: Args) -> None:
    """Guide a share of a service's customers to machines."""
    share = int(args["percent"]) / 100
    onsite.diversion_set(**_here(doing), service=str(args["service"]), share=share)


@act("onsite.call", takes="counter")
def call(doing: Doing, args: Args) -> None:
    """Call the next customer to a window and begin."""
    ticket = onsite.ticket_call_next(**_here(doing), counter=int(args["counter"])).id
    onsite.ticket_start(**_here(doing), ticket=ticket)


def _last(doing: Doing, *kinds: str) -> UUID:
    """The ticket that the own actor did one of these to last."""
    with scoped(doing.scope):
        rows = [row for kind in kinds for row in _own(doing, kind)]
    if not rows:
        raise NotFound(_("There is no such ticket here."))
    return UUID(max(rows, key=lambda row: row.pk).data["ticket"])


def _own(doing: Doing, kind: str) -> list[Any]:
    return list(journal.of_kind(kind, (doing.scope.actor,))) if doing.scope.actor else []


@act("onsite.hand_over", takes="service")
def hand_over(doing: Doing, args: Args) -> None:
    """End here and let the customer wait for another service, with the seniority of the arrival."""
    onsite.ticket_hand_over(**_here(doing), ticket=_last(doing, *BEGUN), service=str(args["service"]))


@act("onsite.finish")
def finish(doing: Doing, _args: Args) -> None:
    """The customer at the window is done."""
    onsite.ticket_finish(**_here(doing), ticket=_last(doing, *BEGUN))


@act("onsite.move", takes="role nth place")
def move(doing: Doing, args: Args) -> None:
    """Send the `nth` colleague of a role to the lobby, the back office, or off duty (`gone`)."""
    person = doing.colleague(str(args["role"]), int(args.get("nth", 1)))
    onsite.person_move(**_here(doing), user=person, place=str(args["place"]))


@act("onsite.break", takes="role nth minutes")
def rest(doing: Doing, args: Args) -> None:
    """Let the `nth` colleague of a role begin a break."""
    person = doing.colleague(str(args["role"]), int(args.get("nth", 1)))
    onsite.break_start(**_here(doing), user=person, minutes=int(args.get("minutes", 30)))


@act("onsite.hold")
def hold(doing: Doing, _args: Args) -> None:
    """The customer at the window steps aside and will come back without another number."""
    onsite.ticket_hold(**_here(doing), ticket=_last(doing, "onsite.ticket_started"))


@act("onsite.resume", takes="counter")
def resume(doing: Doing, args: Args) -> None:
    """The customer who stepped aside last is served on at a window."""
    onsite.ticket_resume(**_here(doing), ticket=_last(doing, "onsite.ticket_held"), counter=int(args["counter"]))
