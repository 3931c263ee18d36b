"""What a drill says to people: acts, places, who is who, why something cannot be ordered. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.ui import reader

STEMS = {"en": "ABCDEFGHIJ"}  # of a language; others count by the ten stems
TEN = "甲乙丙丁戊己庚辛壬癸"


def people(codes: Iterable[str]) -> dict[str, str]:
    """Colleagues of a drill by code, made up: Teller 3 for T3 and for teller3 of a model branch; whoever has a code of
    another form by a sign: 甲, 乙, …, 癸, 甲2, …, or A, B, …"""
    names = {
        "T": _("Teller"), "L": _("Lobby manager"), "W": _("Wealth manager"), "C": _("Corporate manager"),
        "B": _("Back office"), "S": _("On call"),
    }  # fmt: skip
    letters = {"teller": "T", "lobby": "L", "wealth": "W", "corporate": "C", "spare": "S"}
    found: dict[str, str] = {}
    others = (f"{stem}{turn or ''}" for turn in (0, *range(2, 1000)) for stem in STEMS.get(reader.language(), TEN))
    for code in codes:
        kind = code.rstrip("0123456789")
        name = names.get(letters.get(kind, kind))
        if name and kind != code:
            found[code] = f"{name} {code[len(kind) :]}"
        else:
            found[code] = _("Colleague %(sign)s") % {"sign": next(others)}
    return found


def posts() -> dict[str, str]:
    """Posts that can be taken in a team."""
    return {
        "supervisor": _("Operations supervisor"), "lobby_manager": _("Lobby manager"), "branch_head": _("Branch head"),
        "teller": _("Teller"),
    }  # fmt: skip


def not_of_post(post: str) -> str:
    """Why somebody of a team may not order what is another's."""
    text = _("In this team that is not for the %(post)s to order; say it to who has the post.")
    return text % {"post": posts().get(post, post)}


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


@dataclass(frozen=True)
class Names:
    """Words for the codes of a game: services and people by code, ticket numbers by customer; `answers` says a choice
    of an inject, empty where nobody knows it."""

    services: Mapping[str, str]
    people: Mapping[str, str]
    tickets: Mapping[int, str]
    answers: Callable[[str, str], str]

    def service(self, code: object) -> str:
        """Its name, else its code."""
        return self.services.get(str(code), str(code))

    def person(self, code: object) -> str:
        """Teller 3 for ``T3``."""
        return self.people.get(str(code), str(code))

    def ticket(self, number: object) -> str:
        """A012; a mere number for who was added by hand."""
        if not isinstance(number, int):
            return ""
        return self.tickets.get(number, str(number + 1))


def line(act: str, inputs: Mapping[str, Any], names: Names) -> str:
    """An order, answer or inject as one line of the log."""
    where, place, share = window(str(inputs.get("counter", ""))), str(inputs.get("place", "")), inputs.get("share", 0)
    choice = str(inputs.get("choice", ""))
    told = {
        "window-open": _("Open %(where)s: %(who)s"), "window-close": _("Close %(where)s"),
        "person-move": _("%(who)s to %(place)s"), "break-start": _("%(who)s: break of %(minutes)s min"),
        "break-end": _("%(who)s: end the break"), "break-move": _("%(who)s: break at another time"),
        "diversion": _("Guide %(share)s %% of %(service)s to machines"), "divert": _("%(ticket)s to a machine"),
        "first": _("%(ticket)s is called next"), "put-back": _("%(ticket)s is back in its old place"),
        "flag": _("%(ticket)s needs care"), "call": _("%(ticket)s to %(where)s"), "call-next": _("%(where)s calls"),
        "answer": _("Answered: %(choice)s"), "crowd": _("%(count)s more customers: %(service)s"),
        "device-down": _("Machine %(device)s fails"), "device-up": _("Machine %(device)s works again"),
        "person": _("Somebody comes with a matter"), "absence": _("%(who)s goes home"),
        "outage": _("All systems are out for %(minutes)s min"),
    }  # fmt: skip
    values = {
        "who": names.person(inputs.get("user", "")), "where": where,
        "place": where if place == "counter" else places().get(place, place), "minutes": inputs.get("minutes", ""),
        "share": share // 10 if isinstance(share, int) else share, "service": names.service(inputs.get("service", "")),
        "ticket": names.ticket(inputs.get("ticket")), "count": inputs.get("count", ""),
        "choice": names.answers(str(inputs.get("inject", "")), choice) or choice.replace("_", " "),
        "device": inputs.get("device", ""),
    }  # fmt: skip
    return told[act] % values if act in told else act
