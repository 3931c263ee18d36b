"""Acts in the hall: machines, windows, tickets, diversion."""

from typing import Any

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import device_create, devices, scoped, system_scope
from counterpoint.onsite import api as onsite


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
            device_create(scope=house, branch=doing.branch, now=doing.now, code=code, name=code.upper(), kind=kind)
    for one in held:
        if one.code != code and one.in_service:
            onsite.device_fault(**_here(doing), device=one.code)


@act("onsite.fault", takes="code")
def fault(doing: Doing, args: Args) -> None:
    """A machine fails."""
    onsite.device_fault(**_here(doing), device=str(args["code"]))


@act("onsite.restored", takes="code")
def restored(doing: Doing, args: Args) -> None:
    """A machine works again."""
    onsite.device_restored(**_here(doing), device=str(args["code"]))


@act("onsite.window", takes="counter role")
def window(doing: Doing, args: Args) -> None:
    """Open a window with somebody of a role."""
    onsite.window_open(**_here(doing), counter=int(args["counter"]), user=doing.colleague(str(args["role"])))


@act("onsite.tickets", takes="service count")
def tickets(doing: Doing, args: Args) -> None:
    """Customers for a service draw numbers."""
    for _one in range(int(args.get("count", 1))):
        onsite.ticket_take(**_here(doing), service=str(args["service"]), channel="staff")


@act("onsite.divert", takes="service percent")
def divert(doing: Doing, args: Args) -> None:
    """Guide a share of a service's customers to machines."""
    share = int(args["percent"]) / 100
    onsite.diversion_set(**_here(doing), service=str(args["service"]), share=share)
