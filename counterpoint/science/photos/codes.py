"""QR codes in a picture, read with ZXing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Code:
    """A QR code: its text and four corners (x, y in pixels, from the upper left round)."""

    text: str
    corners: tuple[tuple[float, float], ...]


def codes(picture: Picture) -> tuple[Code, ...]:
    """All QR codes that were read without error; the error correction of a code leaves no wrong text."""
    import zxingcpp

    wanted: Any = zxingcpp.BarcodeFormat.QRCode
    found = zxingcpp.read_barcodes(np.ascontiguousarray(picture), formats=wanted)
    if not found:  # a second try where the light is uneven
        found = zxingcpp.read_barcodes(_evened(picture), formats=wanted)
    return tuple(
        Code(
            one.text,
            tuple(
                (float(corner.x), float(corner.y))
                for corner in (
                    one.position.top_left,
                    one.position.top_right,
                    one.position.bottom_right,
                    one.position.bottom_left,
                )
            ),
        )
        for one in found
        if one.valid
    )


def _evened(picture: Picture) -> Picture:
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(cv2.GaussianBlur(grey, (0, 0), 1.0)), np.uint8)
