"""Whether a picture was handed in before: the same bytes, or the same picture after resizing and compression.

Two fingerprints of 64 bits, one of differences between neighbours (dHash) and one of low frequencies (pHash). Pictures
are alike when both are near; the thresholds and their error rates are measured in `benchmarks/photo_labels.py`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
ALIKE = 14  # bits of 128 that may differ in pictures that are taken for the same
DIFFERENT = 26  # more than this: another picture; between the two a person looks
SAME, NEAR, OTHER = "same", "near", "other"


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 of the bytes as hexadecimal, and 128 bits of what is seen as 32 hexadecimal digits."""

    sha256: str
    bits: str

    def distance(self, other: Fingerprint) -> int:
        """How many of the 128 bits differ; 0 for the same bytes."""
        return 0 if self.sha256 == other.sha256 else distance(self.bits, other.bits)


def distance(one: str, other: str) -> int:
    """How many of the 128 bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def judged(bits: int) -> str:
    """`same` (taken for the same picture), `near` (a person decides) or `other`."""
    return SAME if bits <= ALIKE else NEAR if bits <= DIFFERENT else OTHER


def fingerprint(content: bytes, picture: Picture) -> Fingerprint:
    """Of the bytes as they came and the picture in them."""
    return Fingerprint(hashlib.sha256(content).hexdigest(), seen(picture))


def seen(picture: Picture) -> str:
    """128 bits of what is seen: 64 of neighbours, 64 of low frequencies."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    neighbours = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA).astype(np.float32)
    differences = neighbours[:, 1:] > neighbours[:, :-1]
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(small)[:8, :8]
    low = waves > np.median(waves[1:, 1:])
    return np.packbits(np.concatenate([differences.ravel(), low.ravel()])).tobytes().hex()
