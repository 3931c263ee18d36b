"""Acts on rounds, alarms and targets, and time itself."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound, scoped
from counterpoint.primitives import checklists, content, metrics


@act("time.skip", takes="minutes")
def skip(doing: Doing, args: Args) -> None:
    """Nothing is done while minutes pass."""
    doing.wait(int(args["minutes"]))


def open_round(doing: Doing, key: str) -> Any:
    """The branch's newest round of a checklist that is not handed in; one that is begun before one that only waits."""
    wanted = checklists.RoundFilter(checklist=key)
    with scoped(doing.scope):
        rows = checklists.rounds(scope=doing.scope, filters=wanted, org_unit=doing.branch)
        waiting = [row for row in rows[:50] if row.percent is None]
        found = next((row for row in waiting if row.started_at is not None), next(iter(waiting), None))
    if found is None:
        raise NotFound(_("There is no such round here."))
    return found


@act("round.begin", takes="key leave")
def begin(doing: Doing, args: Args) -> None:
    """Walk the round, scan the labels of its points, find all in order, and leave the items that `leave` names, with
    spaces between."""
    held = content.items("checklists", doing.branch.date_at(doing.now), doing.branch.rule_pack, bank=doing.branch.path)
    made = checklists.round_start(
        scope=doing.scope, org_unit=doing.branch, checklist=str(args["key"]), now=doing.now, key=f"act:{doing.now}"
    )
    left = str(args.get("leave", "")).split()
    for section in held[str(args["key"])].value.sections:
        for item in section.items:
            walked = item.point or item.kind not in ("scan", "signature", "text", "photo")
            if walked and item.slug not in left:
                label = checklists.code_of(doing.branch, item.point) if item.point else None
                _put(doing, made.id, item.slug, label or fine(item))


def fine(item: Any) -> Any:
    """What a good answer to an item is."""
    if item.kind in ("yes_no", "choice"):
        return item.good[0]
    limits = item.limits
    low, high = (limits.min, limits.max) if limits else (None, None)
    return low if low is not None else high if high is not None else 1


def _put(doing: Doing, round_id: Any, item: str, value: Any) -> None:
    checklists.answer_put(scope=doing.scope, round=round_id, item=item, value=value, now=doing.now)


@act("round.answer", takes="key item value")
def answer(doing: Doing, args: Args) -> None:
    """Answer an item of the round that is under way."""
    _put(doing, open_round(doing, str(args["key"])).pk, str(args["item"]), args["value"])


@act("round.fail", takes="key item")
def fail(doing: Doing, args: Args) -> None:
    """Answer an item of the round that is under way with no, with a photo and the words as its note."""
    row = open_round(doing, str(args["key"]))
    kept = checklists.photo_put(
        scope=doing.scope, org_unit=doing.branch, content=doing.picture, name="found.png", now=doing.now
    )
    checklists.answer_put(
        scope=doing.scope, round=row.pk, item=str(args["item"]), value="no", files=[kept.digest], now=doing.now
    )


@act("round.sign", takes="key")
def sign(doing: Doing, args: Args) -> None:
    """Sign the round that is under way."""
    row = open_round(doing, str(args["key"]))
    kept = checklists.photo_put(
        scope=doing.scope, org_unit=doing.branch, content=doing.picture, name="signature.png", now=doing.now
    )
    checklists.answer_put(
        scope=doing.scope, round=row.pk, item="signature", value="", files=[kept.digest], now=doing.now
    )


@act("round.submit", takes="key")
def submit(doing: Doing, args: Args) -> None:
    """Hand the round in."""
    checklists.round_submit(scope=doing.scope, round=open_round(doing, str(args["key"])).pk, now=doing.now)


def _metric(doing: Doing, args: Args) -> metrics.Metric:
    return metrics.metric_of(
        str(args["key"]), doing.branch.date_at(doing.now), doing.branch.rule_pack, doing.branch.path
    )


@act("alarm.raise", takes="key rule level value n limit side days_before")
def raise_(doing: Doing, args: Args) -> None:
    """An alarm of a metric as the watching raises it, for today or a day before."""
    on = doing.branch.date_at(doing.now) - timedelta(days=int(args.get("days_before", 0)))
    found = {"value": float(args["value"]), "n": int(args["n"]), "limit": float(args["limit"]),
             "side": str(args["side"]), "kind": "absolute", "periods": 1}  # fmt: skip
    metrics.alarm_raise(
        scope=doing.scope, branch=doing.branch, metric=_metric(doing, args), rule=str(args["rule"]),
        period=on.isoformat(), level=str(args["level"]), now=doing.now, found=found, cause={},
    )  # fmt: skip


@act("alarm.see", takes="key")
def see(doing: Doing, args: Args) -> None:
    """Say that one takes care of the newest alarm of a metric."""
    rows = metrics.alarm_list(scope=doing.scope, unit=doing.branch, metric=str(args["key"]))
    if not rows:
        raise NotFound(_("There is no such alarm here."))
    metrics.alarm_see(scope=doing.scope, alarm=rows[0].pk, now=doing.now)


@act("alarm.mute", takes="key days")
def mute(doing: Doing, args: Args) -> None:
    """Let a metric's alarms tell nobody for some days, with the words as the reason."""
    until = doing.branch.date_at(doing.now) + timedelta(days=int(args["days"]))
    metrics.metric_mute(
        scope=doing.scope, org_unit=doing.branch, metric=_metric(doing, args), until=until, reason=doing.words,
        now=doing.now,
    )  # fmt: skip


@act("target.set", takes="key high low days")
def target_set(doing: Doing, args: Args) -> None:
    """Set the branch's target of a metric from today on, for some days, with the words as the reason."""
    today = doing.branch.date_at(doing.now)
    metrics.target_set(
        scope=doing.scope, org_unit=doing.branch, metric=_metric(doing, args), since=today, now=doing.now,
        reason=doing.words, high=_bound(args, "high"), low=_bound(args, "low"),
        until=today + timedelta(days=int(args["days"])) if "days" in args else None,
    )  # fmt: skip


def _bound(args: Args, side: str) -> float | None:
    return float(args[side]) if side in args else None
