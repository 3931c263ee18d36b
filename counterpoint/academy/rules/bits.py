"""A bitstring status list (W3C, 2025): which of many numbered things are set, without telling which things they are."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable

STATUS_BITS = 131_072  # of one list; the standard asks for no fewer


def bitstring(set_bits: Iterable[int]) -> str:
    """A list of the standard's least length with some bits set, first bit leftmost: multibase base64url of its gzip."""
    bits = bytearray(STATUS_BITS // 8)
    for index in set_bits:
        bits[index // 8] |= 0x80 >> (index % 8)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
