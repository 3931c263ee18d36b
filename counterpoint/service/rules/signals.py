"""Signals in a complaint's text: phrases with negations and stated numbers, each with the words that speak for it."""

import re
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from counterpoint.primitives.content import Named, Names, NotNegative, Positive, Text
from counterpoint.service.rules.reading import Number, numbers, plain

LEVELS = ("level_1", "level_2", "level_3")  # severest first, as the content of the bank names them
CHINESE_NOT = ("没有", "没", "未", "不是", "并非", "并没", "不算", "无", "不存在", "没发生", "不会")
ENGLISH_NOT = (
    "no",
    "not",
    "never",
    "without",
    "nobody",
    "none",
    "isn't",
    "wasn't",
    "didn't",
    "don't",
    "hasn't",
    "no one",
)
REPEAT = "repeat"  # the signal that earlier complaints on record set off too
REACH = 5  # letters before a Chinese phrase in which a negation counts
WORDS_BACK = 3  # words before an English one
NEAR = 40  # letters between a number and the words that give it a meaning
CLAUSE = re.compile(r"[,。;!?,;:\n、]")
LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True)
class Signal(Named):
    """Something that speaks for a level. `certain`: found alone it decides. With `number`, a stated number of that
    kind at or above `at_least` (below `below`) near one of the phrases is needed; without phrases the number alone."""

    key: str
    names: Names
    level: Text
    weight: Positive
    phrases: tuple[Text, ...] = ()
    together: tuple[Text, ...] = ()  # when given, one of these must stand in the text too
    number: Literal["", "money", "wait", "age", "people"] = ""
    at_least: NotNegative | None = None
    below: NotNegative | None = None
    certain: bool = False
    negatable: bool = True
    category: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Hit:
    """A signal found, with the words of the original text that spoke for it. `known`: not read but on record."""

    signal: Signal
    words: tuple[str, ...]
    known: bool = False

    @property
    def certain(self) -> bool:
        """Whether it decides alone."""
        return self.signal.certain or self.known


@dataclass(frozen=True)
class Known:
    """What is known besides the text: earlier complaints of this customer and cause in 30 days, age, people, amount in
    CNY, minutes waited. None: nothing known."""

    repeats: int = 0
    age: int | None = None
    people: int | None = None
    amount: float | None = None
    waited: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)

    def stated(self) -> Mapping[str, float]:
        """The numbers by kind."""
        pairs = {"age": self.age, "people": self.people, "money": self.amount, "wait": self.waited}
        return {kind: float(value) for kind, value in pairs.items() if value is not None}


NOTHING = Known()


def find(
    text: str, signals: Iterable[Signal], known: Known = NOTHING, levels: Sequence[str] = LEVELS
) -> tuple[Hit, ...]:
    """The signals of known levels that the text (or what is known besides) gives, strongest first."""
    simple = plain(text)
    stated = numbers(simple)
    ours = [signal for signal in signals if signal.level in levels]
    hits = [hit for signal in ours if (hit := _hit(signal, text, simple, stated, known)) is not None]
    return tuple(sorted(hits, key=lambda hit: (levels.index(hit.signal.level), -hit.signal.weight, hit.signal.key)))


def _hit(signal: Signal, text: str, simple: str, stated: Sequence[Number], known: Known) -> Hit | None:
    if signal.key == REPEAT and known.repeats:
        return Hit(signal, (), known=True)
    places = _places(signal.phrases, simple, signal.negatable)
    words = [text[a:b] for a, b in places]
    if signal.number:
        close = [
            n for n in stated
            if n.kind == signal.number and _within(signal, n.value) and (not signal.phrases or _near(n, places, simple))
        ]  # fmt: skip
        outside = known.stated().get(signal.number)
        if not close and not (outside is not None and _within(signal, outside)):
            return None
        near = [text[a:b] for a, b in places if any(abs(n.start - b) <= NEAR or abs(n.end - a) <= NEAR for n in close)]
        words = [text[n.start : n.end] for n in close] + near
    elif not places:
        return None
    if signal.together:
        also = _places(signal.together, simple, negatable=False)
        if not also:
            return None
        words += [text[a:b] for a, b in also[:2]]
    return Hit(signal, tuple(dict.fromkeys(word.strip() for word in words))[:4])


def _within(signal: Signal, value: float) -> bool:
    high_enough = signal.at_least is None or value >= signal.at_least
    return high_enough and (signal.below is None or value < signal.below)


def _near(number: Number, places: Sequence[tuple[int, int]], simple: str) -> bool:
    """In the same breath: within `NEAR` letters and no more than one sentence end between."""
    for start, end in places:
        low, high = min(end, number.end), max(start, number.start)
        if high - low <= NEAR and len(re.findall(r"[。!?]", simple[low:high])) <= 1:
            return True
    return False


def _places(phrases: Sequence[str], simple: str, negatable: bool) -> list[tuple[int, int]]:
    """Where phrases stand that nothing negates; longest phrases first, no place twice."""
    found: list[tuple[int, int]] = []  # in order, none over another, so that only the neighbours can be in the way
    for phrase in sorted(phrases, key=len, reverse=True):
        for match in _pattern(phrase).finditer(simple):
            start, end = match.span()
            at = bisect(found, (start, end))
            free = (not at or found[at - 1][1] <= start) and (at == len(found) or end <= found[at][0])
            if free and not (negatable and _negated(simple, start)):
                found.insert(at, (start, end))
    return found


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase; "…" stands for up to eight letters. English phrases match whole words, "*" at an end any ending."""
    parts = [re.escape(part) for part in plain(phrase).split("…")]
    body = r"[^。!?,;\n]{0,8}?".join(parts)
    if not LATIN.search(phrase):
        return re.compile(body)
    open_end = body.endswith(r"\*")
    return re.compile(rf"\b{body[:-2] if open_end else body}" + ("" if open_end else r"\b"))


def _negated(simple: str, start: int) -> bool:
    before = simple[max(0, start - 40) : start]
    cut = [match.end() for match in CLAUSE.finditer(before)]
    before = before[cut[-1] :] if cut else before
    if any(one in before[-REACH:] for one in CHINESE_NOT):
        return True
    words = re.findall(r"[a-z']+", before)[-WORDS_BACK:]
    return any(one in words for one in ENGLISH_NOT) or "no one" in " ".join(words)
