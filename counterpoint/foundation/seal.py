"""Sealing backups: AES-256-GCM in pieces, so that any size streams and a cut, swapped or changed piece is found.

The key comes from a file outside the backup (any content of at least 16 bytes) through scrypt with a salt that stands
in front of each sealed file. Every piece has its number and whether it is the last in its nonce.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"CPSEAL01"
PIECE = 2**20
SALT, PREFIX, TAG = 16, 7, 16
SHORTEST_SECRET = 16


class WrongKey(ValueError):
    """The key does not open this file, or the file was changed or cut."""


def secret_of(path: Path) -> bytes:
    """The content of a key file; ValueError when too short to protect anything."""
    secret = path.read_bytes().strip()
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"The key file {path.name} holds fewer than {SHORTEST_SECRET} bytes. Use a long random text.")
    return secret


@lru_cache(maxsize=32)
def _cipher(secret: bytes, salt: bytes) -> AESGCM:
    return AESGCM(hashlib.scrypt(secret, salt=salt, n=2**14, r=8, p=1, dklen=32, maxmem=2**26))


def key_id(secret: bytes) -> str:
    """Names a key without telling it: files sealed under another key are not reused."""
    derived = hashlib.scrypt(secret, salt=b"counterpoint-key-id", n=2**14, r=8, p=1, dklen=32, maxmem=2**26)
    return hashlib.sha256(derived).hexdigest()[:16]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def seal(source: BinaryIO, target: BinaryIO, secret: bytes, salt: bytes) -> str:
    """Write the sealed form of `source`; returns the SHA-256 of the plain bytes."""
    prefix, digest, cipher = os.urandom(PREFIX), hashlib.sha256(), _cipher(secret, salt)
    target.write(MAGIC + salt + prefix)
    piece, number = source.read(PIECE), 0
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        digest.update(piece)
        target.write(cipher.encrypt(_nonce(prefix, number, not following), piece, None))
        if not following:
            return digest.hexdigest()
        piece, number = following, number + 1


def pieces(source: BinaryIO, secret: bytes) -> Iterator[bytes]:
    """The plain pieces of a sealed file; raises `WrongKey`."""
    head = source.read(len(MAGIC) + SALT + PREFIX)
    if len(head) < len(MAGIC) + SALT + PREFIX or not hmac.compare_digest(head[: len(MAGIC)], MAGIC):
        raise WrongKey("This is not a sealed file of a backup, or it was cut.")
    salt, prefix = head[len(MAGIC) : -PREFIX], head[-PREFIX:]
    cipher, number = _cipher(secret, salt), 0
    sealed = source.read(PIECE + TAG)
    while True:
        following = source.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(prefix, number, not following), sealed, None)
        except InvalidTag:
            raise WrongKey("The key does not open this backup, or the backup was changed or cut.") from None
        if not following:
            return
        sealed, number = following, number + 1
