"""What one cell of a sheet of answers says that were given outside the product. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from counterpoint.academy.rules.answering import score
from counterpoint.academy.science import psychometrics as p

RIGHT, WRONG = frozenset({"1", "对", "對", "√", "✓"}), frozenset({"0", "错", "錯", "×", "X"})
LETTERS = "ABCDEF"
BETWEEN = str.maketrans("", "", " ,;/、，；")


class Cell(NamedTuple):
    """The mark of an answer (`OPEN` where nothing was asked or answered), and the letter of the one option chosen."""

    mark: int
    letter: str = ""


def cell(value: Any, *, form: str, options: Sequence[str], right: Sequence[str]) -> Cell | None:
    """A cell: empty, right or wrong by 1 and 0 or their words, or the letters of options in the order of the question.
    None when it is none of these; without knowing what is `right` letters say nothing."""
    text = _plain(value)
    if not text:
        return Cell(p.OPEN)
    if text in RIGHT or text in WRONG:
        return Cell(p.RIGHT if text in RIGHT else p.WRONG)
    letters = LETTERS[: len(options)]
    known = bool(right) and len(set(text)) == len(text) and all(one in letters for one in text)
    if not known or (form not in ("several", "order") and len(text) > 1):
        return None
    given = [options[letters.index(one)] for one in text]
    mark = p.RIGHT if score(form, right, given) >= 1.0 else p.WRONG
    return Cell(mark, text if len(text) == 1 else "")


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip().upper().translate(BETWEEN)
