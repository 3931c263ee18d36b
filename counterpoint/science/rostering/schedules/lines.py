"""Instance files made of sections of comma-separated lines; ``#`` begins a comment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Cells = list[str]
T = TypeVar("T")


def sections(text: str, names: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Section name → its lines with their numbers."""
    found: dict[str, list[tuple[int, str]]] = {}
    lines: list[tuple[int, str]] | None = None
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = raw.split("#", 1)[0].strip()
        if line.startswith("SECTION_"):
            if line not in names:
                raise ValueError(f"line {number}: unknown section {line!r}; the format knows {', '.join(names)}")
            if line in found:
                raise ValueError(f"line {number}: {line} appears twice")
            lines = found[line] = []
        elif line and lines is None:
            raise ValueError(f"line {number}: {line!r} stands before any section")
        elif line and lines is not None:
            lines.append((number, line))
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"sections are missing: {', '.join(missing)}")
    return found


def every(lines: list[tuple[int, str]], least: int, make: Callable[[Cells], T]) -> list[T]:
    """What ``make`` reads from each line; ``least`` cells are needed."""
    found = []
    for number, line in lines:
        cells = [cell.strip() for cell in line.split(",")]
        try:
            if len(cells) < least:
                raise ValueError(f"{len(cells)} values where {least} are needed")
            found.append(make(cells))
        except ValueError as error:
            raise ValueError(f"line {number}: {line!r}: {error}") from error
    return found
