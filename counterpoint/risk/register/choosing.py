"""Which risks an incident may belong to: those it names, then proposals by its error and its words, then the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.cases import CaseView, case, timeline
from counterpoint.risk.models import Risk
from counterpoint.risk.register.actions import VIEW
from counterpoint.risk.register.assessing import body_of
from counterpoint.risk.register.kinds import RiskBody
from counterpoint.ui import reader

ALIKE = 2  # pairs of letters or words that text and risk share, for the words alone to propose it
ERROR, CATEGORY = 100, 1


@dataclass(frozen=True)
class Choice:
    """A risk to choose. `why` is named, error or words; "" for the rest."""

    key: str
    name: str
    what: str
    category: str
    why: str
    chosen: bool


@dataclass(frozen=True)
class Choices:
    """An incident with the risks of its branch."""

    incident: CaseView
    rows: tuple[Choice, ...]

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """Those that the incident names."""
        return tuple(one for one in self.rows if one.chosen)

    @property
    def proposed(self) -> tuple[Choice, ...]:
        """Those that fit, the best first."""
        return tuple(one for one in self.rows if one.why and not one.chosen)

    @property
    def others(self) -> tuple[Choice, ...]:
        """Everything else, by name."""
        return tuple(one for one in self.rows if not one.why and not one.chosen)


def choices(*, scope: Scope, now: datetime, incident: UUID, text: str = "") -> Choices:
    """The risks to choose from; `text` narrows those that are not chosen yet. `NotFound` out of reach."""
    view = case(scope=scope, case=incident, now=now).case
    words = " ".join([view.title, *(line.text for line in timeline(scope=scope, case=incident))])
    with scoped(scope):
        branch = OrgUnit.objects.get(code=view.branch)
        rows = register_of(scope, branch)
        bodies = {row.key: body_of(row) for row in rows}
    named = set(str(view.fields.get("risks") or "").split())
    ranked = sorted(bodies.values(), key=lambda body: (-_fit(body, view, words), body.name(reader.language())))
    found = [_choice(body, view, words, named) for body in ranked]
    return Choices(view, tuple(one for one in found if one.chosen or _about(one, text)))


def register_of(scope: Scope, branch: OrgUnit) -> list[Risk]:
    """The risks of a branch that the caller may see. Inside `scoped(scope)`."""
    if not scope.may(VIEW, branch.path):
        return []
    return list(Risk.objects.select_related("org_unit").filter(org_unit=branch, retired_at=None).order_by("key"))


def _choice(body: RiskBody, view: CaseView, words: str, named: set[str]) -> Choice:
    tongue, fit = reader.language(), _fit(body, view, words)
    why = "named" if body.key in named else "error" if fit >= ERROR else "words" if fit >= 10 * ALIKE else ""
    return Choice(body.key, body.name(tongue), reader.said(body.what, tongue), body.category, why, body.key in named)


def _fit(body: RiskBody, view: CaseView, words: str) -> int:
    """How well a risk fits: its kind of error above all, then how many words it shares, then its category."""
    error = view.fields.get("error")
    texts = " ".join(text for names in (body.names, body.what, *body.causes) for text in names.values())
    shared = len(_pairs(words) & _pairs(texts))
    return ERROR * bool(error and error in body.errors) + 10 * min(shared, 9) + CATEGORY * (
        body.category == view.fields.get("kind")
    )  # fmt: skip


def _pairs(text: str) -> set[str]:
    """Words of Latin letters, and pairs of Chinese characters that stand beside each other."""
    found = {word for word in text.lower().split() if word.isascii() and len(word) > 3}
    return found | {a + b for a, b in pairwise(text) if _is_han(a) and _is_han(b)}


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _about(one: Choice, text: str) -> bool:
    return all(word in f"{one.name} {one.what} {one.key}".lower() for word in text.lower().split())
