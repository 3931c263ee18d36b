"""Finds English that stayed on a Chinese page. Pure; browser journeys feed it the page's HTML."""

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


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in SILENT or values.get("lang") == "en" or values.get("translate") == "no" or self._silent:
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
    parser = _Texts()
    parser.feed(html)
    return [text for text in parser.texts if any(w.group().casefold() not in allowed for w in WORD.finditer(text))]
