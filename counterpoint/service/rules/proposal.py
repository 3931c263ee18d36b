"""The level that a complaint's text proposes, with the words that spoke for it. A person decides.

Signals (phrases, numbers) and the text model add up as log-odds; a signal that is certain alone wins whatever the
model says. Below `SURE` the proposal says that it is unsure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from counterpoint.service.rules.grams import Model
from counterpoint.service.rules.signals import LEVELS, NOTHING, Hit, Known, Signal, find

SURE = 0.75
ALONE = 0.93  # what the trained model must reach without any signal for its level
TRUST = 0.8  # of the model's log-odds: it was trained on written patterns, not on a branch's own complaints
DOUBT = 0.03  # share of every answer that stays open: no text is certain
FLOOR = 1e-4
SHORT = 6  # letters below which a text says nothing


@dataclass(frozen=True)
class Models:
    """The trained models of level and category, with the version that a proposal keeps."""

    version: str
    level: Model
    category: Model


@dataclass(frozen=True)
class Proposal:
    """What the text proposes. `spread` is the probability of every level; `words` spoke for the level; `sure` is
    false when a person has to decide without a hint."""

    level: str
    probability: float
    sure: bool
    spread: Mapping[str, float]
    words: tuple[str, ...]
    hits: tuple[Hit, ...]
    category: str
    cause: str
    version: str

    @property
    def signals(self) -> tuple[str, ...]:
        """Keys of the signals found, strongest first."""
        return tuple(hit.signal.key for hit in self.hits)


def propose(
    text: str,
    signals: Sequence[Signal],
    models: Models,
    known: Known = NOTHING,
    levels: Sequence[str] = LEVELS,
) -> Proposal:
    """The proposal for a text and what is known besides it; `levels` from the gravest. A level that the model was not
    trained on is proposed by its signals alone."""
    hits = find(text, signals, known, levels)
    trained = models.level.probabilities(text)
    scores = {level: TRUST * log(max(trained.get(level, 0.0), FLOOR)) for level in levels}
    for hit in hits:
        scores[hit.signal.level] += hit.signal.weight
    spread = _spread(scores)
    certain = [hit.signal.level for hit in hits if hit.certain]
    if certain:
        level = min(certain, key=list(levels).index)
        if spread[level] < max(spread.values()):  # what is certain alone is not outvoted
            spread = _spread(scores | {level: max(scores.values()) + log(3.0)})
    else:
        level = max(levels, key=lambda one: spread[one])
    probability = spread[level]
    spoken = any(hit.signal.level == level for hit in hits)
    sure = probability >= (SURE if spoken else ALONE) and (len(text.strip()) >= SHORT or bool(certain))
    mine = [word for hit in hits if hit.signal.level == level for word in hit.words]
    words = tuple(dict.fromkeys(mine))[:6]
    if not words and level in models.level.classes:
        words = models.level.spoken(text, level)
    category, cause = _category(text, hits, models)
    return Proposal(level, probability, sure, spread, words, hits, category, cause, models.version)


def _spread(scores: Mapping[str, float]) -> dict[str, float]:
    top = max(scores.values())
    parts = {level: exp(score - top) for level, score in scores.items()}
    total, doubt = sum(parts.values()), DOUBT / len(parts)
    return {level: (1 - DOUBT) * part / total + doubt for level, part in parts.items()}


def _category(text: str, hits: Sequence[Hit], models: Models) -> tuple[str, str]:
    """Category by model and signals together; the cause of the strongest signal of that category."""
    trained = models.category.probabilities(text)
    scores = {name: log(max(share, FLOOR)) for name, share in trained.items()}
    for hit in hits:
        if hit.signal.category in scores:
            scores[hit.signal.category] += min(hit.signal.weight, 4.0) / 2
    category = max(scores, key=lambda name: (scores[name], name))
    of_it = [hit.signal.cause for hit in hits if hit.signal.category == category and hit.signal.cause]
    return category, (of_it or [CAUSES.get(category, "")])[0]


CAUSES = {
    "wait": "staffing", "attitude": "attitude", "error": "skill", "refusal": "process", "money": "external",
    "product": "sales", "fee": "disclosure", "device": "system", "privacy": "privacy", "environment": "facility",
    "information": "disclosure", "safety": "facility",
}  # fmt: skip
