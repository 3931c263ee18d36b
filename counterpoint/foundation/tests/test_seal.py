"""Sealed backups: what goes in comes out, and nothing else does, wherever the file was cut, changed or swapped."""

import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import seal
from counterpoint.foundation.seal import WrongKey

SECRET, SALT = b"a long random text of the operator", bytes(range(16))
HEAD = len(seal.MAGIC) + seal.SALT + seal.PREFIX
SMALL = 16  # bytes a piece, so that a few bytes already make several pieces


@pytest.fixture(scope="module", autouse=True)
def small_pieces():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seal, "PIECE", SMALL)
        yield


def sealed(plain, secret=SECRET, salt=SALT):
    out = io.BytesIO()
    seal.seal(io.BytesIO(plain), out, secret, salt)
    return out.getvalue()


def opened(content, secret=SECRET):
    return b"".join(seal.pieces(io.BytesIO(content), secret))


@given(st.binary(max_size=5 * SMALL))
def test_what_was_sealed_is_opened_whole(plain):
    assert opened(sealed(plain)) == plain


@pytest.mark.parametrize("size", [0, 1, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL, 3 * SMALL + 1])
def test_a_file_that_ends_at_the_border_of_a_piece_has_no_piece_too_many(size):
    content = sealed(bytes(size))
    pieces = max(1, -(-size // SMALL))
    assert len(content) == HEAD + size + pieces * seal.TAG
    assert opened(content) == bytes(size)


def test_sealing_tells_the_hash_of_the_plain_bytes():
    plain = b"\xe4\xba\xba\xe6\xb0\x91" * 20
    assert seal.seal(io.BytesIO(plain), io.BytesIO(), SECRET, SALT) == hashlib.sha256(plain).hexdigest()


def test_the_plain_bytes_are_nowhere_in_the_sealed_ones_and_no_two_seals_are_equal():
    plain = b"SQLite format 3\0" * 8
    one, two = sealed(plain), sealed(plain)
    assert b"SQLite" not in one and one != two
    assert one[: len(seal.MAGIC) + seal.SALT] == two[: len(seal.MAGIC) + seal.SALT]


PLAIN = bytes(range(5 * SMALL // 2)) * 2
WHOLE = len(PLAIN) + HEAD + 5 * seal.TAG


@given(st.integers(0, WHOLE - 1))
def test_a_cut_at_any_byte_is_found(end):
    """Also at the border of a piece, where every piece left is sound by itself."""
    content = sealed(PLAIN)
    assert len(content) == WHOLE
    with pytest.raises(WrongKey):
        opened(content[:end])


@pytest.mark.parametrize("kept", range(5))
def test_a_cut_exactly_between_two_pieces_is_found(kept):
    with pytest.raises(WrongKey, match="changed or cut"):
        opened(sealed(PLAIN)[: HEAD + kept * (SMALL + seal.TAG)])


@given(st.integers(len(seal.MAGIC) + seal.SALT, WHOLE - 1), st.integers(0, 7))
def test_a_flipped_bit_is_found_wherever_it_is(at, bit):
    content = bytearray(sealed(PLAIN))
    content[at] ^= 1 << bit
    with pytest.raises(WrongKey):
        opened(bytes(content))


@pytest.mark.parametrize("at", [0, len(seal.MAGIC) - 1, len(seal.MAGIC), len(seal.MAGIC) + seal.SALT - 1])
def test_a_flipped_bit_of_the_mark_or_the_salt_is_found(at):
    content = bytearray(sealed(PLAIN))
    content[at] ^= 1
    with pytest.raises(WrongKey):
        opened(bytes(content))


def split(content):
    body = content[HEAD:]
    return content[:HEAD], [body[at : at + SMALL + seal.TAG] for at in range(0, len(body), SMALL + seal.TAG)]


@settings(max_examples=60)
@given(st.permutations(range(5)))
def test_pieces_in_any_other_order_are_found(order):
    head, pieces = split(sealed(PLAIN))
    content = head + b"".join(pieces[number] for number in order)
    if list(order) == sorted(order):
        assert opened(content) == PLAIN
    else:
        with pytest.raises(WrongKey):
            opened(content)


def test_a_piece_of_another_file_under_the_same_key_is_found():
    head, pieces = split(sealed(PLAIN))
    _other, foreign = split(sealed(PLAIN))
    with pytest.raises(WrongKey):
        opened(head + foreign[0] + b"".join(pieces[1:]))


def test_bytes_after_the_end_are_found():
    with pytest.raises(WrongKey):
        opened(sealed(PLAIN) + b"\0")


@pytest.mark.parametrize("secret", [b"another long random text", SECRET + b" ", SECRET.upper(), SECRET[:-1]])
def test_another_key_opens_nothing(secret):
    with pytest.raises(WrongKey, match="does not open"):
        opened(sealed(PLAIN), secret)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" * 9, seal.MAGIC, b"CPSEAL02" + bytes(60)])
def test_a_file_that_is_no_seal_is_called_so(content):
    with pytest.raises(WrongKey, match="not a sealed file"):
        opened(content)


def test_the_name_of_a_key_tells_apart_and_tells_nothing():
    names = {seal.key_id(secret) for secret in (SECRET, SECRET + b" ", b"another long random text")}
    assert len(names) == 3 and all(len(name) == 16 for name in names)
    assert seal.key_id(SECRET) == seal.key_id(SECRET)
    assert not any(SECRET.hex()[:8] in name for name in names)


@pytest.mark.parametrize(
    ("content", "good"),
    [
        (b"", False),
        (b"x" * 15, False),
        (b"x" * 16, True),
        (b"x" * 15 + b"\n", False),
        (b"  " + b"x" * 16 + b"\r\n", True),
        ("\u4eba\u6c11\u8def\u652f\u884c\u5bc6".encode(), True),
        (b" " * 40, False),
    ],
    ids=["empty", "15", "16", "15 and a line end", "16 with white space", "Chinese, 18 bytes", "white space"],
)
def test_a_key_file_must_hold_enough_to_protect(tmp_path, content, good):
    file = tmp_path / "backup.key"
    file.write_bytes(content)
    if good:
        assert seal.secret_of(file) == content.strip()
    else:
        with pytest.raises(ValueError, match=r"backup\.key holds fewer than 16 bytes"):
            seal.secret_of(file)
