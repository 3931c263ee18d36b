"""Definitions as files: written out as they stand, read back as proposals. Reading alone changes nothing."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from counterpoint.primitives.content import drafts, loader, registry
from counterpoint.primitives.content.drafts import Draft, Judged
from counterpoint.primitives.content.loader import Item
from counterpoint.primitives.content.registry import ContentError

if TYPE_CHECKING:
    from counterpoint.foundation.api import OrgUnit, Scope
    from counterpoint.primitives.content.models import ContentVersion

MOST_FILES = 500
MOST_BYTES = 8_000_000  # of all files together, unpacked
ZIP = b"PK\x03\x04"  # what a zip with files begins with, also one that was cut off
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)  # damaged, or locked


class ExchangeFault(ValueError):
    """The file is no YAML and no zip of YAML files, or too large."""


@dataclass(frozen=True)
class Line:
    """One definition of an import: what it is, and whether it is new, changed, the same or wrong."""

    file: str
    kind: str
    key: str
    state: str
    judged: Judged | None = None
    problem: str = ""

    def __str__(self) -> str:
        problems = [self.problem] if self.problem else [str(one) for one in self.judged.problems] if self.judged else []
        return f"{self.state}: {self.kind}/{self.key} ({self.file}){': ' if problems else ''}{'; '.join(problems)}"


@dataclass(frozen=True)
class Report:
    """What an import would do; nothing is proposed while there are problems."""

    found: tuple[Line, ...]

    @property
    def problems(self) -> tuple[Line, ...]:
        """Lines that cannot be proposed."""
        return tuple(line for line in self.found if line.state == "wrong")

    @property
    def wishes(self) -> tuple[Line, ...]:
        """Lines that would become proposals."""
        return tuple(line for line in self.found if line.state in {"new", "changed"})


def export_files(kinds: Iterable[str] = (), *, bank: str | None = None) -> dict[str, str]:
    """Every version of every key: file name → YAML, a file a key (`tiers/vip.yaml`)."""
    written: dict[str, str] = {}
    for name in tuple(kinds) or tuple(kind.name for kind in registry.kinds()):
        for item in sorted(loader.every(name, bank=bank), key=lambda one: (one.key, one.pack, one.version)):
            file = f"{name}/{item.key}.yaml"
            written[file] = written.get(file, "") + item.text
    return written


def zipped(files: dict[str, str]) -> bytes:
    """The files as one zip; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return target.getvalue()


def single_name(kind: str, key: str) -> str:
    """Name of the file of one definition alone; `read` finds the kind in it again."""
    return f"{kind}-{key}.yaml"


def texts_of(source: Path) -> dict[str, str]:
    """Texts by name of a YAML file, a zip, or a folder of them. Raises `ExchangeFault`."""
    if source.is_dir():
        names = {path.relative_to(source).as_posix(): path for path in sorted(source.rglob("*.yaml"))}
        return {name: _decoded(name, path.read_bytes()) for name, path in names.items()}
    return unpacked(f"{source.absolute().parent.name}/{source.name}", source.read_bytes())


def unpacked(name: str, data: bytes) -> dict[str, str]:
    """Texts by name of an uploaded YAML file or zip. Raises `ExchangeFault`."""
    if not (data.startswith(ZIP) or zipfile.is_zipfile(io.BytesIO(data))):
        return {name: _decoded(name, data)}
    try:
        return _unzipped(data)
    except BROKEN:
        raise ExchangeFault(_("%(name)s is damaged or locked. Export it again.") % {"name": name}) from None


def _unzipped(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = [one for one in archive.infolist() if one.filename.endswith((".yaml", ".yml")) and not one.is_dir()]
        if len(held) > MOST_FILES:
            raise ExchangeFault(_("The zip holds more than %(most)d files.") % {"most": MOST_FILES})
        found, left = {}, MOST_BYTES
        for one in held:
            with archive.open(one) as stream:
                text = stream.read(left + 1)
            left -= len(text)
            if left < 0:
                raise ExchangeFault(_("The files are larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
            found[one.filename] = _decoded(one.filename, text)
    return found


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise ExchangeFault(_("The files are larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ExchangeFault(_("%(name)s is no text in UTF-8.") % {"name": name}) from None


def read(texts: dict[str, str], *, today: date, why: str = "", bank: str | None = None) -> Report:
    """What the texts bring, against what is in force today. A file's folder, else its name, names its kind."""
    wrong: list[Line] = []
    wishes: dict[tuple[str, str, str], tuple[str, Item]] = {}
    for name, text in sorted(texts.items()):
        kind = _kind_of(PurePosixPath(name.replace("\\", "/")))
        try:
            items = loader.read_text(text, registry.kind_of(kind), name)
        except ContentError as told:
            wrong.append(Line(name, kind, "", "wrong", problem=str(told)))
            continue
        for item in items:  # earlier versions of a key are history; the newest is the wish
            held = wishes.get((kind, item.key, item.pack))
            if held is None or held[1].version < item.version:
                wishes[kind, item.key, item.pack] = name, item
    also = frozenset((kind, key) for kind, key, _pack in wishes)
    found = [_line(file, kind, item, today, why, bank, also) for (kind, _key, _pack), (file, item) in wishes.items()]
    return Report((*wrong, *found))


def _kind_of(path: PurePosixPath) -> str:
    known = {kind.name for kind in registry.kinds()}
    return next((one for one in (path.parent.name, path.name.partition("-")[0]) if one in known), path.parent.name)


def _line(
    file: str, kind: str, item: Item, today: date, why: str, bank: str | None, also: frozenset[tuple[str, str]]
) -> Line:
    known = [one for one in loader.every(kind, bank=bank) if (one.key, one.pack) == (item.key, item.pack)]
    latest = max(known, key=lambda one: one.version, default=None)
    if latest is not None and loader.told(latest) == loader.told(item):
        return Line(file, kind, item.key, "same")
    judged = drafts.judge(draft_of(kind, item, today, why), today=today, bank=bank, also=also)
    state = ("new" if latest is None else "changed") if judged.sound else "wrong"
    return Line(file, kind, item.key, state, judged)


def draft_of(kind: str, item: Item, today: date, why: str) -> Draft:
    """The wish for an item: in force from its day on, today at the earliest."""
    return Draft(
        kind, item.key, drafts.body_text(item), item.source, item.mark, max(item.effective_from, today),
        item.effective_to, item.pack, why,
    )  # fmt: skip


def propose_all(*, scope: Scope, org_unit: OrgUnit, report: Report, now: datetime) -> list[ContentVersion]:
    """A proposal for each wish of the report, all or none. Raises `Invalid` as `content_propose` does."""
    from django.db import transaction

    from counterpoint.primitives.content.actions import content_propose

    with transaction.atomic():
        wishes = [line.judged.draft for line in report.wishes if line.judged]
        also = frozenset((draft.kind, draft.key) for draft in wishes)
        return [content_propose(scope=scope, org_unit=org_unit, draft=one, now=now, also=also) for one in wishes]
