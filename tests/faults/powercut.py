"""Every state a power cut could leave: from a record of writes and syncs to folders that are opened and checked.

A write that was not synced may have reached the disk or not, in part (torn at 512 bytes) and in any order. A name made
by rename is only sure once its folder was synced; an acknowledgement promises everything before it. Not modelled: that
a new file or folder may lose its name although its bytes were synced, and disks that say synced when they are not.
"""

import os
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass(frozen=True)
class Step:
    """One recorded request; paths are relative to the recorded folder."""

    kind: str
    path: str
    offset: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """What is surely on the disk, and what may be."""

    sure: dict[str, bytearray] = field(default_factory=dict)
    open_: list[Step] = field(default_factory=list)
    acked: list[str] = field(default_factory=list)


def read(record: Path, folder: Path) -> list[Step]:
    """Parse a record."""
    raw, at, steps = record.read_bytes(), 0, []
    while at < len(raw):
        kind = chr(raw[at])
        path_length, offset, length = struct.unpack_from("<IQQ", raw[at + 1 : at + 21])
        at += 21
        path = raw[at : at + path_length].decode()
        data = raw[at + path_length : at + path_length + length]
        at += path_length + length
        if kind == "R":
            data = os.path.relpath(data.decode(), folder).encode()
        steps.append(Step(kind, os.path.relpath(path, folder) if path else "", offset, data))
    return steps


def apply(files: dict[str, bytearray], step: Step) -> None:
    """Carry one step out on a set of files."""
    if step.kind == "W":
        content = files.setdefault(step.path, bytearray())
        content.extend(bytes(max(0, step.offset - len(content))))
        content[step.offset : step.offset + len(step.data)] = step.data
    elif step.kind == "T":
        content = files.setdefault(step.path, bytearray())
        del content[step.offset :]
        content.extend(bytes(step.offset - len(content)))
    elif step.kind == "R" and step.path in files:
        files[step.data.decode()] = files.pop(step.path)
    elif step.kind == "U":
        files.pop(step.path, None)


def replay(steps: list[Step]) -> Disk:
    """The disk after these steps, if power is cut now."""
    disk = Disk()
    for step in steps:
        if step.kind == "A":
            disk.acked += step.data.decode().split()
        elif step.kind == "S":
            _sync(disk, step.path)
        elif not step.path.endswith("-shm"):  # shared memory is rebuilt, never read after a crash
            disk.open_.append(step)
    return disk


def _sync(disk: Disk, path: str) -> None:
    """A synced file has its bytes; a synced folder has its names (renames into it, removals from it)."""
    rest: list[Step] = []
    for step in disk.open_:
        target = step.data.decode() if step.kind == "R" else step.path
        in_folder = os.path.dirname(target) == ("" if path == "." else path)
        if (step.kind in "WT" and step.path == path) or (step.kind in "RU" and in_folder):
            apply(disk.sure, step)
        else:
            rest.append(step)
    disk.open_ = rest


def states(disk: Disk, chance: random.Random, count: int) -> Iterator[dict[str, bytearray]]:
    """States that a cut may leave: none of what is unsure, all of it, and random parts, the last one torn."""
    for number in range(count):
        files = {path: bytearray(content) for path, content in disk.sure.items()}
        share = (0.0, 1.0)[number] if number < 2 else chance.random()
        kept = [step for step in disk.open_ if chance.random() < share]
        if number >= 2 and kept:
            kept[-1] = _torn(kept[-1], chance)
        for step in kept:
            apply(files, step)
        yield files


def _torn(step: Step, chance: random.Random) -> Step:
    sectors = len(step.data) // SECTOR
    if step.kind != "W" or sectors < 1:
        return step
    return Step("W", step.path, step.offset, step.data[: SECTOR * chance.randint(0, sectors)])


def explore(
    steps: list[Step], *, seed: int, cuts: int, each: int, place: Path, check: Callable[[Path, list[str]], str]
) -> dict[str, int]:
    """Cut at random steps, build states, and count what `check(folder, acknowledged)` says of them."""
    chance, found = random.Random(seed), {"states": 0}
    first = next(n for n, step in enumerate(steps) if step.kind == "A")
    for cut in sorted(chance.sample(range(first, len(steps) + 1), min(cuts, len(steps) + 1 - first))):
        disk = replay(steps[:cut])
        for files in states(disk, chance, each):
            for old in sorted(place.rglob("*"), reverse=True):
                old.unlink() if old.is_file() else old.rmdir()
            for path, content in files.items():
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(content)
            verdict = check(place, disk.acked)
            found["states"] += 1
            found[verdict] = found.get(verdict, 0) + 1
    return found
