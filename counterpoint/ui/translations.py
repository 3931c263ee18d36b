"""The words of every room: extract, update, check, compile. No gettext programs are needed.

English msgids stand in code and templates; `locale/zh_Hans/LC_MESSAGES/django.po` of the room is written by people;
zh_Hant is made from it by OpenCC (s2twp) with our glossary, which also holds for words of the bank.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib
import yaml

PACKAGE = Path(__file__).resolve().parents[1]
GLOSSARY = Path(__file__).resolve().parent / "locale" / "zh_hant_glossary.yaml"
# A templatized page keeps its markup as X and B runs; only calls remain, so one keyword list serves both.
KEYWORDS = {
    "_": None,
    "now_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]?[\d.]*[a-zA-Z]|(?<!%)%[sd]|\{(\w*)(?:[:!][^}]*)?\}")
HALF_WIDTH = re.compile(
    r"(?<=[\u4e00-\u9fff）」”])[,;:!?(]|[,;:!?()](?=[\u4e00-\u9fff（「“])|(?<=[\u4e00-\u9fff）」”])\)"
)
HELD = 0xE000  # private-use letters keep a glossary term's place while OpenCC converts the rest
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "zh_Hans",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True, order=True)
class Word:
    """One message found in code or a template, with the files that use it."""

    msgid: str
    plural: str = ""
    context: str = ""
    places: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.msgid


@dataclass(frozen=True, order=True)
class Finding:
    """Something to mend: kind is missing, fuzzy, unused, placeholders, punctuation or conflict."""

    room: str
    kind: str
    msgid: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.room}: {self.kind}: {self.msgid!r}{' – ' + self.detail if self.detail else ''}"


def rooms() -> tuple[str, ...]:
    """Rooms of the package that have pages or words."""
    return tuple(sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file()))


def po_path(room: str, language: str = "zh_Hans") -> Path:
    """Where a room's translation lies."""
    return PACKAGE / room / "locale" / language / "LC_MESSAGES" / "django.po"


def extract(room: str) -> tuple[Word, ...]:
    """Every translatable message of a room, sorted; tests, migrations and the front-end source carry none."""
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for file in _sources(room):
        for plural, context, msgid in _messages(file):
            old_plural, places = found.setdefault((context, msgid), (plural, set()))
            places.add(str(file.relative_to(PACKAGE)))
            if plural and not old_plural:
                found[context, msgid] = (plural, places)
    words = (Word(msgid, plural, context, tuple(sorted(at))) for (context, msgid), (plural, at) in found.items())
    return tuple(sorted(words))


def update(room: str) -> tuple[int, int]:
    """Bring the room's .po in line with its code: (added, removed). Existing translations are kept."""
    words = extract(room)
    path = po_path(room)
    if not words and not path.is_file():
        return 0, 0
    old = {(e.msgctxt or "", e.msgid): e for e in (polib.pofile(str(path)) if path.is_file() else ())}
    book = polib.POFile(wrapwidth=110)
    book.metadata = HEADER
    for word in words:
        book.append(_entry(word, old.get(word.key)))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    keys = {word.key for word in words}
    return len(keys - old.keys()), len(old.keys() - keys)


def fill(room: str, pairs: dict[str, str]) -> int:
    """Write translations by msgid into the room's .po where they are empty; returns how many."""
    path = po_path(room)
    book = polib.pofile(str(path), wrapwidth=110)
    done = 0
    for entry in book:
        text = pairs.get(entry.msgid)
        if not text or entry.translated():
            continue
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
        done += 1
    book.save(str(path))
    return done


def check(names: Iterable[str] | None = None) -> list[Finding]:
    """What is missing, fuzzy, unused, placed wrongly or said in two ways, over all rooms unless some are named."""
    found: list[Finding] = []
    chosen = tuple(names) if names is not None else rooms()
    for room in chosen:
        found += _check_room(room)
    return sorted([*found, *_conflicts(chosen)])


def compile_all() -> list[Path]:
    """Write every zh_Hans .mo, and zh_Hant .po and .mo made from it; returns the .mo files."""
    written = []
    for room in rooms():
        source = po_path(room)
        if not source.is_file():
            continue
        book = polib.pofile(str(source))
        traditional = to_hant(book)
        target = po_path(room, "zh_Hant")
        target.parent.mkdir(parents=True, exist_ok=True)
        traditional.save(str(target))
        for path, one in ((source, book), (target, traditional)):
            written.append(_compile(one, path.with_suffix(".mo")))
    return written


