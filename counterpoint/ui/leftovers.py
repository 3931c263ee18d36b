"""Finds words of another language that stayed on a page. Pure; tests and browser journeys feed it the page's HTML."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

READ_ALOUD = {"aria-label", "title", "placeholder", "alt", "data-confirm", "data-confirm-detail", "data-label"}
SILENT = {"script", "style", "code", "kbd", "samp", "template", "svg", "pre"}
# Elements without an end tag: they hide nothing after them.
VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
    *("use", "path"),
}
# Product names, units and codes that Chinese colleagues write in Latin letters.
USUAL = (
    *("Counterpoint", "Excel", "English", "PDF", "CSV", "PNG", "eml", "QR", "ATM", "CRS", "STM", "VIP", "KPI", "API"),
    *("SLA", "AML", "GB", "ID", "min", "max", "MPa", "mm", "kg", "App", "Wi-Fi", "USB", "IP", "OK", "vs", "CNY", "RMB"),
    *("USD", "JavaScript", "UPS", "AED", "AB", "AUM"),
)
# Letters after a digit or a hyphen belong to a number, like B01-61F5ED.
WORD = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z][A-Za-z'’-]+")


CHINESE = re.compile(r"[\u4e00-\u9fff]")


class _Texts(HTMLParser):
    def __init__(self, beside: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._beside = beside
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if (
            tag in SILENT
            or (values.get("lang") or "").startswith(self._beside)
            or values.get("translate") == "no"
            or self._silent
        ):
            if tag not in VOID:
                self._silent.append(tag)
            return
        self.texts += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag in self._silent:
            while self._silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(data.strip())


def english_left(html: str, allow: Iterable[str] = ()) -> list[str]:
    """Texts (also labels and hints) holding an English word that is neither usual nor in `allow`.

    Skips code, scripts, `lang="en"` and `translate="no"`. Words of one letter and digits are never counted.
    """
    allowed = {word.casefold() for word in (*USUAL, *allow)}
    return [t for t in _texts(html, "en") if any(w.group().casefold() not in allowed for w in WORD.finditer(t))]


def chinese_left(html: str) -> list[str]:
    """Texts of an English page that hold a Chinese character. Skips what `english_left` skips, and `lang="zh…"`."""
    return [text for text in _texts(html, "zh") if CHINESE.search(text)]


def simplified_left(html: str) -> list[str]:
    """Texts of a page in Traditional Chinese that hold a character which only Simplified Chinese writes: one that Big5,
    the character set of Traditional Chinese, does not have."""
    return [text for text in _texts(html, "zh-hans") if any(map(_only_simplified, CHINESE.findall(text)))]


def _texts(html: str, beside: str) -> list[str]:
    """What a page says, labels and hints too, except in parts marked as another language's that begins so."""
    parser = _Texts(beside)
    parser.feed(html)
    return parser.texts


def _only_simplified(character: str) -> bool:
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return True
    return False
