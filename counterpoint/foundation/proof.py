"""Proof that a journal was not rewritten, pure: signed heads kept outside the database, and the check of an export.

`python -m counterpoint.foundation.proof EXPORT.jsonl [--anchors FILE…] [--public-key HEX]` needs no database and no
Django. A bare hash chain can be recomputed by whoever owns the database; a head that was signed and kept elsewhere
cannot.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterpoint.foundation import chain

FORMAT = "counterpoint-journal-1"
RESTORED = "restored"

Heads = Mapping[str, tuple[int, str]]
Points = dict[str, dict[int, str]]


@dataclass
class Ledger:
    """What anchor lines say: per chain the hash that stood at a seq, and what is wrong with the lines themselves."""

    points: Points = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    last: str = ""
    lines: int = 0


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public half, 64 hex digits, as printed for the auditor."""
    return key.public_key().public_bytes_raw().hex()


def sign(key: Ed25519PrivateKey, body: Mapping[str, Any]) -> str:
    """Hex signature over the canonical bytes of `body`."""
    return key.sign(chain.canonical(dict(body)).encode()).hex()


def signed_by(public: str, body: Mapping[str, Any], signature: str) -> bool:
    """Whether `signature` is by the key with this public half."""
    try:
        raw = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        raw.verify(bytes.fromhex(signature), chain.canonical(dict(body)).encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def anchor_line(key: Ed25519PrivateKey, at: datetime, heads: Heads, previous: str, note: str = "") -> str:
    """One signed line: the heads that changed, and the hash of the line before it."""
    body = {"at": at.isoformat(), "heads": {c: list(h) for c, h in heads.items()}, "note": note, "previous": previous}
    return chain.canonical(body | {"signature": sign(key, body)})


def line_hash(line: str) -> str:
    """What the next line names as its previous."""
    return hashlib.sha256(line.encode()).hexdigest()


def read(lines: Iterable[str], public: str) -> Ledger:
    """Read anchor lines in order. A line noted `restored` gives up what was anchored beyond its heads."""
    ledger = Ledger()
    for number, line in enumerate((raw.rstrip("\n") for raw in lines), 1):
        try:
            body = json.loads(line)
            signature, heads = body.pop("signature"), body["heads"]
        except (ValueError, KeyError, TypeError, AttributeError):
            ledger.problems.append(f"anchor line {number} cannot be read")
            continue
        if not signed_by(public, body, signature):
            ledger.problems.append(f"anchor line {number} is not signed by this key")
            continue
        if body["previous"] != ledger.last:
            ledger.problems.append(f"anchor line {number} does not continue the line before it")
        if body["note"] == RESTORED:
            _give_up_beyond(ledger.points, heads)
        for code, (seq, head) in heads.items():
            ledger.points.setdefault(code, {})[seq] = head
        ledger.last, ledger.lines = line_hash(line), number
    return ledger


def _give_up_beyond(points: Points, heads: Mapping[str, Any]) -> None:
    for code, known in points.items():
        end = heads.get(code, (0, ""))[0]
        for seq in [s for s in known if s > end]:
            del known[seq]


def check(links: Iterable[tuple[chain.Link, str]], points: Mapping[int, str]) -> chain.Verdict:
    """Check one chain by itself and against its anchored heads. `first_bad` of a rewrite is the anchored seq that
    differs: the change lies between the anchor before it and there."""
    seen: dict[int, str] = {0: ""}

    def watched() -> Iterator[tuple[chain.Link, str]]:
        for link, stored in links:
            if link.seq in points:
                seen[link.seq] = stored
            yield link, stored

    verdict = chain.check(watched())
    if not verdict.ok:
        return verdict
    for seq in sorted(points):
        if seq > verdict.rows:
            reason = f"the tail was cut: seq {seq} was anchored, the chain ends at {verdict.rows}"
            return chain.Verdict(verdict.rows, verdict.rows + 1, reason, verdict.head)
        if seen[seq] != points[seq]:
            return chain.Verdict(verdict.rows, seq, f"rewritten: seq {seq} differs from its anchor", verdict.head)
    return verdict


def export_line(link: chain.Link, stored: str) -> str:
    """One entry of an export; personal text is not in it, only its commitment."""
    at = link.at.isoformat()
    body = {"chain": link.chain, "seq": link.seq, "at": at, "kind": link.kind, "actor": link.actor}
    return chain.canonical(
        body | {"subject": link.subject, "data": link.data, "previous": link.previous, "hash": stored}
    )


def export_header(public: str, at: datetime) -> str:
    """First line of an export."""
    return chain.canonical({"format": FORMAT, "public_key": public, "at": at.isoformat()})


def _parsed(lines: Iterable[str]) -> Iterator[tuple[chain.Link, str]]:
    for line in lines:
        row = json.loads(line)
        stored = row.pop("hash")
        if type(row["seq"]) is not int:  # null as the first bad seq would read as "none is bad"
            raise ValueError(f"seq {row['seq']!r} is no number")
        yield chain.Link(**row | {"at": datetime.fromisoformat(row["at"])}), stored


def check_export(lines: Iterable[str], anchors: Iterable[str] = (), public: str = "") -> dict[str, chain.Verdict]:
    """Verdict per chain of an export; a chain that is anchored but absent is reported too. Raises ValueError when it
    is no export, or when the anchors themselves are not sound. `public` is the key that you trust; the header's own
    is used only when none is given."""
    stream = iter(lines)
    header = json.loads(next(stream, "{}"))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError(f"This is not a journal export ({FORMAT}).")
    ledger = read(anchors, public or header["public_key"])
    if ledger.problems:
        raise ValueError("; ".join(ledger.problems[:3]))
    verdicts: dict[str, chain.Verdict] = {}
    for code, links in groupby(_parsed(stream), key=lambda pair: pair[0].chain):
        if code in verdicts:  # a sound copy behind a forged one must not hide it
            raise ValueError(f"Chain {code} stands in two places of this export.")
        verdicts[code] = check(links, ledger.points.get(code, {}))
    for code in ledger.points.keys() - verdicts.keys():
        if ledger.points[code]:
            verdicts[code] = chain.Verdict(0, 1, "the chain was anchored and is missing", "")
    return verdicts


def main(arguments: list[str] | None = None) -> int:
    """Command line of the standalone verifier: 0 when every chain is sound, 1 when one is not, 2 when unreadable."""
    parser = argparse.ArgumentParser(prog="counterpoint.foundation.proof")
    parser.add_argument("export", type=Path)
    parser.add_argument("--anchors", type=Path, nargs="*", default=[])
    parser.add_argument("--public-key", default="")
    options = parser.parse_args(arguments)
    try:
        anchors = [line for file in options.anchors for line in file.read_text().splitlines()]
        with options.export.open() as lines:
            verdicts = check_export(lines, anchors, options.public_key)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as failure:
        sys.stderr.write(f"Cannot verify: {failure}\n")
        return 2
    for code, verdict in sorted(verdicts.items()):
        sys.stdout.write(f"{code}: {verdict.rows} entries, {'sound' if verdict.ok else verdict.reason}\n")
    return 0 if all(v.ok for v in verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
