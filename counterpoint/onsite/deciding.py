"""One different decision in a past day: what may be decided, checked, and as a change of the record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid
from counterpoint.onsite.catalogue import Catalogue

if TYPE_CHECKING:
    from counterpoint.science import advice, replay

FIELDS = {
    "open": ("counter", "user"), "close": ("counter",), "lobby": ("user",), "back_office": ("user",),
    "break": ("user", "minutes"), "move_break": ("position", "to"), "guide": ("service", "share"), "first": ("tier",),
    "without": ("position",), "advised": (), "call_first": ("ticket",), "surge": ("steps",),
}  # fmt: skip
# what the advisor proposes, as one of these
ADVISED = frozenset({"call", "from_lobby", "swap", "reorder", "guide", "close", "surge"})
LONGEST_BREAK = 120


@dataclass(frozen=True)
class Decision:
    """What is decided otherwise; the fields that its kind does not need (FIELDS) stay empty. `to` is a minute.

    ``open``: counter, user · ``close``: counter · ``lobby``, ``back_office``: user · ``break``: user, minutes ·
    ``move_break``: position (of the break in the record), to · ``guide``: service, share · ``first``: tier called
    before all others · ``without``: position of a decision left out · ``advised``: what the advisor would have said ·
    ``call_first``: ticket called before the others of its tier · ``surge``: steps, other decisions taken together.
    """

    kind: str
    counter: str = ""
    user: str = ""
    service: str = ""
    tier: str = ""
    share: float | None = None
    minutes: int | None = None
    position: int | None = None
    to: int | None = None
    ticket: str = ""
    steps: "tuple[Decision, ...]" = ()

    def plain(self) -> dict[str, Any]:
        """As JSON: the fields of its kind, without what is empty."""
        given = {name: getattr(self, name) for name in FIELDS.get(self.kind, ())}
        if self.steps:
            given["steps"] = [step.plain() for step in self.steps]
        return {"kind": self.kind} | {name: value for name, value in given.items() if value not in (None, "")}


def forked_at(day: "replay.Scenario", decision: Decision, minute: float) -> float:
    """The minute of the fork: that of the decision left out, else the one asked for."""
    _in_day(day, minute)
    if decision.kind == "without":
        return day.minutes[_position(day, decision.position)]
    return float(minute)


def change_of(day: "replay.Scenario", decision: Decision, minute: float, content: Catalogue) -> "replay.Change":
    """The decision as a change of the record; `Invalid` when it names what the day has not."""
    from counterpoint.science import replay

    if decision.kind not in FIELDS or decision.kind == "advised":
        raise Invalid(_("There is no such decision."), field="kind")
    _in_day(day, minute)
    if decision.kind == "without":
        return replay.without(day, _position(day, decision.position))
    if decision.kind == "move_break":
        return _moved(day, decision, minute)
    if decision.kind == "surge":
        if not decision.steps:
            raise Invalid(_("There is no such decision."), field="kind")
        return replay.sequence([change_of(day, step, minute, content) for step in decision.steps])
    walk = content.advice.walk
    match decision.kind:
        case "open":
            events = [replay.Event(minute + walk, "open", counter=_counter(day, decision), person=_user(day, decision))]
        case "close":
            events = [replay.Event(minute, "close", counter=_counter(day, decision))]
        case "break":
            events = _break(day, decision, minute)
        case "guide":
            events = [replay.Event(minute, "share", what=decision.service, value=_share(decision, content))]
        case "first":
            events = [replay.Event(minute, "rank", what=_tier(day, decision), value=-1)]
        case "call_first":
            events = [replay.Event(minute, "first", ticket=_ticket(day, decision, minute), value=1.0)]
        case _:
            events = [replay.Event(minute, "post", person=_user(day, decision), what=decision.kind)]
    return replay.Change(tuple(replace(event, minute=min(event.minute, day.recorded.until)) for event in events))


def option_of(option: "advice.Option", tickets: Sequence[str] = ()) -> Decision:
    """What the advisor proposes, as a decision of the same vocabulary; `tickets` are the labels of its numbers."""
    if option.kind == "surge":
        return Decision("surge", steps=tuple(option_of(step, tickets) for step in option.steps))
    if option.kind == "reorder" and option.ticket is not None:
        return Decision("call_first", ticket=tickets[option.ticket])
    kind = {"call": "open", "from_lobby": "open", "swap": "open"}.get(option.kind, option.kind)
    return Decision(
        kind, option.counter or "", option.person or "" if kind == "open" else "", option.service or "",
        share=round(option.amount, 3) if kind == "guide" else None,
    )  # fmt: skip


def _in_day(day: "replay.Scenario", minute: float) -> None:
    first, last = day.minutes[0], day.recorded.until
    if not first - 60 <= minute <= last:
        raise Invalid(_("The day is known from %(first)s to %(last)s.") % {
            "first": clock(first), "last": clock(last)}, field="minute")  # fmt: skip


def clock(minute: float) -> str:
    """640 → 10:40."""
    return f"{int(minute) // 60 % 24:02d}:{int(minute) % 60:02d}"


def _position(day: "replay.Scenario", position: int | None) -> int:
    if position is None or position not in day.recorded.decisions():
        raise Invalid(_("Nobody decided anything there."), field="position")
    return position


def _counter(day: "replay.Scenario", decision: Decision) -> str:
    code = decision.counter
    if code not in day.model.counter_codes or code in day.unmanned:
        raise Invalid(_("There is no counter %(number)s here.") % {"number": decision.counter}, field="counter")
    return code


def _user(day: "replay.Scenario", decision: Decision) -> str:
    if decision.user not in day.staffing.codes or decision.user in day.unmanned:
        raise Invalid(_("This person did not work on that day."), field="user")
    return decision.user


def _ticket(day: "replay.Scenario", decision: Decision, minute: float) -> str:
    from counterpoint.science import replay

    ticket = replay.standing_at(day.recorded, minute).tickets.get(decision.ticket)
    if ticket is None or ticket.state != "waiting":
        raise Invalid(_("This ticket did not wait at that minute."), field="ticket")
    return decision.ticket


def _tier(day: "replay.Scenario", decision: Decision) -> str:
    if decision.tier not in day.model.tier_codes:
        raise Invalid(_("There is no tier “%(key)s”.") % {"key": decision.tier}, field="tier")
    return decision.tier


def _share(decision: Decision, content: Catalogue) -> float:
    service = content.services.get(decision.service)
    if service is None:
        raise Invalid(_("There is no service “%(key)s”.") % {"key": decision.service}, field="service")
    if decision.share is None or not 0 <= decision.share <= service.divertible:
        most = round(100 * service.divertible)
        raise Invalid(_("At most %(share)d %% of these customers can use a machine.") % {"share": most}, field="share")
    return decision.share


def _break(day: "replay.Scenario", decision: Decision, minute: float) -> "list[replay.Event]":
    from counterpoint.science import replay

    if decision.minutes is None or not 1 <= decision.minutes <= LONGEST_BREAK:
        raise Invalid(_("A break lasts between 1 and 120 minutes."), field="minutes")
    who = _user(day, decision)
    place = replay.standing_at(day.recorded, minute).people.get(who)
    back = place.counter if place is not None and place.where == "counter" else ""
    return [
        replay.Event(minute, "break", person=who, value=float(decision.minutes)),
        replay.Event(minute + decision.minutes, "back", person=who, counter=back),
    ]


def _moved(day: "replay.Scenario", decision: Decision, minute: float) -> "replay.Change":
    from counterpoint.science import replay

    position = _position(day, decision.position)
    event = day.recorded.events[position]
    if event.kind != "break" or day.minutes[position] < minute:
        raise Invalid(_("Choose a break that had not begun yet."), field="position")
    if decision.to is None or not minute <= decision.to <= day.recorded.until:
        raise Invalid(_("The break can only be moved to a minute that was still to come."), field="to")
    change = replay.moved_break(day, position, float(decision.to))
    return replay.Change(
        tuple(replace(e, minute=min(e.minute, day.recorded.until)) for e in change.events), change.without
    )
