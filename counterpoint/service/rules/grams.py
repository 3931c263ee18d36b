"""A small text model: multinomial logistic regression over hashed grams, with weights as bytes.

Chinese counts as letters, pairs and triples of letters; English as words and pairs of words; stated numbers as what
they mean ("money ≥ 10 000"), so that the amount matters and not its digits. Training is a fixed number of steps from
zero: the same texts give the same weights.
"""

import base64
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from counterpoint.service.rules.reading import numbers, plain

SIZE = 4096
STEPS = 150
PENALTY = 2e-3
CHINESE = re.compile(r"[一-鿿]+")
ENGLISH = re.compile(r"[a-z][a-z']+")
STOP = frozenset(
    ("a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "for", "with", "from", "by", "is", "was",
     "were", "are", "be", "been", "it", "its", "this", "that", "my", "me", "we", "our", "us", "you", "your", "he",
     "she", "his", "her", "they", "them", "i", "as", "not", "no", "had", "have", "has", "do", "did", "when",
     "which", "who", "what", "there", "here", "so", "if", "would", "could", "can", "will", "one", "all", "any",
     "some", "very", "just", "about", "after", "before", "than", "then",)
)  # fmt: skip
MARKS = {
    "money": (1_000.0, 10_000.0), "wait": (20.0, 60.0001), "age": (60.0,), "people": (2.0, 3.0),
}  # fmt: skip

Floats = NDArray[np.float64]


def grams(text: str) -> list[str]:
    """The grams of a text."""
    simple = plain(text)
    found: list[str] = []
    for number in numbers(simple):
        step = sum(number.value >= mark for mark in MARKS[number.kind])
        found.append(f"#{number.kind}{step}")
    for run in CHINESE.findall(simple):
        for length in (1, 2, 3):
            found += [run[at : at + length] for at in range(len(run) - length + 1)]
    words = [word for word in ENGLISH.findall(simple) if word not in STOP]
    return [*found, *words, *(" ".join(pair) for pair in pairwise(words))]


def vector(text: str) -> Floats:
    """Hashed grams with a dampened count, length one; `SIZE` numbers."""
    counts = np.zeros(SIZE)
    for gram in grams(text):
        counts[zlib.crc32(gram.encode()) % SIZE] += 1.0
    dampened = np.log1p(counts)
    length = float(np.sqrt((dampened**2).sum()))
    return dampened / length if length else dampened


@dataclass(frozen=True)
class Model:
    """Classes, their weights (classes × SIZE as signed bytes), the scale of a byte, and the classes' offsets."""

    classes: tuple[str, ...]
    weights: bytes
    scale: float
    offsets: tuple[float, ...]

    @cached_property
    def matrix(self) -> Floats:
        """Weights as numbers."""
        small = np.frombuffer(self.weights, dtype=np.int8).reshape(len(self.classes), SIZE)
        return small.astype(np.float64) * self.scale

    def probabilities(self, text: str) -> dict[str, float]:
        """Class → probability; sums to one."""
        scores = self.matrix @ vector(text) + np.array(self.offsets)
        parts = np.exp(scores - scores.max())
        return dict(zip(self.classes, (parts / parts.sum()).tolist(), strict=True))

    def spoken(self, text: str, wanted: str, count: int = 4) -> tuple[str, ...]:
        """The words of the text that spoke most for a class against the others, longest first, none inside another."""
        row = self.classes.index(wanted)
        lean = self.matrix[row] - self.matrix.mean(axis=0)
        scored: dict[str, float] = {}
        for gram in grams(text):
            if len(gram) > 1 and not gram.startswith("#"):
                scored[gram] = float(lean[zlib.crc32(gram.encode()) % SIZE])
        best = sorted((gram for gram, score in scored.items() if score > 0), key=lambda g: -scored[g])[: count * 2]
        kept: list[str] = []
        for gram in sorted(best, key=lambda g: (-len(g), g)):
            if not any(gram in other or other in gram for other in kept):
                kept.append(gram)
        return tuple(sorted(kept, key=lambda g: -scored[g])[:count])

    def to_text(self) -> str:
        """The weights as letters, for a content file."""
        return base64.b85encode(zlib.compress(self.weights, 9)).decode()

    @staticmethod
    def from_text(classes: Sequence[str], weights: str, scale: float, offsets: Sequence[float]) -> "Model":
        """The model of `to_text`'s letters; ValueError when they do not fit the classes."""
        wanted = len(classes) * SIZE
        try:
            raw = zlib.decompressobj().decompress(base64.b85decode(weights), wanted + 1)
        except zlib.error:
            raise ValueError("the weights are no compressed numbers") from None
        if len(raw) != wanted:
            raise ValueError(f"{len(raw)} weights for {len(classes)} classes of {SIZE}")
        return Model(tuple(classes), raw, float(scale), tuple(float(one) for one in offsets))


def fit(texts: Iterable[str], labels: Sequence[str], *, steps: int = STEPS, penalty: float = PENALTY) -> Model:
    """Train by accelerated gradient steps on the penalised likelihood; classes weigh the same however many texts."""
    classes = tuple(sorted(set(labels)))
    rows = np.stack([vector(text) for text in texts]).astype(np.float32)
    truth = np.array([[label == one for one in classes] for label in labels], dtype=np.float32)
    share = truth.sum(axis=0)
    balance = (truth / share).sum(axis=1, keepdims=True) / len(classes)  # sums to one over all texts
    weights, offsets = np.zeros((len(classes), SIZE), dtype=np.float32), np.zeros(len(classes), dtype=np.float32)
    ahead, ahead_offsets, rate = weights.copy(), offsets.copy(), 2.0
    for step in range(steps):
        scores = rows @ ahead.T + ahead_offsets
        parts = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = (parts / parts.sum(axis=1, keepdims=True) - truth) * balance
        new = ahead - rate * (error.T @ rows + penalty * ahead / SIZE * 8)
        new_offsets = ahead_offsets - rate * error.sum(axis=0)
        push = step / (step + 3)
        ahead, ahead_offsets = new + push * (new - weights), new_offsets + push * (new_offsets - offsets)
        weights, offsets = new, new_offsets
    scale = float(np.abs(weights).max()) / 127 or 1.0
    small = np.round(weights / scale).astype(np.int8)
    return Model(classes, small.tobytes(), round(scale, 9), tuple(round(float(one), 6) for one in offsets))
