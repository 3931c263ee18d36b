"""Plans and reports on paper, set by Typst."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.content import Item
from counterpoint.primitives.playbooks.definition import Playbook, Within
from counterpoint.primitives.playbooks.reporting import Report
from counterpoint.primitives.playbooks.shown import InjectCard
from counterpoint.ui import pdf, reader
from counterpoint.ui.punctuation import listed, sign

FOLDER = Path(__file__).resolve().parents[1] / "templates" / "primitives" / "playbooks"


def sheet_pdf(item: Item, steps: Sequence[dict[str, Any]], *, branch: OrgUnit, language: str, on: date) -> bytes:
    """A plan as a sheet to work from: a box, a time and a name to write for each step. Raises `PdfFailed`."""
    book: Playbook = item.value
    limit = book.time_limit
    printed = _("version %(n)d, printed %(day)s") % {"n": item.version, "day": on}
    data = {
        "title": f"{branch.name} {book.name(language)}",
        "subtitle": " · ".join(filter(None, (book.hint(language), printed))),
        "footer": _("Afterwards enter the times of this sheet into the system."),
        "limit": f"{reader.said(limit.names, language)} ({limit.minutes:g} {_('min')})" if limit else "",
        "head": [[_("Real or drill"), ""], [_("Started at"), ""], [_("In charge"), ""]],
        "rules_title": _("Standing rules"), "rules": [reader.said(words, language) for words in book.rules],
        "say_title": _("Read out"), "wording": [reader.said(words, language) for words in book.wording],
        "steps_title": _("Steps of the plan"), "steps": [_printed(step) for step in steps],
        "time": _("Time"), "name": _("By whom"), "say": _("Say"),
        "figures_title": _("Figures and sources"),
        "figures": [f"{reader.said(one.names, language)} ({one.mark}: {one.source})" for one in book.figures],
    }  # fmt: skip
    return pdf.render(FOLDER / "sheet.typ", data)


def _printed(step: dict[str, Any]) -> dict[str, Any]:
    again = _("once more after %(n)d min") % {"n": step["again"].minutes} if step["again"] else ""
    leads = [f"{words} → {again if repeats else ', '.join(to) or _('end')}" for words, to, repeats in step["leads"]]
    contacts = [f"{role} +{minutes:g}" if minutes else role for role, minutes in step["contacts"]]
    return {
        "number": step["number"], "name": step["name"], "role": step["role"], "do": step["do"], "say": step["say"],
        "within": within_text(step["within"]), "question": step["question"], "leads": leads,
        "fields": [one.name for one in step["form"]], "contacts": _("Tell: %(who)s") % {"who": " → ".join(contacts)},
        "critical": step["critical"],
    }  # fmt: skip


def within_text(within: Within | None) -> str:
    """A step's time limit in words."""
    if within is None:
        return ""
    if within.of == "start":
        return _("by T+%(n)d min") % {"n": within.minutes}
    return _("within %(n)d min") % {"n": within.minutes}


def report_pdf(found: Report, told: dict[str, Any], *, branch: OrgUnit) -> bytes:
    """The report after a play on paper. Raises `PdfFailed`."""
    zone = ZoneInfo(branch.time_zone)
    play, score = found.play, found.score
    heads = [
        [_("Mode"), str(told["mode"])], [_("State"), str(told["state"])], [_("Started"), _clock(play.started_at, zone)],
        [_("Lasted"), _("%(n)d min") % {"n": round(found.minutes)}],
        [_("Score"), f"{score.points} / 100 ({_('passed') if score.passed else _('not passed')})"],
    ]  # fmt: skip
    if found.limit_minutes:
        heads.append(
            [_("Limit"), f"{found.limit_minutes:g} {_('min')}: {_('kept') if score.limit_kept else _('over its time')}"]
        )
    if told["chance"]:
        one = told["chance"]
        heads.append(
            [
                _("Chance of meeting the limit next time"),
                f"{one.value:.0%} ({one.low:.0%}–{one.high:.0%}), {told['bottleneck']}",
            ]
        )
    data = {
        "title": f"{branch.name} {told['name']}",
        "subtitle": _("After-action report, written by the system"),
        "footer": _("Written by the system from the play's own log."),
        "drill": str(told["mode"]) if play.mode == "drill" else "",
        "facts": heads,
        "steps_title": _("Steps of the plan"),
        "step_heads": [_("Step"), _("By whom"), _("Done at"), _("Minutes"), _("Usual"), _("Minutes late"), _("Noted")],
        "steps": [_step_row(row, zone) for row in told["rows"] if row["step"].state != "unneeded"],
        "findings_title": _("To learn"), "findings": [text for _key, text in told["findings"]],
        "nothing": _("Nothing: every step in time and complete."),
        "injects_title": _("News of the drill"),
        "inject_heads": [_("Came in"), _("For"), _("What"), _("Minutes to react"), _("By whom"), _("Reaction")],
        "injects": [_inject_row(card, minutes, zone) for card, minutes in told["injects"]],
        "earlier_title": _("Earlier plays of this plan"),
        "earlier_heads": [_("Date"), _("Minutes"), _("Score"), _("Late steps")],
        "earlier": [[_clock(e.started_at, zone), round(e.minutes), e.score, e.late] for e in found.earlier],
        "log_title": _("Log"), "log_heads": [_("Time"), _("What"), _("By whom")],
        "log": [[_clock(line.at, zone, True), " · ".join(filter(None, (line.what, line.step, line.text))), line.who]
                for line in told["log"]],
    }  # fmt: skip
    return pdf.render(FOLDER / "after.typ", data)


def _step_row(row: dict[str, Any], zone: ZoneInfo) -> list[Any]:
    step = row["step"]
    mark = sign("(") + _("on paper") + sign(")") if step.claimed_at else ""
    values = (f"{name}{sign(':')}{value}" for name, value in row["values"])
    noted = listed(filter(None, (row["answer"], *values, step.note)), ";")
    return [
        row["name"], row["who"] or str(row["state"]), f"{_clock(step.at, zone)}{mark}" if step.at else None,
        _minutes(row["minutes"]), _minutes(row["usual"]), _minutes(row["late"]) or "", noted,
    ]  # fmt: skip


def _inject_row(card: InjectCard, minutes: float | None, zone: ZoneInfo) -> list[Any]:
    came = _clock(card.view.shown_at, zone, True) if card.view.shown_at else None
    good = _("looked for: %(words)s") % {"words": card.good} if card.good else ""
    reaction = " · ".join(filter(None, (str(card.state), card.view.text, good)))
    return [came, card.role, card.text, _minutes(minutes), card.who, reaction]


def _minutes(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"


def _clock(at: datetime, zone: ZoneInfo, seconds: bool = False) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
