"""What people have done, by source: each part of the academy registers how its evidence is read.

A reader gives the evidence of one person, inside the asker's scope. A source without a reader proves nothing, and the
page says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from counterpoint.academy.catalogue.reading import Shelf
from counterpoint.academy.learning.queries import runs_of, standing
from counterpoint.academy.rules import awarding
from counterpoint.academy.rules.awarding import Evidence
from counterpoint.foundation.api import OrgUnit, Scope, chain


@dataclass(frozen=True)
class Asked:
    """Whose evidence is asked for: by whom, where, which keys of the source (lessons, blueprints, scenarios), when."""

    scope: Scope
    unit: OrgUnit
    user: UUID
    keys: frozenset[str]
    on: date
    held: Shelf


Reader = Callable[[Asked], Iterable[Evidence]]
_readers: dict[str, Reader] = {}


def register(source: str, reader: Reader) -> None:
    """A part of the academy says how the evidence of a source is read: exam, scenarios or shadow."""
    _readers[source] = reader


def known() -> frozenset[str]:
    """Sources that can be proven here; what a second person confirms can always be."""
    return frozenset(_readers) | {awarding.CONFIRMED}


def read(source: str, asked: Asked) -> list[Evidence]:
    """The evidence of one source; nothing where nobody registered it."""
    reader = _readers.get(source)
    return list(reader(asked)) if reader else []


def digest(body: Any) -> str:
    """SHA-256 of what evidence rests on, in the canonical form of the journal."""
    return hashlib.sha256(chain.canonical(body).encode()).hexdigest()


def _lessons(asked: Asked) -> Iterable[Evidence]:
    runs = runs_of(asked.scope, [asked.user]).get(asked.user, {})
    for key in sorted(asked.keys & set(runs)):
        stand = standing(key, runs[key], asked.on)
        run = stand.passed
        if run is None or run.passed_at is None:
            continue
        body = {"run": str(run.pk), "lesson": key, "version": run.version, "taught": run.taught,
                "passed": run.passed_at.isoformat()}  # fmt: skip
        yield Evidence(
            awarding.LESSONS, key, run.org_unit.date_at(run.passed_at), str(run.pk), digest(body),
            {"current": 0 if stand.diffs else 1},
        )  # fmt: skip


register(awarding.LESSONS, _lessons)
