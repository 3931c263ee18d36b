"""Rounds in words: names of states, kinds and values, rows of tables, and what a round looks like on paper."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from counterpoint.foundation.api import practice
from counterpoint.primitives.checklists import captured_words, catalogue, places, proof, scoring
from counterpoint.primitives.checklists.aside import Aside
from counterpoint.primitives.checklists.calling import HELD, NOTED, QUARANTINED, SETTLED, id_of
from counterpoint.primitives.checklists.definition import NOT_APPLICABLE, Item
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.phone_words import reasons
from counterpoint.primitives.checklists.queries import Detail, Line
from counterpoint.primitives.checklists.unsent import Phone, headline
from counterpoint.ui.excel import Sheet
from counterpoint.ui.tables import Cell, Column, Table


def value(item: Item, given: Any, language: str) -> str:
    """An answer as a person reads it."""
    if given is None:
        return ""
    if given == NOT_APPLICABLE:
        return _("Does not apply")
    if item.kind == "yes_no":
        return {"yes": _("Yes"), "no": _("No")}.get(given, str(given))
    if item.kind == "choice":
        return next((one.name(language) for one in item.choices if one.slug == given), str(given))
    if item.kind == "number":
        return f"{given:g} {item.unit}".strip()
    if item.kind == "place" and isinstance(given, dict):
        return f"{given['lat']:.5f}, {given['lon']:.5f}"
    return str(given)


def verdict(line: Line) -> tuple[str, str]:
    """(words, level) of an item's verdict."""
    if line.verdict == places.GOOD and line.warn_days is not None:
        return _("expires in %(days)d days") % {"days": line.warn_days}, "watch"
    return {
        places.GOOD: (_("in order"), "fine"),
        places.BAD: (_("not in order"), "act"),
        scoring.NA: (_("does not apply"), "calm"),
        scoring.OPEN: (pgettext("answer", "open"), "calm"),
        places.UNCHECKED: (_("not checked"), "watch"),
    }[line.verdict]


def aside(one: Aside, language: str) -> dict[str, Any]:
    """A phone's message that could not take effect, as a line."""
    message, row, item = one.message, one.round, one.item
    kinds = {"start": _("Round begun"), "answer": _("Answer"), "submit": _("Round handed in")}
    states = {
        HELD: _("kept until the rest arrives"), SETTLED: _("left as it is"), NOTED: _("taken over as a note"),
    }  # fmt: skip
    return {
        "pk": message.pk, "person": one.person, "at": message.received_at, "claimed": message.claimed_at,
        "kind": kinds.get(message.kind, message.kind), "round": row,
        "name": f"{one.definition.name(language)} {row.asset}".strip() if row and one.definition else "",
        "item": item.name(language) if item else str(message.body.get("item", "")),
        "value": value(item, one.value, language) if item else "", "photos": len(one.files),
        "why": states.get(message.state) or reasons().get(message.reason, message.reason),
        "may_settle": message.state == QUARANTINED, "may_note": one.may_note,
    }  # fmt: skip


def phone(one: Phone, language: str) -> dict[str, Any]:
    """A phone on which something may have waited for a day, as a line."""
    rounds = [(row.pk, f"{catalogue.told(row).name(language)} {row.asset}".strip()) for row in one.rounds]
    return {"what": headline(one), "since": one.since, "person": one.person, "device": one.device[:8], "rounds": rounds}


def notes(found: Detail, item: Item, language: str) -> list[dict[str, Any]]:
    """What came late to an item and was taken over into the record: the answer, whose it is, who took it over."""
    return [
        {
            "value": value(item, one["value"], language), "person": _who(found, id_of(one["person"])),
            "by": _who(found, id_of(one["by"])), "at": wall(found.row, datetime.fromisoformat(one["at"])),
            "received_at": wall(found.row, datetime.fromisoformat(one["received_at"])), "files": one["files"],
        }
        for one in found.notes
        if one["item"] == item.slug
    ]  # fmt: skip


