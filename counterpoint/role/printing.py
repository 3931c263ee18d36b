"""The sheets on paper: the same data as the pages, set by Typst."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from counterpoint.role.numbers import DayNumbers
from counterpoint.role.offered import Due, MorningLesson
from counterpoint.role.services import service_types, tiers
from counterpoint.role.sheets import EveningSheet, MorningSheet, Plan
from counterpoint.role.today import Today
from counterpoint.ui.punctuation import listed

FOLDER = Path(__file__).resolve().parent / "templates" / "role"


class Words:
    """Names of services, tiers and skills in the reader's language, for a date and rule pack."""

    def __init__(self, on: date, pack: str, language: str) -> None:
        self.services = {key: one.name(language) for key, one in service_types(on, pack).items()}
        self.tiers = {key: one.name(language) for key, one in tiers(on, pack).items()}
        self.skills = {
            "cash": _("Cash"), "non_cash": _("Non-cash"), "wealth": _("Wealth"), "corporate": _("Corporate"),
            "lobby": _("Lobby"), "vault": _("Vault"),
        }  # fmt: skip

    def service(self, key: str) -> str:
        """Name of a service; the key itself when content does not know it."""
        return self.services.get(key, key)

    def tier(self, key: str) -> str:
        """Name of a tier."""
        return self.tiers.get(key, key)

    def posts(self, keys: tuple[str, ...]) -> str:
        """Posts of a shift in one line."""
        return listed(self.skills.get(key, key) for key in keys)


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """Set a sheet. Raises `counterpoint.ui.pdf.PdfFailed`."""
    from counterpoint.ui.pdf import render

    return render(FOLDER / template, data)


def morning_data(sheet: MorningSheet, branch: str, language: str, pack: str = "cn") -> dict[str, Any]:
    """The morning sheet as plain words and numbers."""
    words = Words(sheet.today.date, pack, language)
    return {
        **_head(_("Morning sheet"), branch, sheet.today, language),
        "yesterday_title": _("Last business day"),
        "yesterday": _numbers(sheet.yesterday, words),
        **_plan(sheet.plan, words),
        "machines_title": _("Machines"),
        "lesson": _lesson(sheet.lesson),
        "machines": [[one.name, _("in service") if one.in_service else _("out of order")] for one in sheet.machines],
    }


def _lesson(one: MorningLesson | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "title": _("Three minutes for the morning meeting"), "name": one.name, "words": one.words,
        "play_title": _("To play:"), "play": one.role_play, "stem": one.stem, "options": list(one.options),
        "why": one.why,
    }  # fmt: skip


def evening_data(sheet: EveningSheet, branch: str, language: str, pack: str = "cn") -> dict[str, Any]:
    """The evening sheet as plain words and numbers."""
    words = Words(sheet.today.date, pack, language)
    tomorrow = _plan(sheet.tomorrow, words) if sheet.tomorrow else None
    return {
        **_head(_("Evening sheet"), branch, sheet.today, language),
        "day_title": _("The day"),
        "day": _numbers(sheet.numbers, words),
        **_plan(sheet.plan, words),
        "tomorrow_title": _("Next business day"),
        "tomorrow": tomorrow,
        "dues_title": _("Due tonight and on the next business day"),
        "due_heads": [_("By"), _("Due item"), _("Kind"), _("Whose")],
        "dues": [[_by(one), one.name, one.what, one.owner or "–"] for one in sheet.dues],
        "no_dues": _("Nothing falls due until the end of the next business day."),
        "open_title": _("Still open"),
        "open": [[item.label, item.found, item.todo] for item in sheet.open_items],
        "nothing_open": _("Nothing is left open."),
    }


def _by(one: Due) -> str:
    return _("%(time)s, late") % {"time": one.by} if one.late else one.by


def _head(title: str, branch: str, today: Today, language: str) -> dict[str, Any]:
    marks = [mark.name(language) for mark in today.marks]
    day = " · ".join([date_format(today.date, "DATE_FORMAT"), date_format(today.date, "l"), *marks])
    return {"title": f"{branch} {title}", "subtitle": day, "footer": _("Written by the system from the branch's data.")}


def _numbers(numbers: DayNumbers | None, words: Words) -> dict[str, Any] | None:
    if numbers is None or not numbers.arrivals:
        return None
    minutes = _("%(n).0f min")
    facts = [
        [_("Tickets"), str(numbers.arrivals)],
        [_("Served"), str(numbers.served)],
        [_("Walked out"), f"{numbers.left} ({numbers.left_share:.1%})"],
        [_("Median wait"), minutes % {"n": numbers.median or 0}],
        [_("Wait, P90"), minutes % {"n": numbers.p90 or 0}],
    ]
    heads = [_("Tier"), _("Promise"), _("Called"), _("Kept"), _("Longest")]
    tiers_ = [
        [
            words.tier(t.tier),
            minutes % {"n": t.promise},
            t.called,
            "–" if t.share is None else f"{t.share:.0%}",
            minutes % {"n": t.worst},
        ]
        for t in numbers.tiers
    ]
    long_heads = [_("Ticket"), _("Service"), _("Arrived"), _("Waited")]
    longest = [
        [w.label, words.service(w.service), f"{w.arrived:%H:%M}", minutes % {"n": w.minutes}] for w in numbers.longest
    ]
    return {
        "facts": facts,
        "tier_heads": heads,
        "tiers": tiers_,
        "long_heads": long_heads,
        "longest": longest,
        "long_title": _("Longest waits over the promise"),
    }


def _plan(plan: Plan, words: Words) -> dict[str, Any]:
    shifts = (
        None
        if plan.shifts is None
        else [[s.name, f"{s.start}–{s.end}", s.lunch or "–", words.posts(s.posts)] for s in plan.shifts]
    )
    peak = plan.peak
    finding = _("No forecast for this day.")
    if plan.expected is not None and peak is not None:
        finding = _("%(count).0f customers expected, most at %(clock)s") % {"count": plan.expected, "clock": peak.clock}
    return {
        "plan_title": _("Customers by half hour"),
        "finding": finding,
        "hour_heads": [_("Half hour"), _("Expected"), _("Came")],
        "hours": [[h.clock, _whole(h.expected), _whole(h.came)] for h in plan.hours],
        "ceiling": plan.ceiling,
        "bars": [[h.expected or 0, h.came or 0] for h in plan.hours],
        "shift_title": _("Roster and lunch"),
        "shift_heads": [_("Person"), _("Shift"), _("Lunch"), _("Post")],
        "shifts": shifts,
        "no_shifts": _("No published roster for this day."),
    }


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
