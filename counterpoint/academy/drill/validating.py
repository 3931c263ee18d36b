"""Whether an order fits the day as it stands, in words that a trainee can act on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from counterpoint.academy.drill import words
from counterpoint.academy.rules import errand
from counterpoint.academy.science import playing, twin
from counterpoint.foundation.api import Invalid

LONGEST_BREAK = 120
NUMBERS = frozenset({"ticket", "minutes", "minute", "share"})
FIELDS: dict[str, tuple[str, ...]] = {
    "window-open": ("counter", "user"), "window-close": ("counter",), "person-move": ("user", "place"),
    "break-start": ("user", "minutes"), "break-move": ("user", "minute"), "break-end": ("user",),
    "divert": ("ticket",), "diversion": ("service", "share"), "first": ("ticket",), "put-back": ("ticket",),
    "flag": ("ticket",), "call": ("counter", "ticket"), "call-next": ("counter",), "answer": ("inject", "choice"),
}  # fmt: skip
MORE = {"person-move": ("counter",), "flag": ("vulnerable",)}  # what may be left out


def checked(
    before: playing.Played, orders: Sequence[playing.Order], act: str, sent: Mapping[str, str], second: int
) -> playing.Order:  # fmt: skip
    """The order as the engine reads it, on the day as it stood just `before` its second, after all `orders`. Raises
    `Invalid` for an act that no drill knows, for what the day has not, and for an answer to what is not asked."""
    if act not in FIELDS:
        raise Invalid(words.not_in_drill(act), field="act")
    order = playing.Order(second, act, tuple(sorted(_inputs(act, sent).items())))
    _require_known(before.game, order)
    later = [*(one for one in orders if one.second >= second), order]
    try:
        playing.play(before.game, later, order.minute + 1 / 60, begin=before, log=False)
    except twin.ModelError as unfit:
        if act == playing.ANSWER:
            raise Invalid(_("This is not asked any more."), field="act") from unfit
        if "ticket" in FIELDS[act]:
            raise Invalid(_("There is no such ticket."), field="ticket") from unfit
        raise Invalid(_("This order does not fit the day."), field="act") from unfit
    return order


def _inputs(act: str, sent: Mapping[str, str]) -> dict[str, str | int | None]:
    found: dict[str, str | int | None] = {}
    for name in (*FIELDS[act], *MORE.get(act, ())):
        text = str(sent.get(name, "")).strip()
        if not text and name in FIELDS[act]:
            raise Invalid(_("Something is missing in this order."), field=name)
        if not text:
            continue
        if name == "vulnerable":
            found[name] = int(text in ("1", "on", "true"))
        elif name in NUMBERS:
            if not text.isdecimal() or len(text) > 6:
                raise Invalid(_("This must be a whole number."), field=name)
            found[name] = int(text)
        else:
            found[name] = text
    if found.get("place") == "counter" and "counter" not in found:
        raise Invalid(_("Something is missing in this order."), field="counter")
    return found


def _require_known(game: playing.Game, order: playing.Order) -> None:
    """Codes that the day has, a share that the service allows, a break that ends; an answer to a question, for what is
    found of an errand nobody says."""
    counter, user = order.get("counter"), order.get("user")
    if counter is not None and counter not in game.model.counter_codes:
        raise Invalid(_("There is no such window."), field="counter")
    if user is not None and user not in game.staffing.codes:
        raise Invalid(_("Nobody of that name works on this day."), field="user")
    asked = order.get("inject")
    if any(one.key == asked and errand.is_check(one) for one in game.injects):
        raise Invalid(_("This is not answered but done."), field="inject")
    place = order.get("place")
    if place is not None and place not in (*playing.PLACES, "counter", playing.GONE):
        raise Invalid(_("There is no such place."), field="place")
    minutes = order.get("minutes")
    if isinstance(minutes, int) and not 1 <= minutes <= LONGEST_BREAK:
        raise Invalid(_("A break takes 1 to %(most)d minutes.") % {"most": LONGEST_BREAK}, field="minutes")
    if order.act == "diversion":
        _require_share(game, str(order.get("service")), order.get("share"))


def _require_share(game: playing.Game, service: str, share: object) -> None:
    if service not in game.model.service_codes:
        raise Invalid(_("There is no such service."), field="service")
    most = round(1000 * game.ground.ceiling(service))
    if isinstance(share, int) and share > most:
        told = _("At most %(most)d %% of these customers can be guided to machines.") % {"most": most // 10}
        raise Invalid(told, field="share")