def late_photos(found: Detail, item: Item) -> set[str]:
    """Digests of pictures that came with late answers only, and with none that counted."""
    late = {digest for one in found.notes if one["item"] == item.slug for digest in one["files"]}
    return late - {digest for entry in found.lines[item.slug].history for digest in entry.files}


def state(row: Round) -> tuple[str, str]:
    """(words, level) of a round."""
    if row.state == Round.State.SUBMITTED:
        return (_("passed"), "fine") if row.passed else (_("failed"), "act")
    if row.late_at is not None:
        return _("overdue"), "act"
    return (_("begun"), "info") if row.state == Round.State.OPEN else (_("to do"), "calm")


def wall(row: Round, at: Any) -> str:
    """An instant on the branch's clock."""
    return date_format(at.astimezone(ZoneInfo(row.org_unit.time_zone)), "Y-m-d H:i") if at else ""


def short(row: Round, at: Any) -> str:
    """The same without the year, for narrow places."""
    return wall(row, at)[5:]


def score(row: Round) -> str:
    """Score in per cent; empty before the submission."""
    return f"{row.percent:g} %" if row.percent is not None else ""


def names(rows: list[Round], language: str) -> dict[Any, str]:
    """Name of each round's checklist."""
    return {row.pk: catalogue.told(row).name(language) for row in rows}


def table(rows: list[Round], people: dict[Any, str], language: str, excel_url: str) -> Table:
    """The history as a table."""
    titles = names(rows, language)
    cells = []
    for row in rows:
        words, level = state(row)
        cells.append(
            [
                row.business_date.isoformat(), row.org_unit.name,
                Cell(f"{titles[row.pk]} {row.asset}".strip(), url=reverse("primitives:round", args=[row.pk])),
                Cell(words, level=level), Cell(score(row), value=row.percent if row.percent is not None else -1),
                len(row.result.get("failed", [])) if row.state == Round.State.SUBMITTED else "",
                people.get(row.done_by, ""), wall(row, row.done_at), wall(row, row.due_at),
            ]
        )  # fmt: skip
    columns = [
        Column(_("Date")), Column(_("Branch")), Column(_("Round")), Column(_("State")), Column(_("Score"), number=True),
        Column(_("Not in order"), number=True), Column(_("Handed in by")), Column(_("Handed in at")),
        Column(_("Due at")),
    ]  # fmt: skip
    return Table(
        "rounds", _("Rounds"), columns, cells, excel_url=excel_url, search=False, empty=_("No round fits."),
        empty_todo=_("Change the filter, or begin a round."),
    )  # fmt: skip


def sheet(rows: list[Round], people: dict[Any, str], language: str) -> Sheet:
    """The history as a spreadsheet."""
    titles = names(rows, language)
    headings = [
        _("Date"), _("Branch"), _("Round"), _("Machine"), _("State"), _("Score"), _("Not in order"), _("Handed in by"),
        _("Handed in at"), _("Due at"), _("Version"),
    ]  # fmt: skip
    body = [
        [
            row.business_date, row.org_unit.name, titles[row.pk], row.asset, state(row)[0], row.percent,
            len(row.result.get("failed", [])), people.get(row.done_by, ""), wall(row, row.done_at),
            wall(row, row.due_at), row.version,
        ]
        for row in rows
    ]  # fmt: skip
    return Sheet(_("Rounds"), headings, body, title=_("Rounds"))


def hint(row: Round, item: Item, language: str) -> str:
    """What helps to answer an item; in a practice branch, where no labels hang, also what the label would say."""
    told = [item.hint.get(language, "")]
    if item.point and row.org_path.startswith(practice.TREE):
        code = places.code_of(row.org_unit, item.point)
        told.append(_("No labels hang in a practice branch; the one of this point says %(code)s.") % {"code": code})
    return " ".join(filter(None, told))


