"""The standalone verifier reads what strangers hand it: it never crashes, and nothing hides behind anything else."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import chain, proof

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = proof.public_hex(KEY)
START = datetime(2026, 11, 23, 1, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def links(code, length, word=""):
    """A sound chain of `length` links."""
    out, previous = [], ""
    for seq in range(1, length + 1):
        at = START + timedelta(minutes=seq)
        link = chain.Link(code, seq, at, "k", "", f"s{seq}", {"n": seq, "word": word}, previous)
        previous = chain.link_hash(link)
        out.append((link, previous))
    return out


def export(*chains):
    return [proof.export_header(PUBLIC, START)] + [proof.export_line(*pair) for one in chains for pair in one]


def ledger(*heads, note="", key=KEY):
    lines, previous = [], ""
    for number, head in enumerate(heads):
        lines.append(proof.anchor_line(key, START + timedelta(hours=number), head, previous, note if number else ""))
        previous = proof.line_hash(lines[-1])
    return lines


def verdict(tmp_path, lines, *more):
    """What the command line answers for an export of these lines."""
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return proof.main([str(file), *map(str, more)])


@settings(max_examples=50)
@given(st.lists(JSON.map(json.dumps) | st.text(max_size=20), max_size=4))
def test_whatever_stands_in_an_anchor_file_is_a_problem_and_never_a_crash(lines):
    found = proof.read(lines, PUBLIC)
    assert len(found.problems) == len(lines) and found.points == {} and found.lines == 0


@pytest.mark.parametrize("line", ["5", "null", '"x"', "true", "[]", "{}", "", "{", '{"signature":"","heads":5}'])
def test_an_anchor_line_of_another_shape_is_named_by_its_number(line):
    good = ledger({"b01": (1, "a")})
    found = proof.read([*good, line], PUBLIC)
    assert len(found.problems) == 1 and "anchor line 2" in found.problems[0]
    assert found.points == {"b01": {1: "a"}}


@settings(max_examples=50)
@given(st.lists(JSON.map(json.dumps) | st.text(max_size=20), max_size=4))
def test_whatever_stands_in_an_export_is_answered_with_an_exit_code(tmp_path_factory, lines):
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    assert proof.main([str(file)]) == 2


@settings(max_examples=50)
@given(JSON)
def test_a_line_of_another_shape_inside_an_export_is_unreadable_not_unsound(tmp_path_factory, value):
    file = tmp_path_factory.getbasetemp() / "inside.jsonl"
    file.write_text("\n".join([*export(links("b01", 2)), json.dumps(value)]))
    assert proof.main([str(file)]) == 2


FIELDS = sorted(json.loads(export(links("b01", 1))[1]))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, 7, [], {}, "x"], ids=repr)
def test_a_field_of_another_kind_is_never_a_sound_entry(tmp_path, capsys, field, value):
    lines = export(links("b01", 2))
    lines[1] = json.dumps(json.loads(lines[1]) | {field: value})
    assert verdict(tmp_path, lines) in (1, 2)
    assert "sound" not in capsys.readouterr().out


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_unreadable(tmp_path, field):
    lines = export(links("b01", 1))
    lines[1] = json.dumps({key: held for key, held in json.loads(lines[1]).items() if key != field})
    assert verdict(tmp_path, lines) == 2


def test_a_sound_copy_behind_a_forged_one_hides_nothing(tmp_path, capsys):
    forged, other, real = links("b01", 3, "forged"), links("b02", 1), links("b01", 3)
    anchors = tmp_path / "anchors"
    anchors.write_text("\n".join(ledger({"b01": (3, real[-1][1])})))
    assert verdict(tmp_path, export(real, other), "--anchors", anchors) == 0
    assert verdict(tmp_path, export(forged, other, real), "--anchors", anchors) == 2
    assert "b01 stands in two places" in capsys.readouterr().err


@pytest.mark.parametrize("again", [links("b01", 1), links("b01", 3)[2:]], ids=["from the start", "its end"])
def test_a_chain_in_two_places_is_refused_also_without_anchors(again):
    with pytest.raises(ValueError, match="two places"):
        proof.check_export(export(links("b01", 2), links("b02", 1), again))


@pytest.mark.parametrize("seq", [2, 4, 99])
def test_a_chain_that_does_not_begin_at_one_is_found(seq):
    (late,) = links("b01", 1)
    moved = chain.Link("b01", seq, late[0].at, "k", "", "s", {}, "")
    found = proof.check_export(export([(moved, chain.link_hash(moved))]))["b01"]
    assert (found.rows, found.first_bad, found.reason) == (0, seq, "seq 1 is missing")


def test_an_export_of_nothing_is_sound_and_a_file_of_nothing_is_no_export(tmp_path, capsys):
    assert verdict(tmp_path, export()) == 0
    (tmp_path / "empty").write_text("")
    assert proof.main([str(tmp_path / "empty")]) == 2
    assert proof.main([str(tmp_path / "absent")]) == 2
    assert "no such file" in capsys.readouterr().err.lower()


@pytest.mark.parametrize("public", ["", "zz", "00", "00" * 32, PUBLIC[:-2], PUBLIC + "00", "\u516c\u94a5"])
def test_a_key_that_is_none_vouches_for_nothing(public):
    body = {"a": 1}
    assert not proof.signed_by(public, body, proof.sign(KEY, body))


@given(st.dictionaries(st.text(max_size=6), st.integers() | st.text(max_size=6), max_size=4), st.text(max_size=3))
def test_a_signature_is_of_one_body(body, more):
    signature = proof.sign(KEY, body)
    assert proof.signed_by(PUBLIC, dict(reversed(body.items())), signature)
    assert not proof.signed_by(PUBLIC, body | {"more" + more: 1}, signature)


def test_the_key_that_the_auditor_trusts_wins_over_the_one_in_the_export(tmp_path):
    """Whoever forges an export and its anchors signs them with a key of their own and writes it into the header."""
    thief = Ed25519PrivateKey.from_private_bytes(bytes(32))
    forged = links("b01", 2, "forged")
    lines = export(forged)
    lines[0] = proof.export_header(proof.public_hex(thief), START)
    anchors = tmp_path / "anchors"
    anchors.write_text("\n".join(ledger({"b01": (2, forged[-1][1])}, key=thief)))
    assert verdict(tmp_path, lines, "--anchors", anchors) == 0
    assert verdict(tmp_path, lines, "--anchors", anchors, "--public-key", PUBLIC) == 2


def test_anchors_of_several_months_are_read_in_the_order_they_are_named(tmp_path):
    real = links("b01", 4)
    lines = ledger({"b01": (2, real[1][1])}, {"b01": (4, real[3][1])})
    months = [tmp_path / "journal-2026-11.jsonl", tmp_path / "journal-2026-12.jsonl"]
    for month, line in zip(months, lines, strict=True):
        month.write_text(line + "\n")
    assert verdict(tmp_path, export(real), "--anchors", *months) == 0
    assert verdict(tmp_path, export(real[:3]), "--anchors", *months) == 1
    assert verdict(tmp_path, export(real), "--anchors", *reversed(months)) == 2


@given(st.integers(1, 6), st.sets(st.integers(1, 9)), st.sets(st.integers(1, 6)))
def test_anchors_are_kept_when_the_chain_has_exactly_what_they_say(length, seqs, forged):
    """Against the plain definition: every anchored seq is there with the anchored hash."""
    real = links("b01", length)
    hashes = {link.seq: stored for link, stored in real}
    points = {seq: "x" * 64 if seq in forged else hashes.get(seq, "lost") for seq in seqs}
    fits = all(hashes.get(seq) == head for seq, head in points.items())
    found = proof.check(real, points)
    assert found.ok is fits
    if not fits:
        first = min(seq for seq, head in points.items() if hashes.get(seq) != head)
        assert found.first_bad == (first if first <= length else length + 1)


@pytest.mark.parametrize(
    ("restored", "left"),
    [
        ({"b01": (5, "kept")}, {"b01": {3: "a", 5: "kept"}, "b02": {}}),
        ({"b01": (3, "a"), "b02": (1, "z")}, {"b01": {3: "a"}, "b02": {1: "z"}}),
        ({}, {"b01": {}, "b02": {}}),
    ],
    ids=["between two anchors", "at an anchor", "an empty database"],
)
def test_a_restore_gives_up_exactly_what_lies_beyond_it(restored, left):
    lines = ledger({"b01": (3, "a")}, {"b01": (9, "b"), "b02": (2, "c")})
    lines.append(proof.anchor_line(KEY, START, restored, proof.line_hash(lines[-1]), proof.RESTORED))
    found = proof.read(lines, PUBLIC)
    assert found.problems == [] and found.points == left


def test_another_note_gives_up_nothing():
    assert proof.read(ledger({"b01": (9, "b")}, {"b01": (5, "a")}, note="moved house"), PUBLIC).points == {
        "b01": {9: "b", 5: "a"}
    }
