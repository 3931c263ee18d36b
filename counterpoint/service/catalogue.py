"""The chapter's content: signals, training patterns, trained models, figures, report templates; declared once, read by
date."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any

from annotated_types import MinLen
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from counterpoint.foundation.api import OrgUnit, roles
from counterpoint.primitives.cases import CaseType
from counterpoint.primitives.content import Item, Kind, Positive, Text, declare, edition, get, items, version
from counterpoint.service.rules.corpus import Patterns
from counterpoint.service.rules.grams import Model
from counterpoint.service.rules.proposal import Models
from counterpoint.service.rules.reading import plain
from counterpoint.service.rules.reports import Template, wrong
from counterpoint.service.rules.settings import ComplaintRules
from counterpoint.service.rules.settings import wrong as worked_wrong
from counterpoint.service.rules.signals import Signal, find

LANGUAGES = ("zh-hans", "zh-hant", "en")
PAGE = ((gettext_lazy("Complaints"), "service:complaints"),)


def _signal(signal: Signal) -> str:
    if set(signal.names) != set(LANGUAGES):
        return _("The name is needed in all three languages.")
    if not signal.phrases and not signal.number:
        return _("A signal needs phrases or a number.")
    if not signal.number and (signal.at_least is not None or signal.below is not None):
        return _("Limits need the kind of number that they are for.")
    if signal.at_least is not None and signal.below is not None and signal.below <= signal.at_least:
        return _("“Below” must be more than “at least”.")
    empty = [one for one in (*signal.phrases, *signal.together) if not plain(one).strip(" …*")]
    return _("“%(phrase)s” has no letters and would fit everywhere.") % {"phrase": empty[0]} if empty else ""


def _signal_example(signal: Signal, example: dict[str, Any]) -> str:
    found = bool(find(example["text"], [signal], levels=(signal.level,)))
    return "" if found is example["found"] else f"found is {found}"


def _patterns(patterns: Patterns) -> str:
    if bool(patterns.level) == bool(patterns.slots):
        return _("Give either a level with texts, or the shared words of all.")
    if patterns.level and not (patterns.category and patterns.texts):
        return _("A level needs a category and Chinese texts.")
    lists = [part for part in ("openings", "closings", "en_openings", "en_closings") if not patterns.choices(part)]
    return _("The shared words lack: %(lists)s.") % {"lists": ", ".join(lists)} if patterns.slots and lists else ""


def _rules(rules: ComplaintRules) -> str:
    named = {one for by in (rules.first_owner, rules.alarm) for names in by.values() for one in names}
    unknown = ", ".join(sorted(named - set(roles.ROLES)))
    if not unknown:
        return ""
    words = {"roles": unknown, "known": ", ".join(sorted(roles.ROLES))}
    return _("These are no roles: %(roles)s. Known are: %(known)s.") % words


@dataclass(frozen=True)
class ModelBody:
    """A trained model as `service.training` writes it: `weights` are compressed bytes in letters."""

    classes: Annotated[tuple[Text, ...], MinLen(2)]
    scale: Positive
    offsets: tuple[float, ...]
    weights: Annotated[str, MinLen(1), Field(json_schema_extra={"format": "long"})]

    def model(self) -> Model:
        """The model; ValueError when the weights do not fit."""
        return Model.from_text(self.classes, self.weights, self.scale, self.offsets)


def _model(body: ModelBody) -> str:
    if len(set(body.classes)) != len(body.classes) or len(body.offsets) != len(body.classes):
        return _("Every class stands once and has one offset.")
    try:
        body.model()
    except ValueError:
        return _("The weights do not fit the classes. Take them from the training as they are.")
    return ""


SIGNAL_LABELS = {
    "level": pgettext_lazy("field", "Level"),
    "weight": pgettext_lazy("field", "Weight (log-odds for the level)"),
    "phrases": pgettext_lazy("field", "Phrases, one a line"),
    "together": pgettext_lazy("field", "One of these must stand in the text too"),
    "number": pgettext_lazy("field", "Kind of number that is needed"),
    "number=": pgettext_lazy("field", "None"),
    "number=money": pgettext_lazy("field", "Amount in yuan"),
    "number=wait": pgettext_lazy("field", "Minutes waited"),
    "number=age": pgettext_lazy("field", "Age"),
    "number=people": pgettext_lazy("field", "People"),
    "at_least": pgettext_lazy("field", "Number at least"),
    "below": pgettext_lazy("field", "Number below"),
    "certain": pgettext_lazy("field", "Decides alone"),
    "negatable": pgettext_lazy("field", "A “not” before it takes it away"),
    "category": pgettext_lazy("field", "Category it speaks for"),
    "cause": pgettext_lazy("field", "Root cause it speaks for"),
}
PATTERN_LABELS = {
    "level": SIGNAL_LABELS["level"],
    "category": pgettext_lazy("field", "Category"),
    "texts": pgettext_lazy("field", "Chinese texts, one a line"),
    "english": pgettext_lazy("field", "English texts, one a line"),
    "slots": pgettext_lazy("field", "Words for the gaps"),
    "openings": pgettext_lazy("field", "Openings"),
    "closings": pgettext_lazy("field", "Closings"),
    "fillers": pgettext_lazy("field", "Sentences between"),
    "en_openings": pgettext_lazy("field", "Openings in English"),
    "en_closings": pgettext_lazy("field", "Closings in English"),
    "en_fillers": pgettext_lazy("field", "Sentences between in English"),
    "silent": pgettext_lazy("field", "How many choices say nothing"),
}
MODEL_LABELS = {
    "classes": pgettext_lazy("field", "Classes, one a line"),
    "scale": pgettext_lazy("field", "Scale of a weight"),
    "offsets": pgettext_lazy("field", "Offsets of the classes"),
    "weights": pgettext_lazy("field", "Weights, as the training writes them"),
}
RULE_LABELS = {
    "first_owner": pgettext_lazy("field", "First owner by level (roles, nearest first)"),
    "alarm": pgettext_lazy("field", "Who is told at once, by level (roles)"),
    "report_levels": pgettext_lazy("field", "Levels that need a written report"),
    "lesson_levels": pgettext_lazy("field", "Levels that ask for a lesson"),
    "extensions": pgettext_lazy("field", "Legal days in all after each extension"),
    "callback_days": pgettext_lazy("field", "Days after closing to call back"),
    "repeat_days": pgettext_lazy("field", "Days in which the same again is a repeat"),
    "keep_years": pgettext_lazy("field", "Years that records are kept"),
    "text_limit": pgettext_lazy("field", "Letters of a complaint at most"),
    "proof_bits": pgettext_lazy("field", "Work of the public form (bits)"),
    "forms_per_address": pgettext_lazy("field", "Public forms from one address"),
    "forms_per_branch": pgettext_lazy("field", "Public forms to one branch"),
    "open_at_least": pgettext_lazy("field", "Probability to open at a graver level"),
}
REPORT_LABELS = {"starts": pgettext_lazy("field", "What stands there at first; {received} and the like are filled in")}
REPORT = "rectification"

declare(
    Kind(
        "complaint_signals", type=Signal, check=_signal, check_example=_signal_example,
        title=gettext_lazy("Signals in complaints"), labels=SIGNAL_LABELS, pages=PAGE,
    )
)  # fmt: skip
declare(
    Kind(
        "complaint_corpus", type=Patterns, check=_patterns, title=gettext_lazy("Training texts of complaints"),
        labels=PATTERN_LABELS, needs=frozenset({"slots"}),
    )
)  # fmt: skip
declare(
    Kind(
        "complaint_models", type=ModelBody, check=_model, build=ModelBody.model,
        title=gettext_lazy("Trained models of complaints"), labels=MODEL_LABELS, pages=PAGE,
        needs=frozenset({"level", "category"}),
    )
)  # fmt: skip
declare(
    Kind(
        "complaint_rules", type=ComplaintRules, check=_rules, check_example=worked_wrong,
        title=gettext_lazy("Figures of complaints"),
        labels=RULE_LABELS, pages=PAGE, needs=frozenset({"complaints"}),
    )
)  # fmt: skip
declare(
    Kind(
        "report_templates", type=Template, check=wrong, title=gettext_lazy("Templates of reports"),
        labels=REPORT_LABELS, pages=PAGE, needs=frozenset({REPORT}),
    )
)  # fmt: skip


def signals(on: date, pack: str = "cn", bank: str | None = None) -> tuple[Signal, ...]:
    """The signals in force on a date."""
    return tuple(item.value for item in items("complaint_signals", on, pack, bank=bank).values())


def patterns(on: date) -> tuple[Patterns, ...]:
    """The training patterns in force on a date."""
    return tuple(item.value for item in items("complaint_corpus", on).values())


def models(on: date, pack: str = "cn", bank: str | None = None) -> Models:
    """The trained models in force on a date."""
    return _models(on, pack, bank, edition(bank))


@lru_cache(maxsize=8)
def _models(on: date, pack: str, bank: str | None, _edition: Hashable) -> Models:
    found = items("complaint_models", on, pack, bank=bank)
    level, category = found["level"], found["category"]
    return Models(f"{level.version}.{category.version}", level.value, category.value)


def rules(branch: OrgUnit, now: datetime) -> ComplaintRules:
    """The chapter's figures in force at a branch, for every level of the complaint type in force there."""
    on, pack, bank = branch.date_at(now), branch.rule_pack, branch.path
    value: ComplaintRules = get("complaint_rules", "complaints", on, pack, bank=bank).value
    kind: CaseType = get("case_types", "service.complaint", on, pack, bank=bank).value
    return value.over([level.slug for level in kind.levels])


def template_now(branch: OrgUnit, now: datetime) -> Item:
    """The report template that a new report pins."""
    return get("report_templates", REPORT, branch.date_at(now), branch.rule_pack, bank=branch.path)


def template_of(key: str, number: int, branch: OrgUnit) -> Template:
    """The template that a report pinned."""
    found: Template = version("report_templates", key, number, branch.rule_pack, bank=branch.path).value
    return found