def sections(found: Detail, language: str) -> list[dict[str, Any]]:
    """A round as its page and its paper show it: sections of lines."""
    result = {one["item"]: one for one in found.row.result.get("failed", [])}
    zone = ZoneInfo(found.row.org_unit.time_zone)
    told = []
    for section in found.definition.sections:
        lines = []
        for item in section.items:
            line = found.lines[item.slug]
            words, level = verdict(line)
            lines.append(
                {
                    "item": item, "line": line, "name": item.name(language), "value": value(item, line.value, language),
                    "words": words, "level": level, "case": (result.get(item.slug) or {}).get("case"),
                    "choices": [(c.slug, c.name(language)) for c in item.choices],
                    "machines": found.machines.get(item.asset, ()) if line.asks_which else (),
                    "hint": hint(found.row, item, language), "done_at": wall(found.row, line.done_at),
                    "done_by": line.done_by, "notes": notes(found, item, language),
                    "late_photos": late_photos(found, item), "where": captured_words.place(item, line),
                    "how": captured_words.code(item, line.captured), "clock": captured_words.clock(line.captured, zone),
                    "history": [
                        (value(item, e.value, language), _who(found, e.person), wall(found.row, e.received_at))
                        for e in line.history
                    ],
                }
            )  # fmt: skip
        told.append({"name": section.name(language), "slug": section.slug, "lines": lines})
    return told


def unproven(row: Round) -> list[str]:
    """Why a round that was handed in proves nothing, in words."""
    return [str(proof.WORDS[code]) for code in row.result.get("proof", []) if code in proof.WORDS]


def _who(found: Detail, person: UUID | None) -> str:
    return found.people.get(person, "") if person else ""


def paper(found: Detail, language: str) -> dict[str, Any]:
    """A round as data for the PDF."""
    row = found.row
    words, _level = state(row)
    return {
        "title": f"{found.definition.name(language)} {row.asset}".strip(),
        "subtitle": f"{row.org_unit.name} · {row.business_date.isoformat()}",
        "footer": _("Checklist %(key)s, version %(version)d") % {"key": row.checklist, "version": row.version},
        "lang": "en" if language == "en" else "zh",
        "facts": [
            [_("State"), words], [_("Score"), score(row) or "–"],
            [_("Handed in by"), found.people.get(row.done_by, "–") if row.done_by else "–"],
            [_("Handed in at"), wall(row, row.done_at) or "–"], [_("Due at"), wall(row, row.due_at) or "–"],
            *([_("Not proven"), word] for word in unproven(row)),
        ],
        "head": [_("Item"), _("Answer"), _("Verdict"), _("By"), _("At")],
        "sections": [
            {
                "name": one["name"],
                "rows": [
                    [line["name"], line["where"] or line["value"] or "–"]
                    + [line[part] or "–" for part in ("words", "done_by", "done_at")]
                    for line in one["lines"]
                ],
            }
            for one in sections(found, language)
        ],
        "notes_title": _("Came after the round was handed in; does not count"),
        "notes_head": [_("Item"), _("Answer"), _("By"), pgettext("rounds", "Arrived"), _("Taken over by"), _("At")],
        "notes": [
            [line["name"], note["value"] or "–", note["person"], note["received_at"], note["by"], note["at"]]
            for one in sections(found, language)
            for line in one["lines"]
            for note in line["notes"]
        ],
        "photos_title": _("Photos"),
        "photos": [
            {"name": f"{e.pk}.jpg", "caption": _caption(line, e.digest)}
            for one in sections(found, language)
            for line in one["lines"]
            for e in line["line"].evidence
        ],
    }  # fmt: skip


def _caption(line: dict[str, Any], digest: str) -> str:
    late = _("Came late, does not count") if digest in line["late_photos"] else ""
    return " · ".join(filter(None, (line["name"], late)))
