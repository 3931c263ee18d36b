"""Fonts with Chinese letters on this machine, for the labels that tests draw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/arphic/ukai.ttc",
)
PATTERNS = ("*.ttf", "*.ttc", "*.otf")


def found(folders: Sequence[Path] = ()) -> list[str]:
    """Files of Chinese fonts: in the folders, those of the product when they were fetched, those of the system."""
    fetched = Path(__file__).resolve().parents[3] / "var" / "assets" / "dist" / "fonts"
    own = [str(f) for folder in (*folders, fetched) for pattern in PATTERNS for f in sorted(folder.rglob(pattern))]
    return [*own, *(place for place in PLACES if Path(place).exists())]
