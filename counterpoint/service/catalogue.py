"""The chapter's content: signals, training patterns, trained models; declared once, read by date."""

from dataclasses import fields
from datetime import date
from functools import lru_cache
from typing import Any

from counterpoint.primitives.content import Kind, declare, items
from counterpoint.service.rules.corpus import Patterns
from counterpoint.service.rules.grams import Model
from counterpoint.service.rules.proposal import Models
from counterpoint.service.rules.signals import LEVELS, Signal, find

LANGUAGES = ("zh-hans", "zh-hant", "en")


def _signal(body: dict[str, Any]) -> Signal:
    phrases = tuple(str(one) for part in body.pop("phrases", ()) for one in (part if isinstance(part, list) else [part]))
    signal = Signal(**body | {"phrases": phrases, "together": tuple(body.get("together") or ())})
    if set(signal.names) != set(LANGUAGES):
        raise ValueError("names are needed in zh-hans, zh-hant and en")
    if signal.level not in LEVELS:
        raise ValueError(f"unknown level {signal.level}")
    if not signal.phrases and not signal.number:
        raise ValueError("a signal needs phrases or a number")
    return signal


def _signal_example(signal: Signal, example: dict[str, Any]) -> str:
    found = bool(find(example["text"], [signal]))
    return "" if found is example["found"] else f"found is {found}"


def _patterns(body: dict[str, Any]) -> Patterns:
    names = {one.name for one in fields(Patterns)}
    lists = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items() if k in names}
    lists["slots"] = {k: tuple(v) for k, v in (body.get("slots") or {}).items()}
    return Patterns(**lists)


def _model(body: dict[str, Any]) -> Model:
    return Model.from_text(body["classes"], body["weights"], body["scale"], body["offsets"])


declare(Kind("complaint_signals", parse=_signal, check_example=_signal_example))
declare(Kind("complaint_corpus", parse=_patterns))
declare(Kind("complaint_models", parse=_model))


def signals(on: date, pack: str = "cn") -> tuple[Signal, ...]:
    """The signals in force on a date."""
    return tuple(item.value for item in items("complaint_signals", on, pack).values())


def patterns(on: date) -> tuple[Patterns, ...]:
    """The training patterns in force on a date."""
    return tuple(item.value for item in items("complaint_corpus", on).values())


@lru_cache(maxsize=8)
def models(on: date, pack: str = "cn") -> Models:
    """The trained models in force on a date."""
    found = items("complaint_models", on, pack)
    level, category = found["level"], found["category"]
    return Models(f"{level.version}.{category.version}", level.value, category.value)
