"""Which column of a ticket file is which: a first guess from the headings, for a person to confirm."""

import re
from collections.abc import Iterable

FIELDS = ("arrived", "called", "finished", "left", "service", "tier", "server", "window", "ticket", "outcome", "branch")
REQUIRED = frozenset({"arrived"})
WORDS: dict[str, tuple[str, ...]] = {
    "arrived": ("arrived", "arrival", "taken", "取号时间", "取号", "到达", "到达时间", "vru_entry"),
    "called": ("called", "call_time", "叫号时间", "叫号", "受理时间", "ser_start"),
    "finished": ("finished", "end_time", "completed", "办结时间", "结束时间", "完成时间", "ser_exit"),
    "left": ("left", "abandoned_at", "离开时间", "弃号时间", "q_exit"),
    "service": ("service", "type", "business", "业务类型", "业务", "业务种类"),
    "tier": ("tier", "priority", "客户等级", "等级", "客户类型"),
    "server": ("server", "teller", "counter", "柜员", "柜员号", "窗口", "窗口号"),
    "window": ("window", "counter", "desk", "窗口", "窗口号", "柜台", "柜台号"),
    "ticket": ("ticket", "number", "ticket_no", "号码", "票号", "排队号", "call_id"),
    "outcome": ("outcome", "result", "status", "结果", "状态"),
    "branch": ("branch", "branch_code", "网点", "机构", "机构号"),
}

PLACE = r"(?:窗口|柜台|櫃台|櫃檯|window|counter|desk)?"
WINDOW = re.compile(rf"{PLACE}\s*0*(\d+)(?:\.0)?\s*[号號]?\s*{PLACE}", re.IGNORECASE)
MOST_LETTERS = 40


def window_of(text: str) -> str:
    """A window's number however a file writes it (3, 03, 3.0, 3号窗口, Window 3); other names as they are."""
    found = WINDOW.fullmatch(text.strip())
    return found.group(1) if found else text.strip()[:MOST_LETTERS]


def suggest(columns: Iterable[str]) -> dict[str, str]:
    """Field → column, exact names first, then names that contain the word; a column is used once. A file that names
    the window only has it as its server: someone served there."""
    names = [str(c) for c in columns]
    found: dict[str, str] = {}
    for exact in (True, False):
        for field in FIELDS:
            if field in found:
                continue
            free = [n for n in names if n not in found.values()]
            hit = next((n for word in WORDS[field] for n in free if _like(n, word, exact)), None)
            if hit is not None:
                found[field] = hit
    return found


def _like(name: str, word: str, exact: bool) -> bool:
    plain = name.strip().lower()
    return plain == word if exact else len(word) > 2 and word in plain
