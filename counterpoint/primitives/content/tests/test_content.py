"""Definitions are dated data; a wrong file is named with its key."""

from dataclasses import dataclass
from datetime import date

import pytest

from counterpoint.primitives.content import ContentError, Kind, loader, registry
from counterpoint.primitives.content import check as content_check


@dataclass(frozen=True)
class Limit:
    """The body of a limit."""

    amount: int


KIND = Kind("limits", type=Limit, check_example=lambda value, ex: "" if ex["of"] == value.amount else "differs")
HEAD = "key: cash\nversion: {v}\nsource: order\nmark: V\neffective_from: {since}\n"


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house with one room and one kind; returns a writer of files."""
    monkeypatch.setattr(loader, "PACKAGE", tmp_path)
    monkeypatch.setattr(registry, "_kinds", {"limits": KIND})
    loader.forget()

    def write(name, text):
        folder = tmp_path / "risk" / "content" / "limits"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        loader.forget()

    yield write
    loader.forget()


def test_the_version_in_force_on_the_date_rules(house):
    house("a.yaml", HEAD.format(v=1, since="2020-01-01") + "effective_to: 2026-01-01\namount: 50000\n")
    house("b.yaml", HEAD.format(v=2, since="2026-01-01") + "amount: 0\n")
    assert loader.get("limits", "cash", date(2025, 12, 31)).value.amount == 50000
    assert loader.get("limits", "cash", date(2026, 1, 1)).value.amount == 0
    with pytest.raises(ContentError):
        loader.get("limits", "cash", date(2019, 1, 1))


def test_the_packs_own_version_beats_the_one_for_all(house):
    house("a.yaml", HEAD.format(v=1, since="2020-01-01") + "amount: 1\n")
    house("b.yaml", HEAD.format(v=1, since="2020-01-01") + "pack: intl\namount: 2\n")
    assert loader.get("limits", "cash", date(2026, 1, 1), "cn").value.amount == 1
    assert loader.get("limits", "cash", date(2026, 1, 1), "intl").value.amount == 2


def test_two_versions_in_force_at_once_are_a_problem(house):
    house("a.yaml", HEAD.format(v=1, since="2020-01-01") + "amount: 1\n")
    house("b.yaml", HEAD.format(v=2, since="2021-01-01") + "amount: 2\n")
    assert ["two versions" in str(p) for p in content_check()] == [True]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("amount: many\n", "cash"),
        ("", "amount"),
        ("amount: 1\nexamples: [{of: 2}]\n", "differs"),
    ],
)
def test_a_wrong_body_is_reported_with_file_and_key(house, body, words):
    house("a.yaml", HEAD.format(v=1, since="2020-01-01") + body)
    problems = [str(p) for p in content_check()]
    assert len(problems) == 1 and words in problems[0]


def test_missing_source_or_mark_is_refused(house):
    house("a.yaml", "key: cash\nversion: 1\namount: 2\n")
    assert "lacks" in str(content_check()[0])


def test_a_dangling_reference_is_a_problem(house, monkeypatch):
    linked = Kind("limits", type=Limit, references=lambda value: [("limits", f"key{value.amount}")])
    monkeypatch.setattr(registry, "_kinds", {"limits": linked})
    house("a.yaml", HEAD.format(v=1, since="2020-01-01") + "amount: 1\n")
    assert "key1" in str(content_check()[0])


def test_a_folder_of_an_undeclared_kind_is_a_problem(house, tmp_path):
    (tmp_path / "risk" / "content" / "riddles").mkdir(parents=True)
    (tmp_path / "risk" / "content" / "riddles" / "a.yaml").write_text("key: x\n")
    assert "nobody declared" in str(content_check()[0])
