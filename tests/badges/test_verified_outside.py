"""Our badges before somebody else's verifier: openbadgeslib takes ours, and refuses what our own page refuses.

Run by `make test-badges` in an environment of its own; the documents that the verifier fetches are those that our
addresses serve, without a network.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterpoint.academy.certificates import badges, jws
from counterpoint.academy.rules import bits

library = pytest.importorskip("openbadgeslib.ob3")  # `make test-badges` brings it

NOW = datetime.now(UTC).replace(microsecond=0)  # the verifier reads the clock itself
ORIGIN, FOREIGN = "https://bank.example", "https://other.example"
KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
TOLD = badges.Told(
    id="0198c3a0-0000-7000-8000-000000000001", origin=ORIGIN, page=f"{ORIGIN}/k/kkkkkkkkkkkkkkkk",
    listed=f"{ORIGIN}/academy/status/{NOW.year}", house="示范银行", key="academy.certificate.lobby", version=1,
    name="大堂现场上岗证 / Certified for the hall", about="能独立上岗 / works alone",
    narrative="1. 课程全部通过\n1. All lessons passed", since=NOW - timedelta(days=1), until=NOW + timedelta(days=364),
    status_index=94_567, proofs=[("lessons", "ab" * 32), ("exam", "cd" * 32)],
)  # fmt: skip


@dataclass
class House:
    """What our addresses serve: the did:web document and the status list."""

    keys: list = field(default_factory=lambda: [KEY])
    revoked: tuple = ()
    at: datetime = NOW
    origin: str = ORIGIN

    def fetch(self, url):
        """The bytes at an address."""
        if url == f"{self.origin}/academy/did.json":
            return json.dumps(badges.did_document(self.origin, [one.public_key() for one in self.keys])).encode()
        if url == f"{self.origin}/academy/status/{NOW.year}":
            return badges.status_list(url, self.origin, self.revoked, self.keys[0], self.at).encode()
        raise OSError(f"nothing at {url}")


def outside(token, house=None):
    """Refused by the library?"""
    house = house or House()
    try:
        verifier = library.OB3Verifier.for_issuer_did(badges.did_of(ORIGIN), download=house.fetch)
        verifier.verify(token, check_status=True, download=house.fetch)
    except library.OB3VerificationError as refused:
        return str(refused)
    return ""


def inside(token, house=None, now=NOW):
    """Refused by our own page?"""
    house = house or House()
    held = badges.Held(
        TOLD.id,
        badges.did_of(ORIGIN),
        TOLD.since,
        TOLD.until,
        "revoked" if TOLD.status_index in house.revoked else "valid",
    )
    keys = {jws.thumbprint(one.public_key()): one.public_key() for one in house.keys}
    return badges.examine(token, held, keys, now)[-1][1]


def test_our_badge_is_taken_by_the_library_and_by_our_page():
    badge = badges.badge(TOLD, KEY)
    assert outside(badge) == "" == inside(badge)
    verifier = library.OB3Verifier.for_issuer_did(badges.did_of(ORIGIN), download=House().fetch)
    read = verifier.verify(badge, check_status=True, download=House().fetch)
    assert read.issuer.id == "did:web:bank.example:academy" and read.achievement.name == TOLD.name
    assert [one.description for one in read.evidence] == [f"sha256:{'ab' * 32}", f"sha256:{'cd' * 32}"]
    assert read.expiration_date == TOLD.until and read.issuance_date == TOLD.since


def test_the_key_alone_is_enough_for_a_verifier_without_our_documents():
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert library.OB3Verifier(pem).verify(badges.badge(TOLD, KEY)).id == f"urn:uuid:{TOLD.id}"


def changed(place):
    """The badge with one letter changed in such a place that other bytes are meant."""
    badge = badges.badge(TOLD, KEY)
    at = place if place >= 0 else len(badge) + place
    letter = next(one for one in "AZaz09" if one != badge[at])
    return badge[:at] + letter + badge[at + 1 :]


@pytest.mark.parametrize("place", [3, 20, 150, 400, 900, -80, -40, -5])
def test_one_letter_changed_is_refused_by_both(place):
    assert outside(changed(place)) and inside(changed(place))


def test_an_expired_badge_is_refused_by_both():
    badge = badges.badge(replace(TOLD, since=NOW - timedelta(days=30), until=NOW - timedelta(days=1)), KEY)
    assert "expired" in outside(badge).lower() and inside(badge)
    assert inside(badges.badge(TOLD, KEY), now=TOLD.until) == "expired"


def test_a_badge_of_the_future_is_refused_by_both():
    badge = badges.badge(replace(TOLD, since=NOW + timedelta(days=2)), KEY)
    assert outside(badge) and inside(badge)


def test_a_revoked_badge_is_refused_by_both_and_its_neighbours_bit_is_no_harm():
    badge = badges.badge(TOLD, KEY)
    house = House(revoked=(TOLD.status_index,))
    assert "revocation" in outside(badge, house) and inside(badge, house) == "revoked"
    neighbours = House(revoked=(TOLD.status_index - 1, TOLD.status_index + 1))
    assert outside(badge, neighbours) == "" == inside(badge, neighbours)


def test_the_library_reads_the_very_bits_of_our_list():
    revoked = {0, 7, 8, 94_567, bits.STATUS_BITS - 1}
    assert library.set_indices(library.decode_encoded_list(bits.bitstring(revoked))) == revoked


def test_a_stale_status_list_revives_nothing():
    assert outside(badges.badge(TOLD, KEY), House(at=NOW - timedelta(days=3)))


def test_a_foreign_key_is_refused_by_both():
    own_name = badges.badge(TOLD, OTHER)
    our_name = jws.sign(badges.credential(TOLD), OTHER, badges.kid_of(ORIGIN, KEY.public_key()))
    for badge in (own_name, our_name):
        assert outside(badge) and inside(badge)


def test_alg_none_is_refused_by_both():
    header = jws.b64(json.dumps({"alg": "none", "kid": badges.kid_of(ORIGIN, KEY.public_key())}).encode())
    body = jws.b64(json.dumps(badges.credential(TOLD)).encode())
    for badge in (f"{header}.{body}.", f"{header}.{body}.{badges.badge(TOLD, KEY).rpartition('.')[2]}"):
        assert outside(badge) and inside(badge)


def test_a_mac_made_with_the_public_key_is_refused_by_both():
    header = jws.b64(json.dumps({"alg": "HS256", "kid": badges.kid_of(ORIGIN, KEY.public_key())}).encode())
    body = f"{header}.{jws.b64(json.dumps(badges.credential(TOLD)).encode())}"
    mac = hmac.new(KEY.public_key().public_bytes_raw(), body.encode(), hashlib.sha256).digest()
    assert outside(f"{body}.{jws.b64(mac)}") and inside(f"{body}.{jws.b64(mac)}")


def test_another_issuer_is_refused_by_both():
    of_other = badges.badge(replace(TOLD, origin=FOREIGN), KEY)
    named_other = jws.sign(
        badges.credential(TOLD) | {"issuer": {"id": badges.did_of(FOREIGN), "type": ["Profile"], "name": "x"}},
        KEY, badges.kid_of(ORIGIN, KEY.public_key()),
    )  # fmt: skip
    for badge in (of_other, named_other):
        assert outside(badge) and inside(badge)


def test_after_a_rotation_badges_of_both_keys_are_taken():
    house = House(keys=[OTHER, KEY])
    for badge in (badges.badge(TOLD, KEY), badges.badge(TOLD, OTHER)):
        verifier = library.OB3Verifier.for_issuer_did(badges.did_of(ORIGIN), download=house.fetch)
        assert verifier.verify(badge).id == f"urn:uuid:{TOLD.id}"
        assert inside(badge, house) == ""
