"""Badges: ours holds, and nothing else does: a changed byte, another key, issuer, algorithm, an end, a revocation."""

import base64
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.academy.certificates import badges, jws
from counterpoint.academy.rules import bits
from tests.properties import dose

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TOLD = badges.Told(
    id="0198c3a0-0000-7000-8000-000000000001", origin="https://bank.example", house="示范银行",
    page="https://bank.example/k/kkkkkkkkkkkkkkkk", listed="https://bank.example/academy/status/2026",
    key="a.b", version=1, name="上岗证 / Certified", about="能独立上岗 / works alone", narrative="1. 课程",
    since=NOW - timedelta(days=1), until=NOW + timedelta(days=300), status_index=94_567,
    proofs=[("lessons", "ab" * 32)],
)  # fmt: skip
HELD = badges.Held(TOLD.id, badges.did_of(TOLD.origin), TOLD.since, TOLD.until, "valid")
KEYS = {jws.thumbprint(KEY.public_key()): KEY.public_key()}
BADGE = badges.badge(TOLD, KEY)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def looked(token, held=HELD, now=NOW, keys=KEYS):
    """What is wrong, empty when nothing is."""
    return badges.examine(token, held, keys, now)[-1][1]


def forged(**more):
    """A badge that we signed, with other words."""
    return jws.sign(badges.credential(TOLD) | more, KEY, badges.kid_of(TOLD.origin, KEY.public_key()))


def test_our_badge_holds_in_every_step():
    assert badges.examine(BADGE, HELD, KEYS, NOW) == [(step, "") for step in badges.STEPS]


def test_a_badge_says_nothing_of_its_holder():
    assert "holder" in badges.credential(TOLD)["sub"]
    assert badges.credential(TOLD)["credentialSubject"]["id"] == f"urn:uuid:{TOLD.id}#holder"


@settings(max_examples=dose(100))
@given(st.integers(0, len(BADGE) - 1), st.sampled_from(LETTERS))
def test_p_x6_any_changed_letter_is_refused(place, letter):
    changed = BADGE[:place] + letter + BADGE[place + 1 :]
    assert (looked(changed) == "") == (changed == BADGE)


def test_the_spare_bits_of_the_last_letter_are_no_way_in():
    same = [
        BADGE[:-1] + letter for letter in LETTERS[:-1]
        if base64.urlsafe_b64decode(BADGE.rpartition(".")[2][:-1] + letter + "==")
        == base64.urlsafe_b64decode(BADGE.rpartition(".")[2] + "==")
    ]  # fmt: skip
    assert len(same) > 1
    assert [one for one in same if looked(one) == ""] == [BADGE]


def _header(**more):
    head, body, signature = BADGE.split(".")
    told = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{jws.b64(json.dumps(told | more).encode())}.{body}.{signature}"


@pytest.mark.parametrize(
    ("token", "wrong"),
    [
        (_header(alg="none"), "algorithm"),
        (_header(alg="none").rpartition(".")[0] + ".", "algorithm"),
        (_header(alg="HS256"), "algorithm"),
        (_header(crit=["exp"]), "algorithm"),
        (_header(kid="did:web:bank.example:academy#other"), "key"),
        (_header(kid=None), "key"),
        (_header(typ="vc+jwt"), "signature"),
        (badges.badge(TOLD, OTHER), "key"),
        (jws.sign(badges.credential(TOLD), OTHER, badges.kid_of(TOLD.origin, KEY.public_key())), "signature"),
        ("", "shape"),
        ("a.b", "shape"),
        ("....", "shape"),
        (BADGE + "=", "shape"),
        (BADGE + "A" * jws.MOST, "shape"),
        (forged(type=["VerifiableCredential"]), "no_badge"),
        (forged(type="OpenBadgeCredential"), "no_badge"),
        (forged(id="urn:uuid:other"), "unknown"),
        (forged(jti="urn:uuid:other"), "unknown"),
        (forged(issuer={"id": "did:web:other.example:academy"}), "issuer"),
        (forged(issuer="did:web:other.example"), "issuer"),
        (forged(iss="did:web:other.example"), "issuer"),
        (forged(issuer=None), "issuer"),
        (forged(validUntil="2999-01-01T00:00:00Z"), "altered"),
        (forged(exp=99_999_999_999), "altered"),
        (forged(validFrom="2020-01-01T00:00:00Z"), "altered"),
        (badges.badge(replace(TOLD, origin="https://other.example"), KEY), "issuer"),
    ],
)
def test_what_is_not_ours_is_refused_at_its_step(token, wrong):
    assert looked(token) == wrong


def test_a_name_that_stands_twice_is_refused():
    head, _body, _signature = BADGE.split(".")
    twice = jws.b64(b'{"jti":"a","jti":"b"}')
    signed = f"{head}.{twice}"
    assert looked(f"{signed}.{jws.b64(KEY.sign(signed.encode()))}") == "shape"


def test_dates_run_from_the_first_instant_to_before_the_last():
    assert looked(BADGE, now=TOLD.since - timedelta(seconds=1)) == "early"
    assert looked(BADGE, now=TOLD.since) == ""
    assert looked(BADGE, now=TOLD.until - timedelta(seconds=1)) == ""
    assert looked(BADGE, now=TOLD.until) == "expired"


def test_a_revoked_certificate_and_one_that_nobody_knows():
    assert looked(BADGE, replace(HELD, state="revoked")) == "revoked"
    assert looked(BADGE, None) == "unknown"
    assert looked(BADGE, replace(HELD, id="0198c3a0-0000-7000-8000-000000000002")) == "unknown"


@pytest.mark.parametrize("state", ["valid", "renewed", "expired"])
def test_only_a_revocation_is_a_matter_of_state_the_end_is_one_of_dates(state):
    assert looked(BADGE, replace(HELD, state=state)) == ""


def test_a_badge_of_a_former_key_still_holds():
    both = {jws.thumbprint(OTHER.public_key()): OTHER.public_key(), **KEYS}
    assert looked(BADGE, keys=both) == ""


def test_the_key_has_the_name_that_rfc_8037_gives_it():
    """RFC 8037, appendix A.3: the thumbprint of its example key."""
    raw = base64.urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    assert jws.thumbprint(Ed25519PublicKey.from_public_bytes(raw)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_signature_is_the_one_of_rfc_8037():
    """RFC 8037, appendix A.4: key and text of its example give its very signature."""
    secret = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    body = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = jws.b64(Ed25519PrivateKey.from_private_bytes(secret).sign(body.encode()))
    assert signature == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )  # fmt: skip


@settings(max_examples=20)
@given(st.sets(st.integers(0, 131_071), max_size=40))
def test_the_list_has_the_bits_that_were_revoked_and_no_others(revoked):
    text = bits.bitstring(revoked)
    assert text[0] == "u"
    raw = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
    assert len(raw) == 16_384
    read = {8 * place + bit for place, byte in enumerate(raw) if byte for bit in range(8) if byte & (0x80 >> bit)}
    assert read == revoked


@pytest.mark.parametrize(
    ("origin", "did"),
    [
        ("https://bank.example", "did:web:bank.example:academy"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000:academy"),
    ],
)
def test_the_issuer_is_the_academy_at_the_address(origin, did):
    assert badges.did_of(origin) == did


@pytest.mark.parametrize("origin", ["bank.example", "ftp://bank.example", "https://bank.example/x", "https://"])
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(ValueError, match="origin"):
        badges.did_of(origin)
