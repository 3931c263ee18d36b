"""Labels and photos of them, drawn for tests and benchmarks, with the truth beside each. Needs Pillow and OpenCV.

A label is words on paper, metal or red paint; a photo of it is taken from an angle, round a bottle, in bad light, with
glare, shake, noise and compression. The same seed draws the same photo on the same fonts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.photos.labels import add_months

Picture = NDArray[np.uint8]
Row = tuple[str, str]  # key and value; one of them may be empty
COLOURS = (
    ((250, 250, 248), (20, 20, 20)),
    ((245, 240, 225), (30, 30, 80)),
    ((40, 40, 190), (245, 245, 245)),  # blue first: red paint
    ((60, 190, 235), (15, 15, 15)),
    ((190, 190, 190), (40, 40, 40)),
    ((60, 120, 40), (245, 245, 245)),
)
KEYS = {
    "expiry": (
        "有效期至",
        "有效期至",
        "有效期限至",
        "失效日期",
        "到期日期",
        "使用期限至",
        "检验有效期至",
        "有效日期至",
    ),
    "next": ("下次检验日期", "下次维修日期", "下次年检日期", "下次检查日期", "下次维保时间"),
    "made": ("生产日期", "出厂日期", "制造日期", "生产年月", "制造年月"),
    "served": ("维修日期", "检验日期", "上次维修日期", "充装日期", "检测日期", "维保日期"),
    "expiry_en": ("EXP DATE", "EXP", "VALID UNTIL", "EXPIRY DATE", "USE BY"),
    "made_en": ("MFG DATE", "MFD", "PRODUCTION DATE"),
}
HEADS = (
    "手提式干粉灭火器",
    "灭火器维修合格证",
    "MFZ/ABC4型",
    "水基型灭火器",
    "检验合格证",
    "消防器材检查卡",
    "应急照明灯",
    "UPS蓄电池",
    "急救箱",
    "AED电极片",
)
OTHERS = (
    "执行标准：GB 4351-2023",
    "GB 4351.1-2005",
    "火警电话 119",
    "编号：A2304017",
    "出厂编号 20190815",
    "水压试验压力 2.1MPa",
    "使用温度 -20℃~+55℃",
    "检验员：王工",
    "联系电话：0512-6543 2109",
    "合格证号 XF20230815012",
    "灭火剂量 4kg±2%",
    "电话 400-820-2027",
    "责任人：李主管",
    "驱动气体 氮气",
    "批号 L2403",
    "额定电压 220V",
    "每月检查一次",
    "严禁碰撞 防止日晒",
    "S/N 2022071905",
)


@dataclass(frozen=True)
class Drawn:
    """A photo (blue first) and its truth: last valid day, `day` or `month`, or None where the label names none."""

    picture: Picture = field(repr=False)
    expiry: date | None
    precision: str
    rows: tuple[Row, ...]
    traits: dict[str, Any]


def draw(seed: int, fonts: Sequence[str | Path], hardness: float | None = None) -> Drawn:
    """Draw one photo. `hardness` 0–1 bounds all its faults; drawn too when None."""
    rng = np.random.default_rng(seed)
    hardness = float(rng.uniform(0, 1)) if hardness is None else hardness
    rows, expiry, precision, what = _content(rng)
    traits: dict[str, Any] = {"what": what, "hardness": round(hardness, 2)}
    label = _label(rng, rows, str(fonts[int(rng.integers(len(fonts)))]), traits)
    return Drawn(photograph(label, rng, hardness, traits), expiry, precision, rows, traits)


def _pick(rng: np.random.Generator, options: Sequence[Any]) -> Any:
    return options[int(rng.integers(len(options)))]


def _day(rng: np.random.Generator, first: int, last: int) -> date:
    return date(first, 1, 1) + timedelta(days=int(rng.integers(365 * (last - first + 1))))


def _written(rng: np.random.Generator, day: date, precision: str, form: str = "") -> str:
    y, m, d = day.year, day.month, day.day
    both = {
        "chinese": (f"{y}年{m:02d}月", f"{y}年{m:02d}月{d:02d}日"),
        "chinese_short": (f"{y}年{m}月", f"{y}年{m}月{d}日"),
        "dash": (f"{y}-{m:02d}", f"{y}-{m:02d}-{d:02d}"),
        "dot": (f"{y}.{m:02d}", f"{y}.{m:02d}.{d:02d}"),
        "dot_short": (f"{y}.{m}", f"{y}.{m}.{d}"),
        "slash": (f"{y}/{m:02d}", f"{y}/{m:02d}/{d:02d}"),
        "compact": (f"{y}{m:02d}", f"{y}{m:02d}{d:02d}"),
        "words": (_numerals(day, with_day=False), _numerals(day, with_day=True)),
    }
    chosen = form or _pick(
        rng,
        (
            *("chinese",) * 3,
            *("chinese_short",) * 2,
            *("dash",) * 3,
            "dot",
            "dot",
            "dot_short",
            "slash",
            "compact",
            "words",
        ),
    )
    return both[chosen][precision == "day"]


def _numerals(day: date, with_day: bool) -> str:
    digits = "〇一二三四五六七八九"

    def number(n: int) -> str:
        tens, ones = divmod(n, 10)
        return ("" if not tens else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")

    text = "".join(digits[int(c)] for c in str(day.year)) + f"年{number(day.month)}月"
    return text + (f"{number(day.day)}日" if with_day else "")


def _content(rng: np.random.Generator) -> tuple[tuple[Row, ...], date | None, str, str]:
    what = _pick(
        rng,
        ("expiry", "expiry", "made_expiry", "made_expiry", "made_interval", "served_next", "range", "english", "none"),
    )
    precision = _pick(rng, ("day", "month"))
    made = _day(rng, 2016, 2025)
    expiry = add_months(made, int(rng.integers(12, 100)))
    rows: list[Row]
    truth: date | None = expiry
    if what == "expiry":
        rows = [(_pick(rng, KEYS["expiry"]), _written(rng, expiry, precision))]
    elif what == "made_expiry":
        form = _pick(rng, ("chinese", "dash", "dot", "slash", "compact", "chinese_short"))
        rows = [
            (_pick(rng, KEYS["made"]), _written(rng, made, precision, form)),
            (_pick(rng, KEYS["expiry"]), _written(rng, expiry, precision, form)),
        ]
    elif what == "made_interval":
        months = int(_pick(rng, (12, 24, 36, 48, 60, 120)))
        truth = add_months(made, months)
        life = f"{months // 12}年" if rng.random() < 0.6 else f"{months}个月"
        rows = [
            (_pick(rng, KEYS["made"]), _written(rng, made, precision)),
            (_pick(rng, ("有效期", "使用期限", "保质期")), life),
        ]
    elif what == "served_next":
        form = _pick(rng, ("chinese", "dash", "dot", "slash"))
        truth = add_months(made, 12)
        rows = [
            (_pick(rng, KEYS["served"]), _written(rng, made, precision, form)),
            (_pick(rng, KEYS["next"]), _written(rng, truth, precision, form)),
        ]
    elif what == "range":
        form = _pick(rng, ("chinese", "dot", "slash"))
        rows = [("有效期", f"{_written(rng, made, precision, form)}至{_written(rng, expiry, precision, form)}")]
    elif what == "english":
        precision = "day"
        name = expiry.strftime("%b").upper()
        value = _pick(
            rng,
            (
                f"{expiry.day:02d} {name} {expiry.year}",
                f"{expiry:%Y-%m-%d}",
                f"{expiry:%Y/%m/%d}",
                f"{expiry:%Y.%m.%d}",
            ),
        )
        rows = [(_pick(rng, KEYS["expiry_en"]), value)]
        if rng.random() < 0.5:
            rows.insert(0, (_pick(rng, KEYS["made_en"]), f"{made:%Y-%m-%d}"))
    else:
        truth = None
        rows = [(_pick(rng, KEYS[_pick(rng, ("made", "served"))]), _written(rng, made, precision))]
    if rng.random() < 0.25 and len(rows) > 1:
        rows.reverse()
    rows[:0] = [("", _pick(rng, HEADS))] if rng.random() < 0.8 else []
    for _ in range(int(rng.integers(0, 4))):
        rows.insert(int(rng.integers(0, len(rows) + 1)), ("", _pick(rng, OTHERS)))
    if truth is not None and precision == "month":
        truth = add_months(truth.replace(day=1), 1) - timedelta(days=1)
    return tuple(rows), truth, precision, what


def _label(rng: np.random.Generator, rows: Sequence[Row], font: str, traits: dict[str, Any]) -> Picture:
    """The label as printed: rows in a line each, in two columns, or values under keys."""
    from PIL import Image, ImageDraw, ImageFont

    size = 44
    face = ImageFont.truetype(font, size)
    layout = _pick(rng, ("line", "line", "line", "columns", "columns", "stacked"))
    stamped = rng.random() < 0.2
    traits |= {"font": Path(font).stem, "layout": layout, "stamped": stamped}
    ground, ink = (np.array(c) for c in _pick(rng, COLOURS))
    wide = max((face.getlength(k) for k, v in rows if k and v), default=0) + 2 * size
    colon = _pick(rng, ("：", ":", " ", "： ", ""))
    pieces: list[tuple[float, float, str, bool]] = []
    x0, y = 36.0, 30.0
    for key, value in rows:
        step = size * float(rng.uniform(1.35, 1.7))
        if not key or (layout == "line" and not stamped):
            pieces.append((x0, y, f"{key}{colon if key else ''}{value}", False))
        elif layout == "stacked":
            pieces.append((x0, y, f"{key}{colon.strip()}", False))
            y += step
            pieces.append((x0 + size * float(rng.uniform(0, 1)), y, value, stamped))
        else:
            tight = face.getlength(f"{key}{colon}") + (0.3 * size)
            pieces.append((x0, y, f"{key}{colon.strip()}", False))
            pieces.append(
                (x0 + (wide if layout == "columns" else tight), y + float(rng.uniform(-3, 3)) * stamped, value, stamped)
            )
        y += step
    width = int(max(x + face.getlength(text) * (1.15 if dots else 1) for x, _, text, dots in pieces) + 40)
    height = int(y + 30)
    mask = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(mask)
    for x, top, text, dots in pieces:
        if dots:
            _dotted(mask, (int(x), int(top)), text, font, size)
        else:
            pen.text((x, top), text, fill=255, font=face)
    if rng.random() < 0.5:
        pen.rectangle((8, 8, width - 9, height - 9), outline=255, width=3)
    if layout == "columns" and rng.random() < 0.4:
        pen.line((x0 + wide - size, 10, x0 + wide - size, height - 10), fill=255, width=2)
    share = np.asarray(mask, np.float32)[:, :, None] / 255
    return np.asarray(ground * (1 - share) + ink * share, np.uint8)


def _dotted(mask: Any, at: tuple[int, int], text: str, font: str, size: int) -> None:
    """Text of an ink-jet coder: dots on a grid of rows."""
    from PIL import Image, ImageDraw, ImageFont

    grid = 16 if any(ord(c) > 0x2E80 for c in text) else 12
    face = ImageFont.truetype(font, grid)
    small = Image.new("L", (int(face.getlength(text)) + 4, grid + 6), 0)
    ImageDraw.Draw(small).text((1, 0), text, fill=255, font=face)
    cells = np.asarray(small) > 70  # thin strokes stay
    pitch = size / grid
    pen = ImageDraw.Draw(mask)
    for row, column in np.argwhere(cells):
        x, y = at[0] + column * pitch, at[1] + row * pitch
        pen.ellipse((x, y, x + pitch * 0.95, y + pitch * 0.95), fill=255)


def photograph(label: Picture, rng: np.random.Generator, hardness: float, traits: dict[str, Any]) -> Picture:
    """A photo of a flat label; every fault grows with `hardness`."""
    import cv2

    side = int(_pick(rng, (960, 1280, 1600, 2048)))
    height, width = (side * 3 // 4, side) if rng.random() < 0.6 else (side, side * 3 // 4)
    turned = _pick(rng, (0, 0, 0, 0, 90, 180, 270))
    angle = turned + float(rng.normal(0, 2 + 10 * hardness))
    traits |= {"turned": turned, "side": side}
    label = _worn(label, rng, hardness, traits)
    if rng.random() < 0.3:
        label = _round(label, float(rng.uniform(0.3, 0.6 + 0.5 * hardness)))
    scene, seen = _placed(label, (height, width), angle, rng, hardness)
    scene = _lit(scene, rng, hardness, traits, seen)
    kind = _pick(rng, ("none", "soft", "shake", "none"))
    scale = side / 1280
    if kind == "soft":
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), 0.3 + 3.2 * hardness * scale), np.float32)
    elif kind == "shake":
        scene = _shaken(scene, 1 + 22 * hardness * scale * float(rng.uniform(0.3, 1)), float(rng.uniform(0, 180)))
    traits["blur"] = kind
    noise = float(rng.uniform(0, 1)) * 22 * hardness
    scene = scene + rng.normal(0, 1, scene.shape).astype(np.float32) * noise if noise > 0.5 else scene
    quality = int(95 - 75 * hardness * rng.random())
    _, coded = cv2.imencode(".jpg", np.clip(scene, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    traits["quality"] = quality
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _worn(label: Picture, rng: np.random.Generator, hardness: float, traits: dict[str, Any]) -> Picture:
    """Scratches, stains and rubbed-off ink on every third label."""
    import cv2

    traits["worn"] = bool(rng.random() < 0.35)
    if not traits["worn"]:
        return label
    height, width = label.shape[:2]
    out = label.copy()
    ground = tuple(int(c) for c in label[2, 2])
    for _ in range(int(rng.integers(1, 2 + int(8 * hardness)))):
        a, b = rng.uniform(0, 1, (2, 2)) * (width, height)
        colour = ground if rng.random() < 0.6 else tuple(int(c) for c in rng.integers(0, 255, 3))
        cv2.line(
            out,
            tuple(map(int, a)),
            tuple(map(int, b)),
            colour,
            int(rng.integers(1, 3 + int(6 * hardness))),
            cv2.LINE_AA,
        )
    for _ in range(int(rng.integers(0, 1 + int(4 * hardness)))):
        middle = tuple(int(v) for v in rng.uniform(0, 1, 2) * (width, height))
        spot = np.zeros((height, width), np.float32)
        cv2.ellipse(
            spot,
            middle,
            tuple(int(v) for v in rng.uniform(6, 10 + 40 * hardness, 2)),
            float(rng.uniform(0, 180)),
            0,
            360,
            1.0,
            -1,
        )
        share = cv2.GaussianBlur(spot, (0, 0), 3)[:, :, None] * float(rng.uniform(0.3, 1.0))
        stain = np.array(ground if rng.random() < 0.6 else rng.integers(0, 255, 3), np.float32)
        out = np.asarray(out * (1 - share) + stain * share, np.uint8)
    return out


def _round(label: Picture, bend: float) -> Picture:
    """The label round a bottle: its sides turn away by up to `bend` radians each."""
    import cv2

    height, width = label.shape[:2]
    out = int(width * np.sin(bend) / bend)
    across = np.arcsin(np.linspace(-np.sin(bend), np.sin(bend), out)) / bend
    columns = ((across + 1) / 2 * (width - 1)).astype(np.float32)
    sag = (np.cos(across * bend) - 1) * height * 0.12
    rows = np.arange(height, dtype=np.float32)[:, None] + sag[None, :].astype(np.float32)
    return np.asarray(
        cv2.remap(label, np.tile(columns, (height, 1)), rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _placed(
    label: Picture, shape: tuple[int, int], angle: float, rng: np.random.Generator, hardness: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The label somewhere in the scene, turned and seen from an angle; the scene and the corners."""
    import cv2

    height, width = shape
    ground = rng.integers(40, 200, 3).astype(np.float32)
    coarse = rng.normal(0, 14, (height // 40 + 2, width // 40 + 2, 3)).astype(np.float32)
    scene = ground + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    rows, columns = label.shape[:2]
    radians = np.deg2rad(angle)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    corners = np.array([[-columns, -rows], [columns, -rows], [columns, rows], [-columns, rows]], float) / 2 @ turn.T
    reach = np.abs(corners).max(axis=0) * 2
    fit = min(width / reach[0], height / reach[1]) * float(rng.uniform(0.6 - 0.35 * hardness, 0.92))
    corners = corners * fit
    corners += rng.uniform(-1, 1, (4, 2)) * (0.02 + 0.12 * hardness) * fit * min(rows, columns) * 0.8
    space = np.array([width, height]) / 2 - np.abs(corners).max(axis=0)
    corners += np.array([width, height]) / 2 + rng.uniform(-1, 1, 2) * np.maximum(0, space) * 0.9
    corners = corners.astype(np.float32)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    change = cv2.getPerspectiveTransform(source, corners)
    small = label if fit >= 0.5 else cv2.GaussianBlur(label, (0, 0), 0.35 / fit)
    laid = cv2.warpPerspective(small, change, (width, height), flags=cv2.INTER_LINEAR)
    share = cv2.warpPerspective(np.ones((rows, columns), np.float32), change, (width, height))[:, :, None]
    return scene * (1 - share) + laid * share, corners


def _lit(
    scene: NDArray[np.float32],
    rng: np.random.Generator,
    hardness: float,
    traits: dict[str, Any],
    corners: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Uneven light, a dark room, a shadow, a bright reflection on the label."""
    height, width = scene.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    way = float(rng.uniform(0, 2 * np.pi))
    slope = ((x / width - 0.5) * np.cos(way) + (y / height - 0.5) * np.sin(way)) * float(rng.uniform(0, 0.9)) * hardness
    dark = float(rng.uniform(1 - 0.9 * hardness, 1)) if rng.random() < 0.4 else 1.0
    traits["dark"] = round(dark, 2)
    out = scene * np.clip(1 + slope, 0.15, 2)[:, :, None] * dark
    if rng.random() < 0.25:
        edge = (x - width * float(rng.uniform(0.2, 0.8))) * np.cos(way) + (y - height / 2) * np.sin(way)
        out *= (1 - 0.6 * hardness / (1 + np.exp(-edge / 15)))[:, :, None]
    traits["glare"] = False
    if rng.random() < 0.2 + 0.2 * hardness:
        traits["glare"] = True
        middle = corners.mean(axis=0) + rng.uniform(-0.4, 0.4, 2) * (corners.max(axis=0) - corners.min(axis=0))
        wide, tall = rng.uniform(0.03, 0.05 + 0.12 * hardness, 2) * max(height, width)
        spot = np.exp(-(((x - middle[0]) / wide) ** 2 + ((y - middle[1]) / tall) ** 2))
        out += (spot * float(rng.uniform(80, 380)))[:, :, None]
    return np.asarray(out, np.float32)


def _shaken(scene: NDArray[np.float32], length: float, angle: float) -> NDArray[np.float32]:
    """Blur along a line of `length` pixels."""
    import cv2

    size = int(length) // 2 * 2 + 3
    kernel = np.zeros((size, size), np.float32)
    middle = size // 2
    step = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]) * length / 2
    ends = [tuple(round(v * 16) for v in (middle + s * step)) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(scene, -1, kernel / max(kernel.sum(), 1e-6)), np.float32)
