"""What a complaint's text says in numbers: money, minutes, ages, people; and the text as the rules compare it.

Works on simplified Chinese, traditional Chinese (converted first, letter for letter) and English in one text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3, "〇": 0}
TENS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "零〇一二两俩三四五六七八九十百千万亿"
MULTIPLES = {"万": 10_000, "w": 10_000, "千": 1000, "k": 1000, "亿": 100_000_000, "百": 100, "": 1}
ENGLISH = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "half": 0.5,
}  # fmt: skip
WORDS = "|".join(sorted(ENGLISH, key=len, reverse=True))
AMOUNT = r"\d[\d,]*(?:\.\d+)?"
MONEY = (
    re.compile(rf"(?P<n>{AMOUNT})\s*(?P<m>[万千百亿kw]?)(?:多|余|来)?\s*(?:块钱|块|元|人民币|rmb|cny|yuan)"),
    re.compile(rf"(?:¥|￥|rmb|cny)\s*(?P<n>{AMOUNT})\s*(?P<m>[万千k]?)"),
    re.compile(rf"(?P<n>{AMOUNT})\s*(?P<m>万)(?!人|名|次|步|分)"),
    re.compile(rf"(?P<n>[{NUMERAL}几]+)(?P<m>)(?:多|余|来)?(?:块钱|块|元|人民币)"),
    re.compile(r"(?P<n>[一二两三四五六七八九十百千几]+)(?P<m>万)(?!人|名|次|步|分)"),
)
UNITS = {
    "小时": 60.0,
    "钟头": 60.0,
    "分钟": 1.0,
    "分": 1.0,
    "刻钟": 15.0,
    "hour": 60.0,
    "hr": 60.0,
    "minute": 1.0,
    "min": 1.0,
}
SPAN = (
    re.compile(rf"(?P<n>{AMOUNT})\s*(?:多|来)?个?(?:多|来)?(?P<half>半)?\s*(?P<u>小时|钟头|分钟|刻钟)"),
    re.compile(rf"(?P<n>[{NUMERAL}几]+|半)\s*(?:多|来)?个?(?:多|来)?(?P<half>半)?\s*(?P<u>小时|钟头|分钟|刻钟)"),
    re.compile(rf"(?P<n>{AMOUNT}|\b(?:{WORDS})\b)[\s-]*(?P<half>and a half )?(?P<u>hour|hr|minute|min)s?\b"),
    re.compile(r"\b(?P<half>)(?P<n>half)\s+(?:an?\s+)?(?P<u>hour)\b"),
)
BOTH = re.compile(rf"(?P<h>\d+|[{NUMERAL}]+)个?(?:小时|钟头)零?(?P<m>\d+|[{NUMERAL}]+)分")
HALF_HOUR = re.compile(r"\b(?:an|one) hour and a half|\bhour and a half")
SINCE = re.compile(r"从(?P<a>\d{1,2})点(?P<ah>半)?(?:多)?[^,。;,;]{0,6}[到至等](?:了)?(?P<b>\d{1,2})点(?P<bh>半)?")
AGE = (
    re.compile(r"(?P<n>\d{2,3})\s*(?:多|几)?\s*岁"),
    re.compile(rf"(?P<n>[{NUMERAL}]{{2,4}})(?:多|几)?岁"),
    re.compile(r"(?P<n>\d{2,3})[\s-]*(?:years?|yrs?)[\s-]*old"),
    re.compile(r"\baged?\s*(?P<n>\d{2,3})\b"),
)
CROWD = "人|客户|储户|顾客|老人|居民|街坊|邻居|同事|业主"
ENGLISH_CROWD = "people|customers|persons|depositors|neighbou?rs|of us"
PEOPLE = (
    re.compile(rf"(?P<n>\d+|[{NUMERAL}几]+)(?:多|来|几)?\s*(?:个|名|位)?(?:{CROWD})"),
    re.compile(r"(?:我们|咱们|俺们)(?P<n>仨|\d+|[一二两三四五六七八九十]+)(?:个|位|人|家|户)?"),
    re.compile(rf"(?P<n>\d+|\b(?:{WORDS})\b)\s+(?:other\s+|more\s+)?(?:{ENGLISH_CROWD})\b"),
    re.compile(r"\b(?P<n>dozens|a dozen)\s+(?:of\s+)?(?:people|customers|us)\b"),
)
CURRENCY = 20_000_000_000  # nothing above is an amount, only a long number


@dataclass(frozen=True)
class Number:
    """A number that the text states: kind money (CNY), wait (minutes), age (years) or people; `start`–`end` in it."""

    kind: str
    value: float
    start: int
    end: int
    words: str


def written(text: str) -> str:
    """What somebody wrote, however it was sent: one sign for the end of a line, no zero bytes."""
    return text.replace("\r\n", "\n").replace("\x00", "")


def plain(text: str) -> str:
    """The text as the rules compare it: full width to half width, lower case, traditional to simplified. Same length,
    so that places found in it are places of the original."""
    narrow = "".join(_narrow(letter) for letter in text)
    simple = str(_converter().convert(narrow))
    return simple if len(simple) == len(narrow) else narrow


def _narrow(letter: str) -> str:
    wide = unicodedata.normalize("NFKC", letter)
    lower = (wide if len(wide) == 1 else letter).lower()
    return lower if len(lower) == 1 else letter


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def numeral(words: str) -> float | None:
    """A number in digits or Chinese numerals: "12,000", "一万两千", "几十"; None when it is none.

    >>> numeral("一万二"), numeral("三十五"), numeral("1,200")
    (12000.0, 35.0, 1200.0)
    """
    words = words.replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", words):
        return float(words)
    words = words.replace("几", "三")
    if not words or set(words) - set(NUMERAL) - {"仨"}:
        return None
    return _chinese(words)


def _chinese(words: str) -> float:
    total, section, digit, unit = 0.0, 0.0, 0.0, 1.0
    for letter in words:
        if letter in DIGITS:
            digit = float(DIGITS[letter])
            if letter in "零〇":
                unit = 1.0
        elif letter in TENS:
            section += (digit or 1.0) * TENS[letter]
            unit, digit = TENS[letter] / 10.0, 0.0
        else:  # 万 or 亿
            factor = 1e4 if letter == "万" else 1e8
            total = (total + section + digit or 1.0) * factor
            section, digit, unit = 0.0, 0.0, factor / 10.0
    return total + section + digit * max(unit, 1.0)  # 一万二 is twelve thousand, 三百五 three hundred and fifty


def numbers(text: str) -> tuple[Number, ...]:
    """Every stated number of a `plain` text, by place; where two readings overlap the longer one stays."""
    found = sorted([*_money(text), *_spans(text), *_ages(text), *_people(text)], key=lambda n: (n.start, -n.end))
    kept: list[Number] = []
    for one in found:
        if not any(one.kind == other.kind and one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return tuple(kept)


def _money(text: str) -> Iterator[Number]:
    for pattern in MONEY:
        for match in pattern.finditer(text):
            value = numeral(match["n"])
            if value is not None:
                value *= MULTIPLES[match["m"]]
                if 0 < value < CURRENCY:
                    yield Number("money", value, match.start(), match.end(), match.group())


def _spans(text: str) -> Iterator[Number]:
    for match in HALF_HOUR.finditer(text):
        yield Number("wait", 90.0, match.start(), match.end(), match.group())
    for match in SINCE.finditer(text):
        hours = int(match["b"]) + bool(match["bh"]) / 2 - int(match["a"]) - bool(match["ah"]) / 2
        yield Number("wait", 60.0 * (hours if hours > 0 else hours + 12), match.start(), match.end(), match.group())
    for match in BOTH.finditer(text):
        whole, rest = numeral(match["h"]), numeral(match["m"])
        if whole is not None and rest is not None:
            yield Number("wait", 60 * whole + rest, match.start(), match.end(), match.group())
    for pattern in SPAN:
        for match in pattern.finditer(text):
            words = match["n"]
            count = 0.5 if words in ("半", "half") else ENGLISH.get(words) or numeral(words)
            if count is not None:
                value = (count + (0.5 if match["half"] else 0.0)) * UNITS[match["u"]]
                yield Number("wait", value, match.start(), match.end(), match.group())


def _ages(text: str) -> Iterator[Number]:
    for pattern in AGE:
        for match in pattern.finditer(text):
            value = numeral(match["n"])
            if value is not None and value <= 120:
                yield Number("age", value, match.start(), match.end(), match.group())


def _people(text: str) -> Iterator[Number]:
    for pattern in PEOPLE:
        for match in pattern.finditer(text):
            words = match["n"]
            value = {"仨": 3.0, "dozens": 24.0, "a dozen": 12.0}.get(words) or ENGLISH.get(words) or numeral(words)
            if value is not None:
                yield Number("people", float(value), match.start(), match.end(), match.group())
