"""Whether an exercise is done: by what is found in the product, never by "pressed Next"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, Literal

from counterpoint.academy.rules.words import Both
from counterpoint.primitives.content import NotNegative, Text

Value = str | int | float | bool
Op = Literal["is", "not", "in", "at_least", "at_most", "between", "contains", "exists", "none"]
SHARE = 0.6  # of the checks that are no must
NOTHING = "nothing"  # what is said where the page shows nothing


@dataclass(frozen=True)
class Choice:
    """One answer to choose; its short name is what the probe gives."""

    slug: Text
    words: Both


@dataclass(frozen=True)
class Ask:
    """A figure or choice to read on a page of the product, compared with what the probe finds at that moment. Where the
    probe finds nothing, the right answer is to say so (`NOTHING`); what is left empty is never right."""

    slug: Text
    words: Both
    probe: Text
    field: Text
    form: Literal["number", "choice"] = "number"
    args: dict[str, str | int] = made(default_factory=dict)
    tolerance: NotNegative = 0
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Check:
    """What must be found after practising: a probe, how its value is compared, and with what."""

    probe: Text
    op: Op
    words: Both
    args: dict[str, str | int] = made(default_factory=dict)
    field: str = ""
    slug: str = ""
    values: tuple[str | int | float, ...] = ()
    must: bool = True


@dataclass(frozen=True)
class Line:
    """One check with what was found. `given` is what the learner said, empty where nothing was asked."""

    slug: str
    words: Mapping[str, str]
    holds: bool
    found: Value | None
    given: str = ""
    must: bool = True


@dataclass(frozen=True)
class Verdict:
    """Whether the exercise is done, and every check one by one."""

    passed: bool
    lines: tuple[Line, ...]


def holds(op: str, found: Any, values: Sequence[Any]) -> bool:
    """Whether a found value stands to the wanted ones as the check says. Nothing found holds only for `none`."""
    if op in ("exists", "none"):
        return (found is None) == (op == "none")
    if found is None:
        return False
    if op in ("is", "in", "not"):
        return (found in values) != (op == "not")
    if op == "contains":
        return all(one in found for one in values)
    if op == "between":
        return bool(values[0] <= found <= values[1])
    return bool(found >= values[0]) if op == "at_least" else bool(found <= values[0])


def judge(checks: Sequence[Check], found: Sequence[Any]) -> Verdict:
    """The verdict on practice: every must holds, and of the others six in ten."""
    lines = tuple(
        Line(one.slug or one.probe, one.words, holds(one.op, value, one.values), value, must=one.must)
        for one, value in zip(checks, found, strict=True)
    )
    rest = [line.holds for line in lines if not line.must]
    passed = all(line.holds for line in lines if line.must) and sum(rest) >= SHARE * len(rest)
    return Verdict(bool(lines) and passed, lines)


def compare(asks: Sequence[Ask], given: Mapping[str, str], found: Mapping[str, Any]) -> Verdict:
    """The verdict on reading: what was typed for each ask against what the probe found, by slug. All must agree."""
    lines = tuple(
        Line(one.slug, one.words, agrees(one, given.get(one.slug, ""), found.get(one.slug)), found.get(one.slug),
             given.get(one.slug, "").strip())
        for one in asks
    )  # fmt: skip
    return Verdict(bool(lines) and all(line.holds for line in lines), lines)


def agrees(ask: Ask, typed: str, found: Any) -> bool:
    """Whether what was typed is what the page says, within the tolerance."""
    text = typed.strip()
    if found is None or text in ("", NOTHING):
        return found is None and text == NOTHING
    if ask.form == "choice":
        return text == str(found)
    number = number_of(text)
    return number is not None and abs(number - float(found)) <= ask.tolerance + 1e-9


def number_of(text: str) -> float | None:
    """The number that was typed, with or without a per cent sign; None when it is none."""
    plain = text.strip().removesuffix("%").removesuffix("％").replace("，", ",").replace(",", "").strip()
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def wrong_check(check: Check) -> bool:
    """Whether the check lacks the values that its comparison needs, or has too many."""
    wanted = {"exists": 0, "none": 0, "between": 2, "at_least": 1, "at_most": 1}.get(check.op)
    if wanted is not None:
        return len(check.values) != wanted
    return not check.values
