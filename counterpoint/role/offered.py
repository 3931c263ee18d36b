"""What rooms above bring to the sheets: things that fall due, and the lesson of the morning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from counterpoint.foundation.api import OrgUnit, Scope


@dataclass(frozen=True)
class Due:
    """Something that has to be done by a date, and by a time of it unless `at` is None. `what` is its kind in words,
    `owner` who has it, "" for nobody yet."""

    on: date
    at: datetime | None
    what: str
    name: str
    owner: str
    url: str
    late: bool

    @property
    def by(self) -> str:
        """Date and time, or only the date."""
        return self.at.strftime("%m-%d %H:%M") if self.at else self.on.strftime("%m-%d")


@dataclass(frozen=True)
class MorningLesson:
    """Three minutes for the morning meeting: words to read out, a line to play, a question with its answer."""

    name: str
    words: str
    role_play: str
    stem: str
    options: tuple[str, ...]
    why: str
    key: str
    mark: str
    url: str


ReadDues = Callable[[Scope, OrgUnit, date, datetime], Sequence[Due]]
ReadLesson = Callable[[OrgUnit, date], MorningLesson | None]
_dues: list[ReadDues] = []
_lessons: list[ReadLesson] = []


def offer_dues(read: ReadDues) -> None:
    """`read(scope, branch, until, now)` lists what is due at the branch up to a date, for this caller."""
    if read not in _dues:
        _dues.append(read)


def offer_lesson(read: ReadLesson) -> None:
    """`read(branch, on)` is the lesson of a morning, or None."""
    if read not in _lessons:
        _lessons.append(read)


def dues_of(scope: Scope, branch: OrgUnit, until: date, now: datetime) -> list[Due]:
    """Everything on offer."""
    return [one for read in _dues for one in read(scope, branch, until, now)]


def lesson_of(branch: OrgUnit, on: date) -> MorningLesson | None:
    """The first lesson that some room has for the morning."""
    return next((one for read in _lessons if (one := read(branch, on)) is not None), None)
