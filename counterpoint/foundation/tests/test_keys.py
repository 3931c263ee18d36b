"""Keys on disk: made once, legible to their owner only, turned over without losing what the old ones sealed."""

import os
import stat

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation import keys, proof
from counterpoint.foundation.keys import KeyMissing

NAMES = ["badges.pem", "django", "fields", "journal.pem"]


@pytest.fixture
def ring(settings, tmp_path):
    """An installation's key folder, filled."""
    settings.KEYS = tmp_path / "keys"
    keys.create()
    return settings.KEYS


def test_a_fresh_installation_gets_the_whole_set_for_its_owner_only(settings, tmp_path):
    settings.KEYS = tmp_path / "deep" / "keys"
    assert sorted(keys.create()) == NAMES
    assert stat.S_IMODE(settings.KEYS.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in settings.KEYS.iterdir()} == dict.fromkeys(
        NAMES, 0o600
    )


def test_keys_stay_with_their_owner_whatever_the_umask(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    previous = os.umask(0)
    try:
        keys.create()
        keys.rotate()
    finally:
        os.umask(previous)
    assert {stat.S_IMODE(path.stat().st_mode) for path in settings.KEYS.iterdir()} == {0o600}


def test_a_key_that_is_there_is_never_replaced(ring):
    before = {path.name: path.read_bytes() for path in ring.iterdir()}
    assert keys.create() == []
    (ring / "django").unlink()
    assert keys.create() == ["django"]
    assert {name: (ring / name).read_bytes() == held for name, held in before.items()} == {
        "django": False,
        "fields": True,
        "journal.pem": True,
        "badges.pem": True,
    }


def test_djangos_secret_is_long_enough_to_start(ring):
    assert len((ring / "django").read_text()) >= 50


def test_another_folder_can_be_named(settings, tmp_path):
    settings.KEYS = tmp_path / "own"
    keys.create(tmp_path / "other")
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == NAMES
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize(
    ("name", "use"),
    [("fields", lambda: keys.encrypt("x")), ("fields", keys.rotate), ("journal.pem", keys.signing_key)],
    ids=["encrypt", "rotate", "sign"],
)
def test_a_missing_key_says_which_and_how_to_get_it(ring, name, use):
    (ring / name).unlink()
    with pytest.raises(KeyMissing, match=rf"{name}.*counterpoint keys create"):
        use()


def test_a_signing_key_of_another_kind_is_refused(ring):
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (ring / "journal.pem").write_bytes(other)
    with pytest.raises(KeyMissing, match="not an Ed25519 key"):
        keys.signing_key()


def test_the_signing_key_on_disk_is_the_same_at_every_start(ring):
    assert proof.public_hex(keys.signing_key()) == proof.public_hex(keys.signing_key())


def test_any_text_is_sealed_and_read_back(ring):
    @given(st.text(max_size=80))
    def round_trip(plain):
        sealed = keys.encrypt(plain)
        assert keys.decrypt(sealed) == plain
        assert plain == "" or plain not in sealed or len(plain) < 4

    round_trip()


def test_two_seals_of_one_text_differ(ring):
    assert keys.encrypt("JBSWY3DPEHPK3PXP") != keys.encrypt("JBSWY3DPEHPK3PXP")


@pytest.mark.parametrize("turns", [1, 2, 5])
def test_after_turning_over_old_seals_open_and_new_ones_are_under_the_newest_key(ring, turns):
    oldest = Fernet((ring / "fields").read_bytes())
    sealed = keys.encrypt("\u53e3\u4ee4")
    for _ in range(turns):
        keys.rotate()
    lines = (ring / "fields").read_bytes().split()
    assert len(lines) == len(set(lines)) == turns + 1
    assert keys.decrypt(sealed) == oldest.decrypt(sealed.encode()).decode() == "\u53e3\u4ee4"
    assert Fernet(lines[0]).decrypt(keys.encrypt("new").encode()) == b"new"


def test_a_seal_of_a_key_that_was_thrown_away_is_refused_in_words(ring):
    sealed = keys.encrypt("x")
    keys.rotate()
    newest = (ring / "fields").read_bytes().split()[0]
    (ring / "fields").write_bytes(newest)
    with pytest.raises(ValueError, match="No kept key"):
        keys.decrypt(sealed)


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA==", "\u5bc6\u6587"])
def test_what_is_no_seal_is_refused_in_words(ring, sealed):
    with pytest.raises(ValueError, match="No kept key"):
        keys.decrypt(sealed)


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_disk_that_fails_while_the_key_is_turned_over_loses_no_key(ring, monkeypatch, broken):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    sealed, before = keys.encrypt("secret"), (ring / "fields").read_bytes()
    monkeypatch.setattr(keys.os if broken == "fsync" else keys.Path, broken, full)
    with pytest.raises(OSError, match="No space"):
        keys.rotate()
    monkeypatch.undo()
    assert (ring / "fields").read_bytes() == before and keys.decrypt(sealed) == "secret"
    keys.rotate()
    assert keys.decrypt(sealed) == "secret"
    assert sorted(path.name for path in ring.iterdir()) == NAMES


def test_badges_have_a_key_of_their_own_and_a_rotated_one_is_still_known(ring):
    assert (ring / "badges.pem").read_bytes() != (ring / "journal.pem").read_bytes()
    first = keys.badge_key().public_key()
    signature = keys.badge_key().sign(b"badge")
    keys.rotate_badges()
    keys.rotate_badges()
    known = keys.badge_publics()
    assert len(known) == 3 and known[0] == keys.badge_key().public_key() != first
    known[-1].verify(signature, b"badge")
    assert {stat.S_IMODE(path.stat().st_mode) for path in ring.iterdir()} == {0o600}
