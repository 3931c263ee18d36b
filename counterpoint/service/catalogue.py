"""The chapter's content: signals, training patterns, trained models; declared once, read by date."""

from dataclasses import fields
from datetime import date
from functools import lru_cache
from typing import Any

from counterpoint.primitives.content import Item, Kind, declare, get, items, version
from counterpoint.service.rules.corpus import Patterns
from counterpoint.service.rules.grams import Model
from counterpoint.service.rules.proposal import Models
from counterpoint.service.rules.reports import Section, Template, wrong
from counterpoint.service.rules.settings import ComplaintRules, Limit
from counterpoint.service.rules.signals import Signal, find

LANGUAGES = ("zh-hans", "zh-hant", "en")


def _signal(body: dict[str, Any]) -> Signal:
    phrases = tuple(
        str(one) for part in body.pop("phrases", ()) for one in (part if isinstance(part, list) else [part])
    )
    signal = Signal(**body | {"phrases": phrases, "together": tuple(body.get("together") or ())})
    if set(signal.names) != set(LANGUAGES):
        raise ValueError("names are needed in zh-hans, zh-hant and en")
    if not signal.phrases and not signal.number:
        raise ValueError("a signal needs phrases or a number")
    return signal


def _signal_example(signal: Signal, example: dict[str, Any]) -> str:
    found = bool(find(example["text"], [signal], levels=(signal.level,)))
    return "" if found is example["found"] else f"found is {found}"


def _patterns(body: dict[str, Any]) -> Patterns:
    names = {one.name for one in fields(Patterns)}
    lists: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items() if k in names}
    lists["slots"] = {k: tuple(v) for k, v in (body.get("slots") or {}).items()}
    return Patterns(**lists)


def _rules(body: dict[str, Any]) -> ComplaintRules:
    from counterpoint.foundation.api import roles

    people = {k: {level: tuple(names) for level, names in body[k].items()} for k in ("first_owner", "alarm")}
    unknown = {one for by in people.values() for names in by.values() for one in names} - set(roles.ROLES)
    if unknown:
        raise ValueError(f"unknown roles {sorted(unknown)}")
    limits = {k: Limit(**body[k]) for k in ("forms_per_address", "forms_per_branch")}
    lists = {k: tuple(body[k]) for k in ("report_levels", "lesson_levels", "extensions", "callback_days")}
    return ComplaintRules(**body | people | limits | lists)


def _template(body: dict[str, Any]) -> Template:
    template = Template(body["key"], body["names"], tuple(Section(**section) for section in body["sections"]))
    problem = wrong(template)
    if problem:
        raise ValueError(problem)
    return template


def _model(body: dict[str, Any]) -> Model:
    return Model.from_text(body["classes"], body["weights"], body["scale"], body["offsets"])


declare(Kind("complaint_signals", parse=_signal, check_example=_signal_example))
declare(Kind("complaint_corpus", parse=_patterns))
declare(Kind("complaint_models", parse=_model))
declare(Kind("complaint_rules", parse=_rules))
declare(Kind("report_templates", parse=_template))


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


def rules(on: date, pack: str = "cn") -> ComplaintRules:
    """The chapter's figures in force on a date."""
    found: ComplaintRules = get("complaint_rules", "complaints", on, pack).value
    return found


REPORT = "rectification"


def template_now(on: date, pack: str = "cn") -> Item:
    """The report template that a new report pins."""
    return get("report_templates", REPORT, on, pack)


def template_of(key: str, number: int, pack: str = "cn") -> Template:
    """The template that a report pinned."""
    found: Template = version("report_templates", key, number, pack).value
    return found
