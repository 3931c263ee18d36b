"""The line that every sheet and paper made in practice carries. Needs no Django; the house says when it is due."""

from collections.abc import Callable

_source: Callable[[], str] = str


def use(source: Callable[[], str]) -> None:
    """Let `source` say what is to be written, nothing for none."""
    global _source  # noqa: PLW0603  (set once at start)
    _source = source


def text() -> str:
    """The line, or nothing."""
    return _source()
