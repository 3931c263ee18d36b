"""The conversation of a case: its journal entries in words, with the notes and files that came with them."""

from typing import Any
from uuid import UUID

from counterpoint.foundation.api import Scope, User, facts, journal, scoped
from counterpoint.primitives.cases import queries
from counterpoint.primitives.cases.models import CaseFile, CaseNote
from counterpoint.primitives.cases.state import Event
from counterpoint.primitives.cases.types import CaseType, pinned
from counterpoint.primitives.cases.values import FileView, Told, short_name

PREFIX = "cases."


def timeline(*, scope: Scope, case: UUID) -> list[Told]:
    """Everything that happened to a case, oldest first."""
    with scoped(scope):
        row = queries.found(scope, case)
        kind = pinned(row.type, row.version, row.pack, row.org_path)
        entries = journal.about(str(row.pk), PREFIX)
        notes = {str(note.pk): note for note in CaseNote.objects.filter(case=row)}
        files: dict[str, list[FileView]] = {}
        for held in CaseFile.objects.filter(case=row).select_related("file").order_by("pk"):
            view = FileView(id=held.file_id, name=held.file.name, media_type=held.file.media_type)
            files.setdefault(str(held.note_id), []).append(view)
        opening = next((note for note in notes.values() if note.kind == "opening"), None)
    people = {str(e.actor) for e in entries if e.actor} | {p for e in entries for p in _people(e.data)}
    names = {str(pk): name for pk, name in User.objects.filter(pk__in=people).values_list("pk", "name")}
    told = []
    for entry in entries:
        note = notes.get(str(entry.data.get("note") or ""))
        if note is None and entry.kind == "cases.opened":
            note = opening
        told.append(
            Told(
                at=entry.at,
                kind=entry.kind.removeprefix(PREFIX),
                label=facts.label_of(entry.kind),
                actor=entry.actor,
                actor_name=names.get(str(entry.actor), ""),
                detail=_detail(kind, entry.kind, entry.data, names, row.org_unit.code),
                text=note.text if note else "",
                files=tuple(files.get(str(note.pk), ())) if note else (),
            )
        )
    return told


def _people(data: dict[str, Any]) -> list[str]:
    one = [str(data[key]) for key in ("owner", "user") if data.get(key)]
    return one + [str(p) for key in ("people", "involved") for p in data.get(key) or ()]


def _detail(kind: CaseType, fact: str, data: dict[str, Any], names: dict[str, str], branch: str) -> str:
    """What an entry is about, in names of the type and of people; another case of the branch by its short name."""
    parts = [short_name(branch, other) for other in (data.get("other"), data.get("into")) if other]
    clock = kind.clock(str(data.get("clock") or ""))
    if clock:
        parts.append(clock.name())
    reached = next((one for one in kind.clocks if one.stops_at == data.get("slug")), None)
    if reached:
        parts.append(reached.name())
    stage, level = kind.stage(str(data.get("stage") or "")), kind.level(str(data.get("level") or ""))
    reason = next((r for r in kind.reasons if r.slug == data.get("reason")), None)
    parts += [named.name() for named in (level, stage, reason) if named]
    parts += [name.name() for name in (kind.field(str(slug)) for slug in data.get("names") or ()) if name]
    if fact != "cases.watched":
        parts += [names[p] for p in _people(data) if p in names and fact != "cases.accepted"]
    return " · ".join(parts)


def story(*, scope: Scope, case: UUID) -> list[Event]:
    """The events of a case as the fold reads them, those of cases that it took in among them."""
    with scoped(scope):
        row = queries.found(scope, case)
        entries = journal.about(str(row.pk), PREFIX)
        taken = [str(other.pk) for other in row.taken_in.all()]
        for other in taken:
            entries += [e for e in journal.about(other, PREFIX) if e.kind == "cases.merged"]
    entries.sort(key=lambda e: e.id)
    return [_event(entry, str(row.pk)) for entry in entries]


def _event(entry: Any, case: str) -> Event:
    kind = entry.kind.removeprefix(PREFIX)
    if kind == "merged" and entry.subject != case:
        kind = "took_in"
    return Event(kind, entry.at, str(entry.actor or ""), entry.data)
