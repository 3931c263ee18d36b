"""Open Badges 3.0: the credential (W3C VC 2.0 as JWT-VC), the did:web document, the status list; values in, values out.

Nothing of the holder stands in a badge: the subject is the certificate's own number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterpoint.academy.certificates import jws
from counterpoint.academy.rules.bits import bitstring

VC = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
LIST_HOLDS = timedelta(days=1)
ORIGIN = re.compile(r"^https?://[^/?#]+$")


@dataclass(frozen=True)
class Told:
    """What a badge says. `origin` is the house's address, as https://bank.example; `page` and `listed` are the full
    addresses of its public page and of its status list. `proofs` are (source, digest)."""

    id: str
    origin: str
    page: str
    listed: str
    house: str
    key: str
    version: int
    name: str
    about: str
    narrative: str
    since: datetime
    until: datetime
    status_index: int
    proofs: Sequence[tuple[str, str]] = ()


def did_of(origin: str) -> str:
    """did:web of the academy at an address; its document is at /academy/did.json."""
    if not ORIGIN.match(origin):
        raise ValueError("An origin is scheme and host.")
    return f"did:web:{quote(urlsplit(origin).netloc, safe='')}:academy"


def iso(at: datetime) -> str:
    """An instant as the credential writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def kid_of(origin: str, key: Ed25519PublicKey) -> str:
    """The name of a key within the did:web document."""
    return f"{did_of(origin)}#{jws.thumbprint(key)}"


def credential(told: Told) -> dict[str, Any]:
    """The OpenBadgeCredential as the payload of a JWT: its members at the top, the registered claims beside them."""
    issuer, number = did_of(told.origin), f"urn:uuid:{told.id}"
    return {
        "@context": [VC, OB],
        "id": number,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": told.name,
        "issuer": {"id": issuer, "type": ["Profile"], "name": told.house, "url": told.origin},
        "validFrom": iso(told.since),
        "validUntil": iso(told.until),
        "credentialSubject": {
            "id": f"{number}#holder",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": f"{told.page}#{told.key}.{told.version}",
                "type": ["Achievement"],
                "achievementType": "Certification",
                "name": told.name,
                "description": told.about,
                "criteria": {"narrative": told.narrative},
            },
        },
        "evidence": [
            {"id": f"{told.page}#evidence-{n}", "type": ["Evidence"], "name": source,
             "description": f"sha256:{digest}"}
            for n, (source, digest) in enumerate(told.proofs, 1)
        ],
        "credentialStatus": {
            "id": f"{told.listed}#{told.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(told.status_index),
            "statusListCredential": told.listed,
        },
        "iss": issuer,
        "sub": f"{number}#holder",
        "jti": number,
        "nbf": int(told.since.timestamp()),
        "exp": int(told.until.timestamp()),
    }  # fmt: skip


def badge(told: Told, key: Ed25519PrivateKey) -> str:
    """The signed badge."""
    return jws.sign(credential(told), key, kid_of(told.origin, key.public_key()))


def did_document(origin: str, keys: Sequence[Ed25519PublicKey]) -> dict[str, Any]:
    """The did:web document: every key under which badges are good, the present one first."""
    did = did_of(origin)
    methods = [
        {"id": kid_of(origin, key), "type": "JsonWebKey", "controller": did, "publicKeyJwk": jws.jwk(key)}
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [one["id"] for one in methods],
    }


def key_set(origin: str, keys: Sequence[Ed25519PublicKey]) -> dict[str, Any]:
    """The same keys as a JWK set."""
    return {"keys": [{**jws.jwk(key), "alg": jws.ALGORITHM, "use": "sig", "kid": kid_of(origin, key)} for key in keys]}


def status_list(address: str, origin: str, revoked: Iterable[int], key: Ed25519PrivateKey, now: datetime) -> str:
    """The signed BitstringStatusListCredential at an address; good for a day, so that an old copy revives nothing."""
    issuer = did_of(origin)
    payload = {
        "@context": [VC],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": iso(now),
        "validUntil": iso(now + LIST_HOLDS),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bitstring(revoked),
        },
        "iss": issuer,
        "jti": address,
        "nbf": int(now.timestamp()),
        "exp": int((now + LIST_HOLDS).timestamp()),
    }
    return jws.sign(payload, key, kid_of(origin, key.public_key()))


@dataclass(frozen=True)
class Held:
    """What the house itself knows of a certificate: what a badge is compared with."""

    id: str
    issuer: str
    since: datetime
    until: datetime
    state: str


SIGNATURE, KIND, ISSUER, DATES, STATUS = "signature", "kind", "issuer", "dates", "status"
STEPS = (SIGNATURE, KIND, ISSUER, DATES, STATUS)


def number_in(token: str) -> str:
    """The certificate's number that a token claims, nothing verified; empty when it claims none."""
    try:
        claimed = jws.opened(token)[1].get("jti")
    except jws.BadToken:
        return ""
    return claimed.removeprefix("urn:uuid:") if isinstance(claimed, str) else ""


def examine(
    token: str, held: Held | None, keys: Mapping[str, Ed25519PublicKey], now: datetime
) -> list[tuple[str, str]]:  # fmt: skip
    """Verify a badge in full: (step, what is wrong), up to the first that fails; what is wrong is empty where it holds.

    Wrong: shape, algorithm, key, signature; no_badge; unknown, issuer; altered, early, expired; revoked.
    """
    found: list[tuple[str, str]] = []
    try:
        payload = jws.verify(token, keys)
    except jws.BadToken as bad:
        return [(SIGNATURE, bad.code)]
    for step, wrong in (
        (SIGNATURE, ""), (KIND, _kind(payload)), (ISSUER, _issuer(payload, held)), (DATES, _dates(payload, held, now)),
        (STATUS, "revoked" if held is None or held.state == "revoked" else ""),
    ):  # fmt: skip
        found.append((step, wrong))
        if wrong:
            break
    return found


def _kind(payload: Mapping[str, Any]) -> str:
    kinds = payload.get("type")
    good = isinstance(kinds, list) and {"VerifiableCredential", "OpenBadgeCredential"} <= {str(one) for one in kinds}
    return "" if good else "no_badge"


def _issuer(payload: Mapping[str, Any], held: Held | None) -> str:
    if held is None or payload.get("id") != f"urn:uuid:{held.id}" or payload.get("jti") != payload["id"]:
        return "unknown"
    issuer = payload.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return "" if named == held.issuer == payload.get("iss") else "issuer"


def _dates(payload: Mapping[str, Any], held: Held | None, now: datetime) -> str:
    if held is None:
        return "altered"
    said = (payload.get("validFrom"), payload.get("validUntil"), payload.get("nbf"), payload.get("exp"))
    if said != (iso(held.since), iso(held.until), int(held.since.timestamp()), int(held.until.timestamp())):
        return "altered"
    return "early" if now < held.since else "expired" if now >= held.until else ""
