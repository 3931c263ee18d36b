"""The journal against its owner: whatever is changed, cut or rewritten, an anchor tells."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation import anchor, chain, journal, keys, proof
from counterpoint.foundation.models import JournalHead
from counterpoint.foundation.scope import unscoped

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = proof.public_hex(KEY)
START = datetime(2026, 11, 23, 1, tzinfo=UTC)


def build(code, length, salt=""):
    """A sound chain of `length` links."""
    links, previous = [], ""
    for seq in range(1, length + 1):
        link = chain.Link(
            code, seq, START + timedelta(minutes=seq), "k", "", f"s{seq}", {"n": seq, "salt": salt}, previous
        )
        previous = chain.link_hash(link)
        links.append((link, previous))
    return links


def rewritten(links, at):
    """The whole chain recomputed by its owner after changing one entry: sound by itself."""
    out, previous = [], ""
    for link, _stored in links:
        data = {**link.data, "n": -1} if link.seq == at else link.data
        changed = replace(link, data=data, previous=previous)
        previous = chain.link_hash(changed)
        out.append((changed, previous))
    return out


def anchored(links, *seqs):
    return {seq: links[seq - 1][1] for seq in seqs}


@given(st.integers(2, 12), st.data())
def test_a_rewrite_fools_the_bare_chain_but_not_an_anchor_at_or_after_it(length, data):
    links = build("b01", length)
    changed = data.draw(st.integers(1, length))
    seen = data.draw(st.integers(changed, length))
    forged = rewritten(links, changed)
    assert chain.check(forged).ok
    verdict = proof.check(forged, anchored(links, seen))
    assert verdict.first_bad == seen and "rewritten" in verdict.reason


@given(st.integers(2, 12), st.data())
def test_a_cut_tail_fools_the_bare_chain_but_not_an_anchor_beyond_it(length, data):
    links = build("b01", length)
    end = data.draw(st.integers(0, length - 1))
    cut = links[:end]
    assert chain.check(cut).ok
    verdict = proof.check(cut, anchored(links, length))
    assert verdict.first_bad == end + 1 and "cut" in verdict.reason


def test_a_sound_chain_fits_all_its_anchors():
    links = build("b01", 30)
    assert proof.check(links, anchored(links, 1, 7, 30)).ok


def test_two_thousand_random_attacks_are_all_found():
    """Edits, deletions, swaps, cuts and full rewrites; anchors every ten entries."""
    chance = random.Random(20261123)
    links = build("b01", 60)
    points = anchored(links, 10, 20, 30, 40, 50, 60)
    for _ in range(2000):
        assert not proof.check(attack(list(links), chance), points).ok


def attack(links, chance):
    kind, at = chance.choice(("edit", "delete", "swap", "cut", "rewrite", "double")), chance.randrange(len(links))
    link, stored = links[at]
    if kind == "edit":
        links[at] = (replace(link, data={"n": chance.random()}), stored)
    elif kind == "delete":
        del links[at]
    elif kind == "swap":
        other = (at + chance.randrange(1, len(links))) % len(links)
        links[at], links[other] = links[other], links[at]
    elif kind == "cut":
        del links[at:]
    elif kind == "double":
        links.insert(at, links[at])
    else:
        links = rewritten(links, link.seq)
    return links


def ledger_lines(*heads, note=""):
    lines, previous = [], ""
    for number, head in enumerate(heads):
        line = proof.anchor_line(KEY, START + timedelta(minutes=number), head, previous, note if number else "")
        lines.append(line)
        previous = proof.line_hash(line)
    return lines


def test_anchor_lines_remember_every_head_and_are_sound():
    ledger = proof.read(ledger_lines({"b01": (3, "x")}, {"b01": (5, "y"), "b02": (1, "z")}), PUBLIC)
    assert ledger.points == {"b01": {3: "x", 5: "y"}, "b02": {1: "z"}} and ledger.problems == []


def changed(line):
    return line.replace('"x"', '"forged"')


def signed_by_another(line):
    body = {k: v for k, v in json.loads(line).items() if k != "signature"}
    return chain.canonical(body | {"signature": proof.sign(Ed25519PrivateKey.generate(), body)})


@pytest.mark.parametrize("harm", [changed, signed_by_another, lambda line: line[:-9], lambda line: "[]"])
def test_a_changed_forged_or_cut_anchor_line_is_found(harm):
    lines = ledger_lines({"b01": (3, "x")}, {"b01": (5, "y")})
    lines[0] = harm(lines[0])
    assert proof.read(lines, PUBLIC).problems


def test_a_missing_anchor_line_is_found():
    lines = ledger_lines({"b01": (1, "a")}, {"b01": (2, "b")}, {"b01": (3, "c")})
    assert proof.read([lines[0], lines[2]], PUBLIC).problems


def test_a_signed_restore_gives_up_what_was_anchored_beyond_it():
    lines = ledger_lines({"b01": (9, "lost")}, {"b01": (5, "kept")}, note=proof.RESTORED)
    assert proof.read(lines, PUBLIC).points == {"b01": {5: "kept"}}


def export(chains):
    lines = [proof.export_header(PUBLIC, START)]
    return lines + [proof.export_line(*pair) for links in chains for pair in links]


def test_an_export_is_verified_without_a_database():
    first, second = build("b01", 5), build("b02", 3)
    anchors = ledger_lines({"b01": (5, first[-1][1]), "b02": (2, second[1][1])})
    verdicts = proof.check_export(export([first, second]), anchors)
    assert {code: (v.rows, v.ok) for code, v in verdicts.items()} == {"b01": (5, True), "b02": (3, True)}


def test_a_chain_left_out_of_an_export_is_missed():
    first, second = build("b01", 5), build("b02", 3)
    anchors = ledger_lines({"b01": (5, first[-1][1]), "b02": (2, second[1][1])})
    assert not proof.check_export(export([first]), anchors)["b02"].ok


def test_the_verifier_answers_with_its_exit_code(tmp_path, capsys):
    links = build("b01", 5)
    good, bad, none = tmp_path / "good", tmp_path / "bad", tmp_path / "none"
    anchors = tmp_path / "anchors"
    anchors.write_text("\n".join(ledger_lines({"b01": (5, links[-1][1])})) + "\n")
    good.write_text("\n".join(export([links])))
    bad.write_text("\n".join(export([rewritten(links, 2)])))
    none.write_text("{}")
    assert proof.main([str(good), "--anchors", str(anchors), "--public-key", PUBLIC]) == 0
    assert proof.main([str(bad)]) == 0  # alone it looks sound: this is what anchors are for
    assert proof.main([str(bad), "--anchors", str(anchors)]) == 1
    assert proof.main([str(none)]) == 2
    assert "rewritten" in capsys.readouterr().out


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("COUNTERPOINT_ANCHORS", raising=False)
    settings.HOME, settings.KEYS = tmp_path, tmp_path / "keys"
    monkeypatch.setattr(anchor, "_known", anchor._Known())
    keys.create()
    return tmp_path


def test_only_changed_heads_are_anchored_and_all_chains_verify(bank, home):
    from django.db import transaction

    assert anchor.write(bank.now) == 6
    assert anchor.write(bank.now) == 0
    with unscoped("test"), transaction.atomic():
        journal.record(scope=None, org_unit=bank.b01, kind="foundation.signed_in", subject="x", at=bank.now)
    assert anchor.write(bank.now + timedelta(minutes=1)) == 1
    assert len(list(anchor.lines())) == 2
    found = anchor.verify()
    assert len(found) == 6 and all(v.verdict.ok for v in found)
    assert {v.code: v.anchors for v in found}["b01"] == 2


def test_a_restarted_tick_continues_the_anchors(bank, home, monkeypatch):
    anchor.write(bank.now)
    monkeypatch.setattr(anchor, "_known", anchor._Known())
    assert anchor.write(bank.now) == 0
    with unscoped("test"):
        JournalHead.objects.filter(pk=bank.b01.pk).update(seq=99, hash="f" * 64)
    assert anchor.write(bank.now + timedelta(days=40)) == 1
    assert len(anchor.files()) == 2
    assert proof.read(anchor.lines(), proof.public_hex(keys.signing_key())).problems == []
    wrong = {v.code: v.verdict.reason for v in anchor.verify() if not v.verdict.ok}
    assert set(wrong) == {"b01"} and "cut" in wrong["b01"]


def test_tampered_anchors_are_not_trusted(bank, home):
    anchor.write(bank.now)
    file = anchor.files()[0]
    file.write_text(file.read_text().replace("b01", "b09"))
    with pytest.raises(ValueError, match="not sound"):
        anchor.verify()
