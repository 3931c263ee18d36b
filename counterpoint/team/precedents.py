"""What was decided before in cases like this one: ranking by common words, pure.

Chinese is written without spaces, so runs of Chinese become overlapping pairs of characters and everything else becomes
words. Rare terms count more; the score is the cosine of the two term vectors, from 0 (nothing in common) to 1.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
CHINESE = re.compile(r"[\u3400-\u9fff]")
LEAST = 0.02  # below this two texts share only a stray pair of characters


@dataclass(frozen=True)
class Found:
    """A document that fits: its place in the sequence and how well, 0 to 1."""

    place: int
    score: float


def terms(text: str) -> Iterator[str]:
    """Pairs of Chinese characters (a single one stands alone) and lower-case words."""
    for run in RUN.findall(text.lower()):
        if not CHINESE.match(run) or len(run) == 1:
            yield run
        else:
            yield from (run[n : n + 2] for n in range(len(run) - 1))


def ranked(query: str, documents: Sequence[str], most: int = 5) -> list[Found]:
    """The documents closest to the query, best first; among equals the earlier. Linear in the length of all texts."""
    counts = [Counter(terms(text)) for text in documents]
    spread = Counter(term for count in counts for term in count)
    rare = {term: math.log((1 + len(counts)) / (1 + held)) + 1 for term, held in spread.items()}
    asked = _vector(Counter(terms(query)), rare)
    scored = [Found(place, _cosine(asked, _vector(count, rare))) for place, count in enumerate(counts)]
    return sorted((f for f in scored if f.score >= LEAST), key=lambda f: (-f.score, f.place))[:most]


def _vector(count: Mapping[str, int], rare: Mapping[str, float]) -> dict[str, float]:
    """Weights by term; a term that no document has still makes the query longer."""
    return {term: (1 + math.log(n)) * rare.get(term, 1.0) for term, n in count.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    common = sum(weight * other[term] for term, weight in one.items() if term in other)
    lengths = math.sqrt(_square(one.values()) * _square(other.values()))
    return min(1.0, common / lengths) if lengths else 0.0


def _square(weights: Iterable[Any]) -> float:
    return sum(weight * weight for weight in weights)
