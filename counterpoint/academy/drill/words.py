"""What a drill says to people: acts, places, who is who, why something cannot be ordered. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _


def person(code: str) -> str:
    """A made-up colleague of a drill by code: Teller 3 for T3. Codes of another form are told as they are."""
    names = {
        "T": _("Teller"), "L": _("Lobby manager"), "W": _("Wealth manager"), "C": _("Corporate manager"),
        "B": _("Back office"),
    }  # fmt: skip
    if code[:1] in names and code[1:].isdecimal():
        return f"{names[code[0]]} {code[1:]}"
    return code


def posts() -> dict[str, str]:
    """Posts that can be taken in a team."""
    return {
        "supervisor": _("Operations supervisor"), "lobby_manager": _("Lobby manager"), "branch_head": _("Branch head"),
    }  # fmt: skip


def places() -> dict[str, str]:
    """Where somebody can be sent besides a window."""
    return {"lobby": _("lobby"), "back_office": _("back office"), "gone": _("off duty")}


def not_in_drill(act: str) -> str:
    """Why an act of the hall is no order of a drill."""
    play, leave = _("Tellers call and serve by themselves in a drill."), _("People leave by themselves in a drill.")
    advice = _("Asking changes nothing in the hall; what is taken comes as the orders themselves.")
    clock = _("A drill opens and closes by its clock.")
    told = {
        "take": _("People come by themselves in a drill."), "abandon": leave, "cancel": leave,
        "device-fault": _("Machines fail by the story of the day."),
        "device-restored": _("A machine comes back when it has been repaired: answer what is asked about it."),
        "advice-ask": advice, "advice-take": advice, "advice-decline": advice, "day-open": clock, "day-close": clock,
        **dict.fromkeys(("undo", "start", "hold", "resume", "hand-over", "finish", "no-show"), play),
    }  # fmt: skip
    return told.get(act, _("A drill has no such order."))


def window(code: str) -> str:
    """A window by its number."""
    return _("window %(number)s") % {"number": code}


def line(act: str, inputs: dict[str, object], services: dict[str, str], labels: dict[int, str]) -> str:
    """An order, answer or inject as one line of the log."""
    who, where = person(str(inputs.get("user", ""))), window(str(inputs.get("counter", "")))
    ticket = inputs.get("ticket")
    label = labels.get(ticket, "") if isinstance(ticket, int) else ""
    service = services.get(str(inputs.get("service", "")), str(inputs.get("service", "")))
    share = inputs.get("share", 0)
    place = str(inputs.get("place", ""))
    told = {
        "window-open": _("Open %(where)s: %(who)s"), "window-close": _("Close %(where)s"),
        "person-move": _("%(who)s to %(place)s"), "break-start": _("%(who)s: break of %(minutes)s min"),
        "break-end": _("%(who)s: end the break"), "break-move": _("%(who)s: break at another time"),
        "diversion": _("Guide %(share)s %% of %(service)s to machines"), "divert": _("%(ticket)s to a machine"),
        "first": _("%(ticket)s is called next"), "put-back": _("%(ticket)s is back in its old place"),
        "flag": _("%(ticket)s needs care"), "call": _("%(ticket)s to %(where)s"), "call-next": _("%(where)s calls"),
        "answer": _("Answered: %(choice)s"), "crowd": _("%(count)s more customers: %(service)s"),
        "device-down": _("Machine %(device)s fails"), "device-up": _("Machine %(device)s works again"),
    }  # fmt: skip
    values = {
        "who": who, "where": where, "place": where if place == "counter" else places().get(place, place),
        "minutes": inputs.get("minutes", ""), "share": share // 10 if isinstance(share, int) else share,
        "service": service, "ticket": label, "choice": inputs.get("choice", ""), "count": inputs.get("count", ""),
        "device": inputs.get("device", ""),
    }  # fmt: skip
    return told[act] % values if act in told else act
