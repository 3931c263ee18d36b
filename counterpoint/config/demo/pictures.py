"""Photos of the demo's rounds, drawn: a gauge with its label, a certificate, a spot of the hall. Each says in the
picture that it is simulated; the same name draws the same picture on the same fonts."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from counterpoint.science.photos import fonts

SIZE, STRIP = (960, 720), (960, 300)  # a label that is held close fills a strip: less to search for text
RED, GREEN, PAPER, INK = (190, 40, 40), (40, 140, 60), (248, 247, 240), (25, 25, 30)
BLUR = 14.0  # pixels: nothing can be read any more


def spot(name: str) -> Image.Image:
    """Some place of the hall: light and dark, different for each name."""
    picture = _ground(name, SIZE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((30, SIZE[1] - 90, 560, SIZE[1] - 30), fill=PAPER)
    pen.text((44, SIZE[1] - 82), "SIMULATED", fill=INK, font=_face(36))
    return picture


def gauge(name: str, code: str, *, red: bool = False) -> Image.Image:
    """The gauge of an extinguisher with its needle in the green (or the red), and the label of a thing beside it."""
    picture = spot(name)
    pen = ImageDraw.Draw(picture)
    box = (90, 120, 490, 520)
    pen.ellipse(box, fill=PAPER, outline=INK, width=6)
    inner = (120, 150, 460, 490)
    for start, end, colour in ((150, 230, RED), (230, 310, GREEN), (310, 390, (200, 170, 40))):
        pen.arc(inner, start, end, fill=colour, width=26)
    angle = np.deg2rad(190 if red else 270)
    tip = (290 + 140 * float(np.cos(angle)), 320 + 140 * float(np.sin(angle)))
    pen.line((290, 320, *tip), fill=INK, width=10)
    label = _qr(f"https://demo.invalid/e/simulated#{code}")
    picture.paste(label, (SIZE[0] - label.width - 60, 150))
    return picture


def certificate(name: str, lines: tuple[str, ...]) -> Image.Image:
    """A paper on the thing with its lines in print, held close."""
    picture = _ground(name, STRIP)
    pen, face = ImageDraw.Draw(picture), _face(36)
    lines = (*lines, "SIMULATED")
    pen.rectangle((60, 40, 120 + max(face.getlength(line) for line in lines), 80 + 60 * len(lines)), fill=PAPER)
    for n, line in enumerate(lines):
        pen.text((90, 60 + 60 * n), line, fill=INK, font=face)
    return picture


def valid_until(day: date) -> tuple[str, ...]:
    """What a service certificate says; in English on a machine without a Chinese font."""
    return ("灭火器维修合格证", f"有效期至 {day}") if _font() else ("FIRE EXTINGUISHER", f"EXP DATE {day}")


def short(day: date) -> tuple[str, ...]:
    """The same with a year of two digits, which leaves open what the date means."""
    written = f"{day:%y.%m.%d}"
    return ("检验合格证", f"有效期至 {written}") if _font() else ("CERTIFICATE", f"EXP DATE {written}")


def blurred(picture: Image.Image) -> Image.Image:
    """As by a hand in motion."""
    return picture.filter(ImageFilter.GaussianBlur(BLUR))


def sent(picture: Image.Image, share: float = 1.0) -> bytes:
    """The bytes that a phone sends; `share` of its width where it was made smaller before."""
    out = BytesIO()
    small = picture.resize((int(picture.width * share), int(picture.height * share))) if share != 1 else picture
    small.save(out, "JPEG", quality=88)
    return out.getvalue()


def _ground(name: str, size: tuple[int, int]) -> Image.Image:
    rng = np.random.default_rng(list(hashlib.sha256(name.encode()).digest()))
    coarse = rng.integers(40, 215, (9, 12, 3)).astype(np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def _qr(text: str) -> Image.Image:
    import segno

    out = BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="png", scale=7, border=4)
    return Image.open(out).convert("RGB")


def _font() -> str:
    return next(iter(fonts.found()), "")


def _face(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    font = _font()
    return ImageFont.truetype(font, size) if font else ImageFont.load_default(size)
