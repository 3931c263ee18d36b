"""Judgements and references in the database: made once for a game and a way of searching, read by the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from counterpoint.academy import proving
from counterpoint.academy.debrief import days, judging
from counterpoint.academy.debrief.judging import AT_ONCE, CLOSELY, FORMULA, FULL, QUICK, Reference, method_of
from counterpoint.academy.drill import log
from counterpoint.academy.models import DrillReference, DrillSession, Judgement
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.science import playing

OTHERS = 50  # finished days of the same game that are looked at


def formula_of(method: str) -> str:
    """Names the way of judging together with the search that it was held against."""
    return f"{FORMULA}:{method}"


QUICKLY, FULLY = formula_of(method_of(QUICK)), formula_of(method_of(FULL))


def game_of(session: DrillSession) -> playing.Game:
    """The game that is folded and judged. Inside a scope."""
    return log.game_played(session, log.lines(session))


def orders_of(session: DrillSession) -> tuple[playing.Order, ...]:
    """What was ordered in a session. Inside a scope."""
    return log.orders_of(log.lines(session))


def newest(session: DrillSession) -> Judgement | None:
    """The most careful judgement there is. Inside a scope."""
    rows = {row.formula: row for row in Judgement.objects.filter(session=session)}
    return rows.get(FULLY) or rows.get(QUICKLY)


def reference_of(session: DrillSession, budget: int) -> Reference:
    """The reference of a session's game: the stored one, else searched now and stored. A better day that somebody at
    this branch played takes its place. Inside a scope."""
    game = game_of(session)
    row = DrillReference.objects.filter(
        org_unit=session.org_unit_id, game_hash=game.hash(), method=method_of(budget)
    ).first()
    found = _stored(row) if row is not None else judging.searched(game, budget, ())
    return Reference(_or_better(session, game, found.best), found.method, found.floor, found.expected)


def reference_make(session: DrillSession, now: datetime) -> DrillReference:
    """Search long, prove a floor, play the redraws, and keep it; the row that is there when it is. Inside a scope."""
    game = game_of(session)
    held = DrillReference.objects.filter(
        org_unit=session.org_unit_id, game_hash=game.hash(), method=method_of(FULL)
    ).first()
    if held is not None:
        return held
    best, mean = judging.searched(game, FULL, ()).best, judging.expected(game)
    row, _new = DrillReference.objects.get_or_create(
        org_unit=session.org_unit, game_hash=game.hash(), method=method_of(FULL),
        defaults={
            "orders": [order.to_json() for order in best.orders], "loss": best.loss, "nothing": best.nothing,
            "tried": best.tried, "floor": judging.floor(game), "at": now,
            "expected": {"mean": mean.value, "low": mean.low, "high": mean.high, "days": mean.n},
        },
    )  # fmt: skip
    return row


def _stored(row: DrillReference) -> Reference:
    orders = tuple(playing.Order.from_json(one) for one in row.orders)
    best = playing.Best(orders, row.loss, row.nothing, row.tried, "stored")
    told = row.expected
    mean = playing.Mean(told["mean"], told["low"], told["high"], told["days"]) if told else None
    return Reference(best, row.method, row.floor, mean)


def _or_better(session: DrillSession, game: playing.Game, best: playing.Best) -> playing.Best:
    played = DrillSession.objects.filter(org_unit=session.org_unit_id, game_hash=session.game_hash, state=OVER)
    for other in played.exclude(pk=session.pk).order_by("-over_at")[:OTHERS]:
        if game_of(other).hash() != game.hash():  # a trainer added something there
            continue
        orders = orders_of(other)
        loss = playing.play(game, orders, log=False).loss.total
        if loss < best.loss:
            best = playing.Best(orders, loss, best.nothing, best.tried, "own")
    return best


def judge(session: DrillSession, budget: int, now: datetime) -> Judgement:
    """Judge a session that is over and keep it; the judgement that is there when it is. Inside a scope."""
    formula = formula_of(method_of(budget))
    held = Judgement.objects.filter(session=session, formula=formula).first()
    if held is not None:
        return held
    game = game_of(session)
    real = days.real_orders(session.day, game) if session.day else None
    data = judging.judged(
        game, orders_of(session), reference_of(session, budget), CLOSELY if budget == FULL else AT_ONCE, real
    )
    row, _new = Judgement.objects.get_or_create(
        session=session, formula=formula,
        defaults={"org_unit": session.org_unit, "data": data, "regret": data["hour"], "at": now},
    )  # fmt: skip
    if budget == FULL:
        proving.drill(session, row, now)
    return row


def told(session: DrillSession) -> dict[str, Any]:
    """The data of a page at once: the best judgement there is, else what needs no search. Inside a scope."""
    row = newest(session)
    if row is not None:
        return {**row.data, "formula": row.formula, "ready": True, "full": row.formula == FULLY}
    return {**judging.at_once(game_of(session), orders_of(session)), "ready": False, "full": False}
