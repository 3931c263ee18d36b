"""What the words and dates on a label mean: keys (valid until, made, serviced), dates in all common forms, intervals.

Pure text in, tokens out. A form that can be understood in two ways (``03/04/2027``, ``27.03``, a day or month that
may have lost a digit) is kept and marked `open`, so that nobody takes it for sure.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

EXPIRY, MADE, SERVED, CYCLE, OTHER, UNKNOWN = "expiry", "made", "served", "cycle", "other", "unknown"
YEARS = range(1995, 2061)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "O": 0, "两": 2}

_KEYS = (
    (
        EXPIRY,
        r"(?:下次|下一次|下回|下期)(?:检验|检测|检查|维修|检修|维保|保养|年检|校准|充装|更换|送检)(?:日期|时间|年月|日)?"
        r"|(?:检验|维修|校准|使用|检定)?有效(?:期限|期|日期)(?:截止)?(?:至|到|止)?|有效至"
        r"|失效(?:日期|日|年月)?|到期(?:日期|时间|日)?|截止(?:日期|日)|使用(?:期限|年限|寿命)(?:至|到)?|保质期(?:至|到)?"
        r"|报废(?:日期|年月|时间)|强制报废(?:日期|年月)?"
        r"|NEXT\s*(?:SERVICE|INSPECTION|TEST|CHECK)(?:\s*(?:DATE|DUE))?|SERVICE\s*DUE|VALID\s*(?:UNTIL|THRU|TO|TILL)"
        r"|EXP(?:IRY|IRES|IRATION)?\.?(?:\s*DATE)?|USE\s*BY|BEST\s*BEFORE",
    ),
    (
        MADE,
        r"(?:生产|出厂|制造|灌装)(?:日期|年月|时间|日)|MFG\.?(?:\s*DATE)?|MFD\.?|MANUFACTURED|(?:DATE\s*OF\s*)MANUFACTURE"
        r"|PROD(?:UCTION|\.)?\s*DATE",
    ),
    (
        SERVED,
        r"(?:上次|本次|最近)?(?:维修|检修|充装|检验|检测|检查|维保|保养|更换|安装|启用|校准|年检|检定)(?:日期|年月|时间|日)"
        r"|(?:LAST\s*)?SERVICED?(?:\s*DATE|\s*ON)|INSPECTED(?:\s*ON)?|INSTALLED(?:\s*ON)?|CHECKED(?:\s*ON)?",
    ),
    (
        OTHER,
        r"(?:产品|出厂|证书|合格证|设备|资产|许可证|生产许可)?(?:编号|证号|批号|序列号|型号|单号)|(?:联系|服务|报修)?电话|(?:执行)?标准"
        r"|合格证|S/N|SN(?=[\s:])|LOT|NO\.|TEL|GB/?T?(?=\s*\d)",
    ),
    (
        CYCLE,
        r"(?:维修|检修|检验|检测|更换|校准|保养|检定|年检)(?:周期|间隔)|(?:SERVICE|TEST)\s*(?:INTERVAL|EVERY|LIFE)",
    ),
)
_KEY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KEYS))
_GAP = r"\s*"
_CHINESE = re.compile(rf"(?<!\d)(\d{{4}}){_GAP}年{_GAP}(\d{{1,2}}){_GAP}月(?:份)?(?:{_GAP}(\d{{1,2}}){_GAP}[日号])?")
_SEPARATED = re.compile(rf"(?<![\d.])(\d{{4}}){_GAP}([-/.·]){_GAP}(\d{{1,2}})(?:{_GAP}\2{_GAP}(\d{{1,2}}))?(?!\d)")
_COMPACT = re.compile(r"(?<![\dA-Z])(\d{4})(\d{2})(\d{2})?(?![\dA-Z])")
_WORDS = re.compile(
    r"(?<![〇零一二三四五六七八九○])([二一][〇零一二三四五六七八九○O]{3})年([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号])?"
)
_ENGLISH = re.compile(rf"(?<!\d)(?:(\d{{1,2}})[\s\-./]*)?({'|'.join(MONTHS)})[A-Z]*\.?[\s\-./,]*(\d{{4}})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d/.\-])(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)\d{2}(?:年\d{1,2}月(?:\d{1,2}日)?|([-/.])\d{1,2}\1\d{1,2})(?!\d)")
_INTERVAL = re.compile(
    r"(?<![\d年〇零一二三四五六七八九十])([1-9]\d{0,2}|[一二三四五六七八九十两]{1,2})\s*(个月|年|月|MONTHS?|YEARS?)(?!\s*[\d一二三四五六七八九十])"
)
_RANGE = re.compile(r"^\s*(?:至|到|-{1,2}|~|TO)\s*$")
_CUT = re.compile(r"^\s*[-/.·\d〇零一二三四五六七八九十]")  # `2025/02/`: the day was there and is gone
_CONNECTOR = re.compile(r"^\s*(?:至|到|-|~|TO)")


@dataclass(frozen=True)
class Stamp:
    """A date as written. `day` is None when only the month stands there; `open` says why it may mean something else."""

    year: int
    month: int
    day: int | None
    open: str = ""

    @property
    def last(self) -> date:
        """The last day it covers: a month is valid to its end."""
        return date(self.year, self.month, self.day or monthrange(self.year, self.month)[1])

    @property
    def first(self) -> date:
        """The first day it covers."""
        return date(self.year, self.month, self.day or 1)


@dataclass(frozen=True)
class Token:
    """A key, a date or an interval within a line, from letter `start` to before `end`.

    `kind` is expiry, made, served, cycle or other for a key; `stamp` is set for a date, `months` for an interval.
    """

    start: int
    end: int
    kind: str = ""
    stamp: Stamp | None = None
    months: int = 0
    ranged: bool = False


def plain(text: str) -> str:
    """Letters of one form and the same length: full width to half, capitals, one kind of dash and colon."""
    out = []
    for letter in text:
        if letter in "〇○":  # the numeral zero is no letter to normalise
            out.append("〇")
            continue
        form = unicodedata.normalize("NFKC", letter).upper()
        form = form if len(form) == 1 else letter
        out.append(
            {"—": "-", "–": "-", "−": "-", "―": "-", "﹣": "-", "。": ".", "·": ".", "•": ".", "∶": ":"}.get(form, form)
        )
    return "".join(out)


def tokens(text: str) -> tuple[Token, ...]:
    """Keys, dates and intervals of a line, in order, not overlapping; positions count the letters of `text`."""
    line = plain(text)
    found: list[Token] = []
    for token in (*_dates(line), *_keys(line), *_intervals(line)):
        if all(token.end <= other.start or token.start >= other.end for other in found):
            found.append(token)
    return _ranged(line, sorted(found, key=lambda t: t.start))


def _ranged(line: str, found: list[Token]) -> tuple[Token, ...]:
    """`2024年3月至2027年3月`: the first date begins, the second ends. A range whose end was not read leaves a doubt."""
    out = list(found)
    for i, token in enumerate(found):
        if token.stamp and token.stamp.day is None and _CUT.match(line[token.end :]):
            out[i] = replace(token, stamp=replace(token.stamp, open="cut"))
        if token.stamp is None or not _CONNECTOR.match(line[token.end :]):
            continue
        after = found[i + 1] if i + 1 < len(found) else None
        if after is not None and after.stamp and _RANGE.match(line[token.end : after.start]):
            out[i] = replace(token, ranged=True)
        else:
            out[i] = replace(token, stamp=replace(token.stamp, open="range"))
    return tuple(out)


def _dates(line: str) -> list[Token]:
    found: list[Token] = []
    for pattern, made in (
        (_WORDS, _of_words),
        (_CHINESE, _of_chinese),
        (_SEPARATED, _of_separated),
        (_ENGLISH, _of_english),
        (_YEAR_LAST, _of_year_last),
        (_SHORT_YEAR, _of_short_year),
        (_COMPACT, _of_compact),
    ):
        for match in pattern.finditer(line):
            stamp = made(match)
            if stamp is not None:
                found.append(Token(match.start(), match.end(), stamp=stamp))
    return found


def _keys(line: str) -> list[Token]:
    return [Token(m.start(), m.end(), str(m.lastgroup)) for m in _KEY.finditer(line)]


def _intervals(line: str) -> list[Token]:
    found = []
    for match in _INTERVAL.finditer(line):
        number = _number(match.group(1))
        months = number * 12 if match.group(2).startswith(("年", "YEAR")) else number
        if 1 <= months <= 360:
            found.append(Token(match.start(), match.end(), months=months))
    return found


def _number(text: str) -> int:
    """1–99 of digits or Chinese numerals."""
    if text.isdigit():
        return int(text)
    if "十" not in text:
        return NUMERALS.get(text, 0)
    tens, _, ones = text.partition("十")
    return (NUMERALS.get(tens, 1) if tens else 1) * 10 + (NUMERALS.get(ones, 0) if ones else 0)


def _checked(year: int, month: int, day: int | None, doubt: str = "") -> Stamp | None:
    if year not in YEARS or not 1 <= month <= 12:
        return None
    if day is not None and not 1 <= day <= monthrange(year, month)[1]:
        return None
    return Stamp(year, month, day, doubt)


def _lost(month: str, day: str | None, closed: bool) -> str:
    """Whether a digit may have been lost at the end: `2027.1` of 2027.12, `2027-03-1` of 2027-03-15."""
    if day is not None and not closed and len(day) == 1 and (len(month) == 2 and month[0] == "0"):
        return "short_day"
    if day is not None and not closed and len(day) == 1 and day in "123":
        return "short_day"
    if day is None and not closed and month == "1":
        return "short_month"
    return ""


def _of_chinese(match: re.Match[str]) -> Stamp | None:
    day = match.group(3)
    return _checked(int(match.group(1)), int(match.group(2)), int(day) if day else None)


def _of_separated(match: re.Match[str]) -> Stamp | None:
    month, day = match.group(3), match.group(4)
    return _checked(int(match.group(1)), int(month), int(day) if day else None, _lost(month, day, closed=False))


def _of_compact(match: re.Match[str]) -> Stamp | None:
    day = match.group(3)
    return _checked(int(match.group(1)), int(match.group(2)), int(day) if day else None, "" if day else "compact")


def _of_words(match: re.Match[str]) -> Stamp | None:
    year = int("".join(str(NUMERALS[c]) for c in match.group(1)))
    day = match.group(3)
    return _checked(year, _number(match.group(2)), _number(day) if day else None)


def _of_english(match: re.Match[str]) -> Stamp | None:
    day = match.group(1)
    return _checked(int(match.group(3)), MONTHS.index(match.group(2)) + 1, int(day) if day else None)


def _of_year_last(match: re.Match[str]) -> Stamp | None:
    """`03/2027` is a month; `13/04/2027` a day; `03/04/2027` either."""
    first, second, year = match.group(1), match.group(2), int(match.group(3))
    if first is None:
        return _checked(year, int(second), None, "month_first")
    a, b = int(first), int(second)
    if a > 12:
        return _checked(year, b, a)
    return _checked(year, a, b) if b > 12 else _checked(year, b, a, "day_or_month" if a != b else "")


def _of_short_year(match: re.Match[str]) -> Stamp | None:
    parts = [int(p) for p in re.findall(r"\d+", match.group(0))]
    return _checked(2000 + parts[0], parts[1], parts[2] if len(parts) > 2 else None, "short_year")
