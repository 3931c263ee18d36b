"""The hash chain, pure: canonical bytes of an entry, its link, and the check of a whole chain.

Runs on an export without a database. Fields are length-prefixed, so that no two entries share an encoding.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CUT = "the tail was cut: the head is ahead"


@dataclass(frozen=True)
class Link:
    """What is hashed. `at` is aware; `data` is JSON of strings, integers, booleans, None, lists and objects."""

    chain: str
    seq: int
    at: datetime
    kind: str
    actor: str
    subject: str
    data: dict[str, Any]
    previous: str


@dataclass(frozen=True)
class Verdict:
    """Result of checking a chain. `first_bad` is the first seq that does not fit, None when all fit."""

    rows: int
    first_bad: int | None
    reason: str
    head: str

    @property
    def ok(self) -> bool:
        """Whether every link fits."""
        return self.first_bad is None


def canonical(value: Any) -> str:
    """One spelling per value: sorted keys, no spaces, no non-finite numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link_hash(link: Link) -> str:
    """SHA-256 over the length-prefixed fields, hex."""
    digest = hashlib.sha256()
    at = link.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = (link.chain, str(link.seq), at, link.kind, link.actor, link.subject, canonical(link.data), link.previous)
    for text in fields:
        raw = text.encode()
        digest.update(len(raw).to_bytes(4, "big"))
        digest.update(raw)
    return digest.hexdigest()


def commitment(salt: str, text: Any) -> str:
    """What the chain keeps of personal text; meaningless once the salt is erased."""
    return hashlib.sha256(f"{salt}\n{canonical(text)}".encode()).hexdigest()


def check(links: Iterable[tuple[Link, str]], start: str = "") -> Verdict:
    """Walk one chain in seq order: each entry's seq, previous and hash must fit."""
    previous, expected, rows = start, 1, 0
    for link, stored in links:
        reason = ""
        if link.seq != expected:
            reason = f"seq {expected} is missing"
        elif link.previous != previous:
            reason = "does not continue the entry before it"
        elif link_hash(link) != stored:
            reason = "content differs from its hash"
        if reason:
            return Verdict(rows, link.seq, reason, previous)
        previous, expected, rows = stored, expected + 1, rows + 1
    return Verdict(rows, None, "", previous)
