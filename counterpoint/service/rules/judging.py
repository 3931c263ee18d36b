"""How well proposals agree with what people said: macro F1, recall, share that is sure, calibration. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from counterpoint.service.rules.proposal import Proposal
from counterpoint.service.rules.signals import LEVELS


@dataclass(frozen=True)
class Verdict:
    """Figures over `count` judged texts. `recall` and `precision` by level; `sure_right` among those that were sure;
    `missed` counts level 1 texts that a sure proposal put lower; `brier` is the mean squared error of the spread."""

    count: int
    accuracy: float
    macro_f1: float
    recall: dict[str, float]
    precision: dict[str, float]
    category_accuracy: float
    sure_share: float
    sure_right: float
    missed: int
    brier: float


def judge(rows: Sequence[tuple[str, str, Proposal]]) -> Verdict:
    """Compare (level, category, proposal)."""
    recall, precision, f1 = {}, {}, []
    for level in LEVELS:
        hit = sum(true == level == p.level for true, _c, p in rows)
        true_count = sum(true == level for true, _c, _p in rows)
        said = sum(p.level == level for _t, _c, p in rows)
        recall[level] = hit / true_count if true_count else 0.0
        precision[level] = hit / said if said else 0.0
        both = recall[level] + precision[level]
        f1.append(2 * recall[level] * precision[level] / both if both else 0.0)
    sure = [(true, p) for true, _c, p in rows if p.sure]
    brier = sum(sum((p.spread[one] - (one == true)) ** 2 for one in LEVELS) for true, _c, p in rows)
    return Verdict(
        count=len(rows),
        accuracy=sum(true == p.level for true, _c, p in rows) / len(rows),
        macro_f1=sum(f1) / len(LEVELS),
        recall=recall,
        precision=precision,
        category_accuracy=sum(category == p.category for _t, category, p in rows) / len(rows),
        sure_share=len(sure) / len(rows),
        sure_right=sum(true == p.level for true, p in sure) / len(sure) if sure else 0.0,
        missed=sum(true == "level_1" != p.level for true, p in sure),
        brier=brier / len(rows),
    )
