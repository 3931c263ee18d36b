"""Compact JWS with EdDSA (RFC 7515, RFC 8037) over `cryptography`: one algorithm, one way to write every byte.

A token is taken only in the very letters in which we would write it, so that no changed letter goes unseen.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "EdDSA"
MOST = 32_768  # letters of a token
PART = re.compile(r"^[A-Za-z0-9_-]+$")


class BadToken(ValueError):
    """Not a token that we signed: `code` is shape, algorithm, key or signature."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def b64(content: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    if not PART.match(text):
        raise BadToken("shape")
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise BadToken("shape") from None
    if b64(content) != text:  # spare bits at the end
        raise BadToken("shape")
    return content


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_none)
    except (ValueError, RecursionError):
        raise BadToken("shape") from None
    if not isinstance(found, dict):
        raise BadToken("shape")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _none(_word: str) -> None:
    raise ValueError("no number")


def jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The public key as RFC 8037 writes it, without a name."""
    return {"crv": "Ed25519", "kty": "OKP", "x": b64(key.public_bytes_raw())}


def thumbprint(key: Ed25519PublicKey) -> str:
    """The key's name by its content (RFC 7638)."""
    canonical = json.dumps(jwk(key), sort_keys=True, separators=(",", ":")).encode()
    return b64(hashlib.sha256(canonical).digest())


def sign(payload: Mapping[str, Any], key: Ed25519PrivateKey, kid: str) -> str:
    """A signed compact token."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": "JWT"}
    body = ".".join(
        b64(json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode()) for part in (header, payload)
    )
    return f"{body}.{b64(key.sign(body.encode()))}"


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(header, payload) as they say, nothing verified. Raises `BadToken("shape")`."""
    parts = token.split(".")
    if len(token) > MOST or len(parts) != 3:
        raise BadToken("shape")
    header, payload = (_object(_bytes(part)) for part in parts[:2])
    return header, payload


def verify(token: str, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The payload of a token signed by one of `keys` (by thumbprint, which ends the token's `kid`). What the token says
    about its algorithm is never obeyed. Raises `BadToken`."""
    header, payload = opened(token)
    if header.get("alg") != ALGORITHM or "crit" in header:
        raise BadToken("algorithm")
    kid = header.get("kid")
    key = keys.get(kid.rpartition("#")[2]) if isinstance(kid, str) else None
    if key is None:
        raise BadToken("key")
    body, _dot, signature = token.rpartition(".")
    try:
        key.verify(_bytes(signature), body.encode())
    except InvalidSignature:
        raise BadToken("signature") from None
    return payload
