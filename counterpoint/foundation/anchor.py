"""The journal's heads, signed and appended to files outside the database every minute that something changed.

Put the folder (COUNTERPOINT_ANCHORS) on another disk or host, or make the files append-only (`chattr +a`): then not
even the database's owner can rewrite what was written before.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from django.conf import settings

from counterpoint.foundation import chain, keys, proof
from counterpoint.foundation.models import JournalEntry, JournalHead, OrgUnit
from counterpoint.foundation.scope import unscoped


@dataclass(frozen=True)
class Verified:
    """A chain's code and verdict, and how many anchored heads it was compared with."""

    code: str
    verdict: chain.Verdict
    anchors: int


@dataclass
class _Known:
    size: int = -1
    last: str = ""
    heads: dict[str, tuple[int, str]] | None = None


_known = _Known()


def folder() -> Path:
    """Where anchors lie: COUNTERPOINT_ANCHORS, else HOME/anchors."""
    return Path(os.environ.get("COUNTERPOINT_ANCHORS", Path(settings.HOME) / "anchors"))


def files(place: Path | None = None) -> list[Path]:
    """Anchor files, oldest first; one a month."""
    return sorted((place or folder()).glob("journal-*.jsonl"))


def lines(place: Path | None = None) -> Iterator[str]:
    """All anchor lines, oldest first."""
    for file in files(place):
        yield from file.read_text().splitlines()


def heads(using: str = "default") -> dict[str, tuple[int, str]]:
    """Every chain's head now."""
    with unscoped("anchors cover all branches", practice=True):
        rows = JournalHead.objects.using(using).filter(seq__gt=0).values_list("org_unit__code", "seq", "hash")
        return {code: (seq, head) for code, seq, head in rows}


def write(now: datetime, note: str = "") -> int:
    """Append one signed line with the heads that changed since the last; returns how many (0: nothing written).

    `now` is real time. Called by the tick, and by restore with a note.
    """
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o750)
    guard = os.open(place / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(guard, fcntl.LOCK_EX)
        known = _read_known(place)
        current = heads()
        changed = {c: h for c, h in current.items() if note or (known.heads or {}).get(c) != h}
        if not changed and not note:
            return 0
        line = proof.anchor_line(keys.signing_key(), now, changed, known.last, note)
        _append(_file_for(place, now), line)
        _remember(place, proof.line_hash(line), current)
    finally:
        os.close(guard)
    return len(changed)


def _size(place: Path) -> int:
    return sum(f.stat().st_size for f in files(place))


def _read_known(place: Path) -> _Known:
    """What is anchored already; from memory while nobody else wrote."""
    if _known.heads is None or _known.size != _size(place):
        ledger = proof.read(lines(place), proof.public_hex(keys.signing_key()))
        latest = {code: max(points.items()) for code, points in ledger.points.items() if points}
        _remember(place, ledger.last, latest)
    return _known


def _remember(place: Path, last: str, latest: dict[str, tuple[int, str]]) -> None:
    _known.size, _known.last, _known.heads = _size(place), last, latest


def _file_for(place: Path, now: datetime) -> Path:
    """This month's file; the newest one while the clock is behind it, so that the lines stay in order."""
    month = place / f"journal-{now:%Y-%m}.jsonl"
    return max([month, *files(place)])


def _append(file: Path, line: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def all_links(using: str = "default", code: str | None = None) -> Iterator[tuple[chain.Link, str]]:
    """Entries of all chains (or one), chain after chain, each oldest first. Call inside a scope."""
    rows = JournalEntry.objects.using(using).select_related("org_unit").order_by("org_unit__code", "seq")
    if code:
        rows = rows.filter(org_unit__code=code)
    for row in rows.iterator(chunk_size=2000):
        at, actor = row.at.astimezone(UTC), str(row.actor or "")
        yield chain.Link(row.org_unit.code, row.seq, at, row.kind, actor, row.subject, row.data, row.previous), row.hash


def verify(
    *, using: str = "default", code: str | None = None, place: Path | None = None, public: str = ""
) -> list[Verified]:
    """Check every chain (or one) by itself, against its head and against all anchors in `place` (the installation's
    own), signed by `public` (its own). Raises ValueError when the anchors themselves were tampered with."""
    ledger = proof.read(lines(place), public or proof.public_hex(keys.signing_key()))
    if ledger.problems:
        raise ValueError("The anchor files are not sound: " + "; ".join(ledger.problems[:3]))
    with unscoped("verification covers all branches", practice=True):
        return list(_verify(all_links(using, code), heads(using), ledger.points, code, _codes(using)))


def _codes(using: str) -> list[str]:
    return list(OrgUnit.objects.using(using).order_by("code").values_list("code", flat=True))


def _noting(links: Iterable[tuple[chain.Link, str]], seq: int, stood: list[str]) -> Iterator[tuple[chain.Link, str]]:
    for link, stored in links:
        if link.seq == seq:
            stood.append(stored)
        yield link, stored


def _verify(
    links: Iterable[tuple[chain.Link, str]],
    current: dict[str, tuple[int, str]],
    points: proof.Points,
    only: str | None,
    codes: Iterable[str],
) -> Iterator[Verified]:
    missing = set(current) | set(points) | set(codes)
    for code, chained in groupby(links, key=lambda pair: pair[0].chain):
        missing.discard(code)
        known = points.get(code, {})
        seq, head = current.get(code, (0, ""))
        stood: list[str] = []
        verdict = proof.check(_noting(chained, seq, stood), known)
        if verdict.ok and stood != [head]:  # entries beyond the head were written since it was read
            verdict = chain.Verdict(verdict.rows, verdict.rows + 1, chain.CUT, verdict.head)
        yield Verified(code, verdict, len(known))
    for code in sorted(missing):
        if (code == only or only is None) and (points.get(code) or code in current):
            gone = chain.Verdict(0, 1, "the chain has a head or an anchor, and no entries", "")
            yield Verified(code, gone, len(points.get(code, {})))
