"""Proof of work against flooding: the browser finds a number whose hash with a signed challenge begins with zeros.

The challenge is `branch.minute.key.signature`; nothing is stored until a form is sent, and a form key counts once.
"""

import hashlib
import hmac
from dataclasses import dataclass

BITS = 16  # about 65 000 hashes: a second on an old phone
LIFE = 120  # minutes a form stays good
BACK = 10  # minutes that the server's clock may have been set back since


class Unproven(ValueError):
    """Why a form is refused: "missing", "forged", "stale" or "unsolved"."""


@dataclass(frozen=True)
class Challenge:
    """What the browser is asked to solve. `minute` counts from 1970; `key` is the form's own."""

    branch: str
    minute: int
    key: str
    signature: str

    def text(self) -> str:
        """As it stands in the form."""
        return f"{self.branch}.{self.minute}.{self.key}.{self.signature}"


def challenge(secret: bytes, branch: str, minute: int, key: str) -> Challenge:
    """A challenge signed with the server's secret."""
    return Challenge(branch, minute, key, _sign(secret, branch, minute, key))


def _sign(secret: bytes, branch: str, minute: int, key: str) -> str:
    return hmac.new(secret, f"{branch}.{minute}.{key}".encode(), hashlib.sha256).hexdigest()[:32]


def solved(text: str, answer: str, bits: int = BITS) -> bool:
    """Whether sha256(text:answer) begins with `bits` zero bits."""
    digest = hashlib.sha256(f"{text}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def check(secret: bytes, text: str, answer: str, *, branch: str, minute: int, bits: int = BITS) -> Challenge:
    """The challenge when it is ours, fresh, of this branch and solved. Raises `Unproven`."""
    parts = text.split(".")
    if len(parts) != 4 or not parts[1].isdecimal() or len(parts[1]) > 12 or not answer:
        raise Unproven("missing")
    given = Challenge(parts[0], int(parts[1]), parts[2], parts[3])
    if given.branch != branch or not hmac.compare_digest(
        given.signature.encode(), _sign(secret, given.branch, given.minute, given.key).encode()
    ):
        raise Unproven("forged")
    if not -BACK <= minute - given.minute <= LIFE:
        raise Unproven("stale")
    if not solved(text, answer, bits):
        raise Unproven("unsolved")
    return given


def solve(text: str, bits: int = BITS) -> str:
    """The answer as the browser finds it: counting up from zero."""
    at = 0
    while not solved(text, str(at), bits):
        at += 1
    return str(at)
