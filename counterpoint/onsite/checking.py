"""Fitting the twin to a branch's own tickets and asking the trust gate: everything between the log and the verdict."""

import json
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, scoped
from counterpoint.onsite import futures, sources
from counterpoint.onsite.models import DayLog
from counterpoint.onsite.state import Hall

HISTORY = timedelta(weeks=8)
HELD_OUT = 7  # days that are kept from the fit
FEWEST = 14  # days of history, half of which are judged


class TooLittle(DomainError):
    """There are too few days with tickets to fit and to judge."""

    code = "too_little_history"
    status = 422


@dataclass(frozen=True)
class Checked:
    """What a check found, ready to be stored."""

    fitted_on: tuple[date, ...]
    judged_on: tuple[date, ...]
    tickets: int
    simulated: bool
    status: str
    gate: int
    fitted: dict[str, Any]
    values: list[dict[str, Any]]
    verdict: dict[str, Any]


def check(hall: Hall, scope: Any) -> Checked:
    """Fit on the older days and judge on the last `HELD_OUT` of the past eight weeks; about ten seconds of CPU.

    `TooLittle` with fewer than `FEWEST` days. The same tickets give the same answer.
    """
    from counterpoint.science.calibration import CalibrationError, Params, calibrate
    from counterpoint.science.history import Mapping, normalise
    from counterpoint.science.trust import GATE, TrustError, judge

    frame = sources.tickets(scope, hall.branch, hall.on - HISTORY, hall.on)
    too_little = TooLittle(
        _("The check needs %(days)d days with tickets, and people who called them. Bring in a history, or wait.")
        % {"days": FEWEST}
    )
    if frame.empty:
        raise too_little
    names = {name: name for name in sources.TICKET_COLUMNS}
    log = normalise(frame.reset_index(drop=True), Mapping.from_dict(names))
    days = sorted(set(log.usable["arrived"].dropna().dt.date)) if len(log.usable) else []
    if len(days) < FEWEST:
        raise too_little
    seed = zlib.crc32(f"{hall.branch.code} {days[-1]}".encode())
    held = days[-HELD_OUT:]
    try:
        found = calibrate(log, Params(zone=hall.branch.time_zone), days=days[:-HELD_OUT], seed=seed)
        model = found.apply(futures.planned_model(hall))
        answer = judge(model, found, log, held, seed=seed)
    except (CalibrationError, TrustError) as refused:
        raise too_little from refused
    return Checked(
        tuple(days[:-HELD_OUT]), tuple(held), found.tickets, _has_simulated(hall, scope, days[0]), answer.status,
        int(GATE.version), json.loads(model.to_json()), _without_people(json.loads(found.to_json())["values"]),
        json.loads(answer.to_json()),
    )  # fmt: skip


def _without_people(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was fitted, less how fast single people work: this is about the branch."""
    return [row for row in values if row["what"] != "speed"]


def _has_simulated(hall: Hall, scope: Any, since: date) -> bool:
    with scoped(scope):
        logs = DayLog.objects.filter(org_unit=hall.branch, business_date__gte=since, business_date__lt=hall.on)
        return logs.filter(source="simulated").exists()
