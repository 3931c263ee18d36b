"""The one writer of PDF: a Typst template of ours, with data that can never become Typst code. Needs no Django.

Data travels as one JSON string in `sys.inputs.data`; a template reads it with `#let d = json(bytes(sys.inputs.data))`
and may import `report.typ`, which gives the page frame, tables and stat lines.
"""

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from counterpoint.ui import assets, watermark

FRAME = Path(__file__).resolve().parent / "templates" / "ui" / "report.typ"
FONT = "Noto Sans SC"
UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
ROUNDS = 3  # at most as often Typst is asked again without the letters that it cannot show
SAFE_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")


class PdfFailed(RuntimeError):
    """Typst refused the template; the message is Typst's own, with the template's name."""


def render(
    template: Path, data: Mapping[str, Any], images: Mapping[str, bytes] | None = None, *, archival: bool = True
) -> bytes:
    """Compile a .typ template with data and images (name → bytes, used as `image("name")`) into a PDF/A-2b.

    A letter that no font can show (an emoji, a rare character of a name) is printed as its number: ［U+1F641］.

    Raises `PdfFailed`; ValueError for an image name other than a-z, 0-9, "-", "_", ".".
    """
    fonts = _fonts()
    with tempfile.TemporaryDirectory(prefix="counterpoint-pdf-") as folder:
        root = Path(folder)
        shutil.copy2(FRAME, root / FRAME.name)
        main = root / "main.typ"
        main.write_text(_watermark() + template.read_text(encoding="utf-8"), encoding="utf-8")
        for name, content in (images or {}).items():
            (root / _image_name(name)).write_bytes(content)
        words = json.dumps(data, ensure_ascii=False, default=_plain)
        for _round in range(ROUNDS):
            try:
                made: bytes = typst.compile(
                    str(main),
                    root=str(root),
                    font_paths=[str(path) for path in fonts],
                    ignore_system_fonts=bool(fonts),
                    sys_inputs={"data": words},
                    pdf_standards=["a-2b"] if archival else [],
                )
            except typst.TypstError as problem:
                failed, numbers = problem, _numbers(problem.diagnostic)
                if not numbers:
                    break
                words = json.dumps(_translated(json.loads(words), numbers), ensure_ascii=False)
            else:
                return made
    raise PdfFailed(f"{template.name}: {failed}") from failed


def _watermark() -> str:
    """A rule before the template that sets the mark across every page; nothing without a mark."""
    if not watermark.text():
        return ""
    words = json.dumps(watermark.text(), ensure_ascii=False)
    letters = f'text(28pt, font: ("Noto Sans SC", "Noto Sans CJK SC"), fill: rgb("#00000020"), {words})'
    return f"#set page(foreground: rotate(-30deg, {letters}))\n"


def _numbers(diagnostic: str) -> dict[int, str]:
    """What stands for each letter that could not be shown: its number, or nothing for what only joins or controls."""
    shown: dict[int, str] = {}
    for text in UNSHOWN.findall(diagnostic):
        for letter in ESCAPED.sub(_unescaped, text):
            kind = unicodedata.category(letter)
            if kind == "Cc":
                shown[ord(letter)] = " "
            elif kind[0] == "M" or kind == "Cf":
                shown[ord(letter)] = ""
            elif not letter.isascii():
                shown[ord(letter)] = f"［U+{ord(letter):04X}］"
    return shown


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else {"t": "\t", "n": "\n", "r": "\r", "0": "\0"}.get(match[2], match[2])


def _translated(value: Any, numbers: dict[int, str]) -> Any:
    """The data with every text of it put through a table of letters."""
    if isinstance(value, dict):
        return {key: _translated(one, numbers) for key, one in value.items()}
    if isinstance(value, list):
        return [_translated(one, numbers) for one in value]
    return value.translate(numbers) if isinstance(value, str) else value


def _fonts() -> list[Path]:
    """The fonts fetched at set-up; without them the system's fonts serve."""
    found = assets.folder() / "dist" / "fonts"
    return [found] if any(found.glob("*.ttf")) else []


def _image_name(name: str) -> str:
    if not name or name.startswith(".") or set(name) - SAFE_NAME or name in {"main.typ", FRAME.name}:
        raise ValueError(f"Image name {name!r}: use a-z, 0-9, '-', '_' and '.', and not the name of a template.")
    return name


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)  # lazy translations, ids
