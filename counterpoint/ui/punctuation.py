"""Signs between words that are put together, as the reader's language writes them."""

from collections.abc import Iterable

from counterpoint.ui.reader import language as reader_language

SIGNS = {  # sign → in the Latin script, in the Chinese
    ",": (", ", "，"),
    "and": (", ", "、"),
    ":": (": ", "："),
    ";": ("; ", "；"),
    ".": (". ", "。"),
    "(": (" (", "（"),
    ")": (")", "）"),
}


def sign(name: str, language: str = "") -> str:
    """The sign with the room it takes; of the reader's language unless another is named. `KeyError` when unknown."""
    latin, chinese = SIGNS[name]
    return chinese if (language or reader_language()).startswith("zh") else latin


def listed(words: Iterable[object], between: str = "and") -> str:
    """Words one after the other, with a sign between each two."""
    return sign(between).join(str(one) for one in words)
