"""How answers were captured, and whether that proves that the round was walked: who leads the branch hears of a round
that proves nothing, once.

All of it is claimed by a phone: whether a code was scanned or typed, its clock, its place. The server knows when it
heard of it, and how far the phone's clock was off at that moment.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives.checklists import machines, scoring
from counterpoint.primitives.checklists.calling import Call
from counterpoint.primitives.checklists.definition import Checklist
from counterpoint.primitives.checklists.machines import DESK, TYPED, Scanned
from counterpoint.primitives.checklists.models import AnswerEntry, Round
from counterpoint.primitives.checklists.telling import tell_leaders

CLOCK_OFF = timedelta(minutes=5)  # a phone's clock that is off by more is told
FAR, WRONG, NOT_WALKED, TOO_FAST, ALL_TYPED = "far", "wrong_label", "not_walked", "too_fast", "all_typed"
WORDS = {
    FAR: gettext_lazy("the place that was noted is too far away"),
    WRONG: gettext_lazy("a code that is not on the label of this point"),
    NOT_WALKED: gettext_lazy("not walked: fewer than two labels scanned"),
    TOO_FAST: gettext_lazy("labels scanned faster than anybody walks"),
    ALL_TYPED: gettext_lazy("every code was typed, none scanned"),
}
WalkCheck = Callable[[Scope, OrgUnit, Scanned], bool]
_checks: dict[str, WalkCheck] = {}


@dataclass(frozen=True)
class Captured:
    """What a phone claims of an entry: `how` a code was read (scanned, typed, or at a desk), `at` by its clock, and by
    how much that clock was ahead of the server's when the entry came (None where it did not say)."""

    how: str = ""
    at: datetime | None = None
    ahead: timedelta | None = None

    @property
    def clock_off(self) -> bool:
        """Whether the clock was far off."""
        return self.ahead is not None and abs(self.ahead) > CLOCK_OFF

    @property
    def corrected(self) -> datetime | None:
        """The claimed moment on the server's clock, as far as the phone told its own."""
        return self.at - self.ahead if self.at and self.ahead else self.at


NOTHING = Captured()


def register_walk_check(check: WalkCheck) -> WalkCheck:
    """Another room's judgement of a walk: `fn(scope, org_unit, scanned) -> whether nobody can have walked so fast`."""
    _checks[f"{check.__module__}.{check.__qualname__}"] = check
    return check


def captured(row: Round, entries: Iterable[AnswerEntry]) -> dict[int, Captured]:
    """How each entry of a round was captured, by its id."""
    held = list(entries)
    told = machines.phones_said([row]) if any(entry.device for entry in held) else {}
    return {entry.pk: _captured(entry, told.get((entry.device, entry.key), {})) for entry in held}


def _captured(entry: AnswerEntry, told: dict[str, Any]) -> Captured:
    seconds, at = told.get("clock_ahead"), entry.at_claim
    ahead = timedelta(seconds=seconds) if isinstance(seconds, int | float) else None
    if ahead is None and at is not None and at > entry.received_at:
        ahead = at - entry.received_at
    return Captured(machines.how_of(entry, told), at, ahead)


def began(row: Round) -> datetime | None:
    """When the round began at the latest: what its phone claims, on the server's clock, else what the server knows."""
    found = captured(row, AnswerEntry.objects.filter(round=row)).values()
    claimed = [one.corrected for one in found if one.corrected]
    return min([*claimed, *([row.started_at] if row.started_at else [])], default=None)


def problems(call: Call, row: Round, checklist: Checklist, scored: scoring.Score) -> list[str]:
    """Why a round proves nothing, by code; empty when it proves itself or was asked for no proof."""
    items = {item.slug: item for item in checklist.items}
    bad = {items[one.slug].kind for one in scored.failed}
    walk = machines.of_round(row, checklist)
    found = [code for code, kind in ((FAR, "place"), (WRONG, "scan")) if kind in bad]
    if walk is not None and walk.strict:
        if not walk.walked:
            found.append(NOT_WALKED)
        elif any(check(call.scope, row.org_unit, walk) for check in _checks.values()):
            found.append(TOO_FAST)
        if walk.scans and all(how in (TYPED, DESK) for how in walk.hows):
            found.append(ALL_TYPED)
    return found


def tell(call: Call, row: Round, checklist: Checklist, found: list[str]) -> int:
    """Whoever leads the branch hears of it, once a round; returns how many people."""

    def words(language: str) -> tuple[str, str]:
        name = f"{checklist.name(language)} {row.asset}".strip()
        return (
            _("The round is not proven: %(round)s") % {"round": name},
            "\n".join(str(WORDS[code]) for code in found),
        )

    told = tell_leaders(call, f"round-proof:{row.pk}", reverse("primitives:round", args=[row.pk]), words)
    call.note(
        "proof_failed", row.pk, round=str(row.pk), checklist=row.checklist, version=row.version, asset=row.asset,
        why=found, told=told,
    )  # fmt: skip
    return told
