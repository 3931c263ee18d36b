"""JSON at the door: read whole, without zero bytes and half characters, and never a stumble."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.json_in import read_json

ANY = st.text(st.sampled_from("\x00\ud800\udc00\ud83d\ude00a\\u0客'\"\n"), max_size=8)
KEPT = st.text(st.sampled_from("a\\u0d8客😀'\"\n"), max_size=8)


def values(of):
    """Whatever JSON can hold, with these texts as strings and names."""
    leaves = st.none() | st.booleans() | st.integers() | of
    return st.recursive(
        leaves, lambda one: st.lists(one, max_size=3) | st.dictionaries(of, one, max_size=3), max_leaves=8
    )


def texts(found):
    """Every string and name in a value."""
    if isinstance(found, str):
        return [found]
    if isinstance(found, dict):
        return [text for pair in found.items() for one in pair for text in texts(one)]
    return [text for one in found for text in texts(one)] if isinstance(found, list) else []


@given(values(ANY))
def test_no_string_or_name_holds_what_no_database_keeps(value):
    for text in texts(read_json(json.dumps(value))):
        assert "\x00" not in text and text.encode() is not None


@given(values(KEPT), st.booleans())
def test_everything_else_stays_as_it_was(value, ascii_only):
    """Also a text that merely tells of the zero byte, with a backslash of its own."""
    assert read_json(json.dumps([value, r"\u0000"], ensure_ascii=ascii_only).encode()) == [value, r"\u0000"]


def test_a_text_about_the_zero_byte_stays():
    assert read_json(rb'{"a\u0000": "\\u0000", "b": ["\ud83d\ude00", "\ud83d"]}') == {"a": r"\u0000", "b": ["😀", ""]}
    assert read_json('{"a": 1}'.encode("utf-16")) == {"a": 1}


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff", b'"\xed\xa0\x80"', b"[" * 200_000, b'{"a":' * 200_000])
def test_what_is_no_json_is_refused_and_nothing_else(sent):
    with pytest.raises(ValueError):
        read_json(sent)


OWN = re.compile(  # rooms and files that read only what the program itself wrote
    "foundation/|science/|config/|ui/|onsite/(daylog|checking)|primitives/metrics/cells|primitives/checklists/phone|"
    "academy/(certificates/jws|connect/(sending|grades|doors|lti)|debrief/days|drill/given)"
)


def test_what_people_send_is_read_here_and_nowhere_else():
    """A second way to read a message would bring the zero byte back."""
    root = Path(__file__).resolve().parents[2]
    read = [path for path in root.rglob("*.py") if "tests" not in path.parts and "json.loads(" in path.read_text()]
    assert [path for path in read if not OWN.match(path.relative_to(root).as_posix())] == []
    assert "json.loads(request" not in (root / "primitives/checklists/phone.py").read_text()
