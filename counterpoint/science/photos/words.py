"""Reading text in pictures with PP-OCR models on one core, without a network. Imports of the engines are inside.

The picture is searched for text once; all cut-outs are turned the same way, so that text runs to the right whichever
way the phone was held. `Reading.again` reads cut-outs a second time in an altered form, which shows what is uncertain.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.photos.lines import Line

Picture = NDArray[np.uint8]
Read = tuple[str, tuple[float, ...], tuple[float, ...]]
SEARCH_SIDE = 1152  # pixels of the longer side in the search for text
LINE_HEIGHT = 48  # what the recogniser takes
WIDEST = 26.0  # width to height of the longest line that is read whole
BATCH = 6
ORIENTING = 3  # longest lines that are read both ways up
FAINT = 0.22  # share of a letter's contrast below which a column is blank
ALTERATIONS = ("wider", "softer", "lighter")


class ReaderMissing(RuntimeError):
    """The packages that read pictures are not installed (extra `web`)."""


@dataclass(frozen=True)
class Reading:
    """All lines of a picture in reading order, and their cut-outs, to be read again."""

    lines: tuple[Line, ...]
    crops: tuple[Picture, ...] = field(repr=False, default=())

    @property
    def text(self) -> str:
        """The lines under each other."""
        return "\n".join(line.text for line in self.lines)

    def again(self, numbers: Sequence[int], alteration: str) -> tuple[Line, ...]:
        """The lines with these numbers read from altered cut-outs, in the same places; see `ALTERATIONS`."""
        chosen = [self.lines[i] for i in numbers]
        read = _reader().recognise([altered(self.crops[line.crop], alteration) for line in chosen])
        return tuple(
            Line(text, sure, line.box, line.crop, at) for line, (text, sure, at) in zip(chosen, read, strict=True)
        )

    def blank(self, number: int, start: int, end: int) -> float:
        """The longest stretch without a trace of ink between two letters of a line, in heights of the line.

        Glare and rubbed-off ink take letters away without a trace; the gap stays.
        """
        line = self.lines[number]
        return longest_blank(self.crops[line.crop], line.at[start], line.at[end - 1])


def read(picture: Picture) -> Reading:
    """All text of a picture (height × width × 3, 8 bits, blue first)."""
    return _reader().read(picture)


def altered(crop: Picture, how: str) -> Picture:
    """A cut-out as another photo of the same line might show it: a little wider and shifted, softer, or lighter."""
    import cv2

    height, width = crop.shape[:2]
    if how == "wider":
        margin = max(1, height // 12)
        framed = cv2.copyMakeBorder(crop, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        return np.asarray(cv2.resize(framed, None, fx=1.12, fy=1.0, interpolation=cv2.INTER_LINEAR), np.uint8)
    if how == "softer":
        small = cv2.resize(crop, (max(8, round(width * 30 / height)), 30), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(small, (3, 3), 0.6), np.uint8)
    if how == "lighter":
        low, high = np.percentile(crop, (2, 98))
        scaled = np.clip((crop.astype(np.float32) - low) / max(20.0, high - low), 0, 1) ** 0.7
        return np.asarray(scaled * 255, np.uint8)
    raise ValueError(f"alteration {how!r} is not one of {ALTERATIONS}")


@lru_cache(maxsize=1)
def _reader() -> _Reader:
    return _Reader()


class _Reader:
    """The two models, loaded once a process; calls are serialised."""

    def __init__(self) -> None:
        try:
            from rapidocr import RapidOCR
        except ImportError as missing:
            raise ReaderMissing("Install counterpoint[web] to read text in pictures.") from missing
        engine = RapidOCR(
            params={
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": SEARCH_SIDE,
            }
        )
        self._search: Any = engine._load_det_model()
        self._recogniser: Any = engine._load_rec_model()
        self._letters: list[str] = self._recogniser.postprocess_op.character
        self._lock = threading.Lock()

    def read(self, picture: Picture) -> Reading:
        quads = self._quads(picture)
        if not len(quads):
            return Reading(())
        ahead = _direction(quads)
        quads = np.stack([_aligned(quad, ahead) for quad in quads])
        crops = [_cut(picture, quad) for quad in quads]
        if self._upside_down(crops):
            ahead = -ahead
            quads = np.roll(quads, 2, axis=1)
            crops = [np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops]
        read = self.recognise(crops)
        boxes = _boxes(quads, ahead)
        lines = [Line(text, sure, boxes[i], i, at) for i, (text, sure, at) in enumerate(read) if text.strip() and sure]
        return Reading(tuple(sorted(lines, key=lambda line: (line.box[1], line.box[0]))), tuple(crops))

    def _quads(self, picture: Picture) -> NDArray[np.float32]:
        """Four corners of every line, in pixels of the picture."""
        import cv2

        height, width = picture.shape[:2]
        scale = SEARCH_SIDE / max(height, width)
        size = (max(32, round(width * scale)), max(32, round(height * scale)))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        with self._lock:
            found = self._search(cv2.resize(picture, size, interpolation=how))
        if found.boxes is None:
            return np.empty((0, 4, 2), np.float32)
        scales = np.array([size[0] / width, size[1] / height], np.float32)
        return np.asarray(np.asarray(found.boxes, np.float32) / scales, np.float32)

    def _upside_down(self, crops: list[Picture]) -> bool:
        """Reads the longest lines both ways; the way with the surer letters is up."""
        longest = sorted(crops, key=lambda crop: -crop.shape[1] / crop.shape[0])[:ORIENTING]
        turned = [np.ascontiguousarray(crop[::-1, ::-1]) for crop in longest]
        read = self.recognise([*longest, *turned])
        sure = [sum(sure) * (float(np.mean(sure)) if sure else 0.0) for _, sure, _ in read]
        half = len(longest)
        return sum(sure[half:]) > sum(sure[:half])

    def recognise(self, crops: Sequence[Picture]) -> list[Read]:
        """Text, a probability and a place for each letter, of each cut-out."""
        order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1] / crops[i].shape[0])
        out: list[Read] = [("", (), ())] * len(crops)
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            widest = max(_ratio(crops[i]) for i in batch)
            block = np.stack([_normal(crops[i], widest) for i in batch])
            with self._lock:
                scores = np.asarray(self._recogniser.session(block))
            for i, rows in zip(batch, scores, strict=True):
                share = widest * crops[i].shape[0] / crops[i].shape[1]  # of the block's width that is not filled up
                out[i] = self._letters_of(rows, max(1.0, share))
        return out

    def _letters_of(self, rows: NDArray[np.float32], share: float) -> Read:
        """Greedy reading of a line: a run of columns with one letter is one letter, as sure as its best column."""
        best = rows.argmax(axis=1)
        text: list[str] = []
        sure: list[float] = []
        places: list[float] = []
        last = 0
        for column, letter in enumerate(best):
            value = float(rows[column, letter])
            at = (column + 0.5) / len(best) * share
            if letter and letter == last:
                places[-1] = at if value > sure[-1] else places[-1]
                sure[-1] = max(sure[-1], value)
            elif letter:
                text.append(self._letters[letter][:1] or " ")
                sure.append(value)
                places.append(at)
            last = int(letter)
        return "".join(text), tuple(sure), tuple(places)


def longest_blank(crop: Picture, left: float, right: float) -> float:
    """The longest run of columns without edges between two shares of the width, in heights of the crop."""
    import cv2

    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).astype(np.float32)
    height, width = grey.shape
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), max(1.0, height / 8)))
    inner = fine[height // 6 : height - height // 6]  # frames and neighbours touch the edges of the crop
    traces = np.percentile(inner, 92, axis=0)
    traces = traces[max(0, int(left * width)) : max(1, int(np.ceil(right * width)))]
    if len(traces) < 2:
        return 0.0
    blank = traces < FAINT * float(np.percentile(traces, 75))
    longest = run = 0
    for empty in blank:
        run = run + 1 if empty else 0
        longest = max(longest, run)
    return longest / height


def _direction(quads: NDArray[np.float32]) -> NDArray[np.float64]:
    """Which way text runs, up to a half turn: the direction of the long sides, weighted by length."""
    across = (quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]) / 2
    down = (quads[:, 3] - quads[:, 0] + quads[:, 2] - quads[:, 1]) / 2
    wide = np.linalg.norm(across, axis=1)
    tall = np.linalg.norm(down, axis=1)
    sides = np.where((wide >= tall)[:, None], across, down).astype(np.float64)
    weights = np.abs(wide - tall) * np.maximum(wide, tall)
    angles = np.arctan2(sides[:, 1], sides[:, 0])
    doubled = np.sum(weights * np.exp(2j * angles)) if weights.any() else 1.0 + 0j
    angle = np.angle(doubled) / 2
    return np.array([np.cos(angle), np.sin(angle)])


def _aligned(quad: NDArray[np.float32], ahead: NDArray[np.float64]) -> NDArray[np.float32]:
    """The corners beginning where the upper side runs the way of the text."""

    def along(shift: int) -> float:
        turned = np.roll(quad, -shift, axis=0)
        side = (turned[1] - turned[0] + turned[2] - turned[3]) / 2
        return float(side @ ahead / (np.linalg.norm(side) + 1e-9))

    return np.roll(quad, -max(range(4), key=along), axis=0)


def _cut(picture: Picture, quad: NDArray[np.float32]) -> Picture:
    """The line, upright, as a rectangle of its own."""
    import cv2

    width = max(float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[2] - quad[3])), 8.0)
    height = max(float(np.linalg.norm(quad[3] - quad[0])), float(np.linalg.norm(quad[2] - quad[1])), 8.0)
    scale = LINE_HEIGHT / height if height > 2 * LINE_HEIGHT else 1.0
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    turn = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    cut = cv2.warpPerspective(picture, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _boxes(quads: NDArray[np.float32], ahead: NDArray[np.float64]) -> list[tuple[float, float, float, float]]:
    """Places of the lines in the frame of the text: x the way it runs, y downwards."""
    down = np.array([-ahead[1], ahead[0]])
    x, y = quads @ ahead, quads @ down
    left, right = x[:, [0, 3]].mean(axis=1), x[:, [1, 2]].mean(axis=1)
    top, bottom = y[:, [0, 1]].mean(axis=1), y[:, [2, 3]].mean(axis=1)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in zip(left, top, right, bottom, strict=True)]


def _ratio(crop: Picture) -> float:
    return float(min(WIDEST, max(320 / LINE_HEIGHT, crop.shape[1] / crop.shape[0])))


def _normal(crop: Picture, widest: float) -> NDArray[np.float32]:
    """A cut-out as the recogniser takes it: 48 rows, values −1 to 1, filled up to the widest of the batch."""
    import cv2

    height, width = crop.shape[:2]
    columns = int(LINE_HEIGHT * widest)
    own = max(8, min(columns, round(LINE_HEIGHT * width / height)))
    resized = cv2.resize(crop, (own, LINE_HEIGHT)).astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
    out = np.zeros((3, LINE_HEIGHT, columns), np.float32)
    out[:, :, :own] = resized
    return out