def to_hant(book: polib.POFile) -> polib.POFile:
    """The same entries in Taiwan's wording."""
    made = polib.POFile()
    made.metadata = {**HEADER, "Language": "zh_Hant"}
    for entry in book:
        made.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgid_plural=entry.msgid_plural,
                msgctxt=entry.msgctxt,
                flags=entry.flags,
                msgstr=traditional(entry.msgstr),
                msgstr_plural={k: traditional(v) for k, v in entry.msgstr_plural.items()},
            )
        )
    return made


def traditional(text: str) -> str:
    """Simplified to Traditional (Taiwan phrases); the glossary wins over OpenCC, the longest term first."""
    held: list[str] = []
    for simplified, wanted in glossary():
        if simplified in text:
            text = text.replace(simplified, chr(HELD + len(held)))
            held.append(wanted)
    converted: str = _opencc().convert(text)
    for index, wanted in enumerate(held):
        converted = converted.replace(chr(HELD + index), wanted)
    return converted


@cache
def glossary() -> tuple[tuple[str, str], ...]:
    """(simplified, traditional) of our terms, longest first."""
    terms: dict[str, str] = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    return tuple(sorted(terms.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def placeholders(text: str) -> list[str]:
    """Names of the values that a message takes, sorted; `%%` is not one."""
    return sorted(m.group(0) for m in PLACEHOLDER.finditer(text.replace("%%", "")))


@cache
def _opencc():  # type: ignore[no-untyped-def]
    import opencc

    return opencc.OpenCC("s2twp")


def _sources(room: str) -> Iterator[Path]:
    skipped = {"tests", "migrations", "frontend", "locale"}
    for file in sorted((PACKAGE / room).rglob("*")):
        if file.suffix in {".py", ".html", ".txt"} and not skipped & set(file.relative_to(PACKAGE / room).parts):
            yield file


def _messages(file: Path) -> Iterator[tuple[str, str, str]]:
    from babel.messages.extract import extract as read
    from django.utils.translation.template import templatize

    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        text = templatize(text, origin=str(file))
    for _line, found, _comments, context in read("python", io.BytesIO(text.encode()), KEYWORDS):
        msgid, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, "")
        if msgid:
            yield plural, context or "", msgid


def _entry(word: Word, old: polib.POEntry | None) -> polib.POEntry:
    flags = ["python-format"] if re.search(r"%\(\w+\)|%[sd]", word.msgid) else []
    entry = polib.POEntry(msgid=word.msgid, msgctxt=word.context or None, flags=flags)
    entry.occurrences = [(place, "") for place in word.places]
    if word.plural:
        entry.msgid_plural = word.plural
        entry.msgstr_plural = dict(old.msgstr_plural) if old and old.msgstr_plural else {0: old.msgstr if old else ""}
    elif old:
        entry.msgstr = old.msgstr or old.msgstr_plural.get(0, "")
    return entry


def _check_room(room: str) -> Iterator[Finding]:
    words = {word.key: word for word in extract(room)}
    path = po_path(room)
    entries = {(e.msgctxt or "", e.msgid): e for e in (polib.pofile(str(path)) if path.is_file() else ())}
    for key, word in words.items():
        entry = entries.get(key)
        if entry is None or not (entry.translated() or entry.fuzzy):
            yield Finding(room, "missing", word.msgid, word.places[0])
    for key, entry in entries.items():
        if key not in words:
            yield Finding(room, "unused", entry.msgid)
        elif entry.fuzzy:
            yield Finding(room, "fuzzy", entry.msgid)
        for text in filter(None, (entry.msgstr, *entry.msgstr_plural.values())):
            wanted = placeholders(entry.msgid_plural or entry.msgid)
            if placeholders(text) != wanted:
                yield Finding(room, "placeholders", entry.msgid, f"needs {wanted}, has {placeholders(text)}")
            if HALF_WIDTH.search(PLACEHOLDER.sub("值", text.replace("%%", ""))):
                yield Finding(room, "punctuation", entry.msgid, f"half-width sign in {text!r}")


def _conflicts(names: Iterable[str]) -> Iterator[Finding]:
    """Django merges all rooms into one catalogue: the same msgid must not be translated in two ways."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for room in names:
        path = po_path(room)
        for entry in polib.pofile(str(path)) if path.is_file() else ():
            text = entry.msgstr or entry.msgstr_plural.get(0, "")
            other, said = first.setdefault((entry.msgctxt or "", entry.msgid), (room, text))
            if text and said and text != said:
                yield Finding(room, "conflict", entry.msgid, f"{text} here, {said} in {other}; use a context or agree")


def _compile(book: polib.POFile, path: Path) -> Path:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalog = read_po(io.BytesIO(str(book).encode()))
    with path.open("wb") as file:
        write_mo(file, catalog)
    return path
