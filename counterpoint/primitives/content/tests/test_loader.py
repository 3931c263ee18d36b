"""Which version rules is answered the same by the loader and by a reader who goes through all versions by hand."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.primitives.content import ContentError, Item, Kind, declare, loader, registry, resolve
from counterpoint.primitives.content import check as content_check


@dataclass(frozen=True)
class Limit:
    """The body of a limit."""

    amount: int


@dataclass(frozen=True)
class Riddle:
    """The body of a riddle."""

    a: int = 0


KIND = Kind("limits", type=Limit, check_example=lambda value, ex: "" if ex["of"] == value.amount else "differs")
NEW_YEAR = date(2026, 1, 1)


def item(key="cash", version=1, pack="any", since=date(2020, 1, 1), until=None, value=1):
    return Item(key, version, pack, "order", "V", since, until, value)


@pytest.fixture
def holding(monkeypatch):
    """`holding(item, …)` makes these the only versions of the kind, in this order of reading."""

    def hold(*items):
        monkeypatch.setattr(loader, "_load", lambda kind: items)

    return hold


@pytest.mark.parametrize(
    ("on", "rules"),
    [
        (date(2025, 12, 31), False),
        (NEW_YEAR, True),
        (date(2026, 6, 29), True),
        (date(2026, 6, 30), False),
    ],
    ids=["the day before", "the first day", "the last day", "the named end"],
)
def test_a_version_rules_from_its_first_day_until_the_day_before_its_end(on, rules):
    assert item(since=NEW_YEAR, until=date(2026, 6, 30)).in_force(on) is rules


@pytest.mark.parametrize("pack", ["cn", "intl"])
@pytest.mark.parametrize("first", ["own", "any"])
def test_the_packs_own_word_beats_the_common_one_in_whatever_order_files_are_read(holding, pack, first):
    own, common = item(pack=pack, value=2), item(value=1)
    holding(*((own, common) if first == "own" else (common, own)))
    assert loader.get("limits", "cash", NEW_YEAR, pack).value == 2


def test_another_packs_word_is_never_used(holding):
    holding(item(pack="intl"))
    assert loader.items("limits", NEW_YEAR, "cn") == {}
    with pytest.raises(ContentError, match="No limits “cash” is in force on 2026-01-01 in pack cn"):
        loader.get("limits", "cash", NEW_YEAR, "cn")


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_versions_that_overlap_by_mistake_the_newer_rules(holding, order):
    holding(*(item(version=v, value=v) for v in order))
    assert loader.get("limits", "cash", NEW_YEAR).value == 2


versions = st.lists(
    st.builds(
        item,
        st.sampled_from(["cash", "card", "loan"]),
        st.integers(1, 5),
        st.sampled_from(["any", "cn", "intl"]),
        st.dates(date(2024, 1, 1), date(2027, 1, 1)),
        st.none() | st.dates(date(2024, 1, 1), date(2027, 12, 31)),
        st.integers(0, 99),
    ),
    max_size=14,
    unique_by=lambda one: (one.key, one.pack, one.version),
)


def by_hand(items, on, pack):
    """Key by key: this pack's versions in force, else the common ones; of those the newest."""
    found = {}
    for key in {one.key for one in items}:
        mine = [one for one in items if one.key == key and one.effective_from <= on]
        mine = [one for one in mine if one.effective_to is None or one.effective_to > on]
        own = [one for one in mine if one.pack == pack] or [one for one in mine if one.pack == "any"]
        if own:
            found[key] = max(own, key=lambda one: one.version)
    return found


@settings(max_examples=100)
@given(items=versions, on=st.dates(date(2024, 1, 1), date(2027, 12, 31)), pack=st.sampled_from(["cn", "intl"]))
def test_the_loader_and_a_reader_by_hand_agree_on_any_date(items, on, pack):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_load", lambda kind: tuple(items))
        assert loader.items("limits", on, pack) == by_hand(items, on, pack)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house with one room and one kind; returns a writer of files."""
    monkeypatch.setattr(loader, "PACKAGE", tmp_path)
    monkeypatch.setattr(registry, "_kinds", {"limits": KIND})
    loader.forget()

    def write(name, *rows, room="risk"):
        folder = tmp_path / room / "content" / "limits"
        folder.mkdir(parents=True, exist_ok=True)
        content = rows[0] if len(rows) == 1 else list(rows)
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        loader.forget()

    yield write
    loader.forget()


def row(key="cash", **more):
    head = {"key": key, "version": 1, "source": "订单", "mark": "V", "effective_from": date(2020, 1, 1), "amount": 5}
    return {name: value for name, value in (head | more).items() if value is not None}


def test_a_file_holds_one_definition_or_a_list_and_every_room_may_bring_some(house):
    house("a.yaml", row())
    house("b.yaml", row("card"), row("loan", amount=7), room="team")
    assert {one.key: one.value.amount for one in loader.every("limits")} == {"cash": 5, "card": 5, "loan": 7}
    assert resolve("limits", "card") and not resolve("limits", "gold")


def test_an_item_knows_where_it_came_from(house):
    house("a.yaml", row(examples=[{"of": 5}], pack="cn", effective_to=date(2030, 1, 1)))
    (one,) = loader.every("limits")
    assert (one.file, one.source, one.pack) == ("risk/limits/a.yaml", "订单", "cn")
    assert one.examples == ({"of": 5},) and one.effective_to == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("just a word", "an item needs a key"),
        ({"version": 1}, "an item needs a key"),
        (row(source=None), "cash lacks source"),
        (row(version=None, mark=None), "cash lacks mark, version"),
        (row(effective_from=None), "cash lacks effective_from"),
        (row(mark="X"), "the mark 'X'; use one of"),
        (row(mark="v"), "the mark 'v'; use one of"),
        (row(amount="many"), "cash: amount: "),
        (row(amount=None), "cash: amount: "),
        (row(amount=True), "cash: amount: "),
        (row(limit=3), "cash: limit: .*amount"),
        (row(version=0), "cash: version must be a whole number"),
        (row(examples=[3]), "examples must be a list"),
        (row(version="two"), "cash: version must be a whole number"),
        (row(effective_from="soon"), "must be dates"),
        (row(effective_to="later"), "must be dates"),
        (row(effective_from=datetime(2026, 1, 1)), "must be dates"),
        (row(effective_from=date(2026, 1, 1), effective_to=date(2026, 1, 1)), "it ends before it is in force"),
        (row(examples={"of": 5}), "examples must be a list"),
    ],
)
def test_whatever_is_wrong_with_an_item_is_said_with_file_and_key(house, bad, words):
    house("a.yaml", bad)
    with pytest.raises(ContentError, match=words) as wrong:
        loader.every("limits")
    assert str(wrong.value).startswith("risk/limits/a.yaml: ")
    assert [bool(re.search(words, str(problem))) for problem in content_check()] == [True]


def test_a_file_that_is_no_yaml_is_reported_and_does_not_stop_the_other_kinds(house, tmp_path, monkeypatch):
    house("a.yaml", row(examples=[{"of": 6}]))
    other = Kind("riddles", type=Riddle)
    monkeypatch.setattr(registry, "_kinds", {"limits": KIND, "riddles": other})
    (tmp_path / "risk" / "content" / "riddles").mkdir()
    (tmp_path / "risk" / "content" / "riddles" / "x.yaml").write_text("a: [1")
    loader.forget()
    said = [str(problem) for problem in content_check()]
    assert len(said) == 2
    assert "differs" in said[0] and "riddles" in said[1]


def test_a_kind_is_declared_once_and_the_same_declaration_again_is_harmless(house):
    declare(KIND)
    with pytest.raises(ContentError, match="declared twice"):
        declare(Kind("limits", type=Riddle))


def test_a_kind_that_nobody_declared_is_named():
    with pytest.raises(ContentError, match="“ghosts”"):
        loader.items("ghosts", NEW_YEAR)


def test_an_example_of_a_kind_that_checks_none_is_a_problem(house, monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {"limits": Kind("limits", type=Limit)})
    house("a.yaml", row(examples=[{"of": 5}]))
    assert ["没有算例" in str(problem) for problem in content_check()] == [True]


@pytest.mark.parametrize(
    ("second", "problems"),
    [
        ({"effective_from": date(2026, 1, 1)}, 0),
        ({"effective_from": date(2025, 12, 31)}, 1),
        ({"effective_from": date(2025, 12, 31), "pack": "cn"}, 0),
        ({"effective_from": date(2025, 12, 31), "key": "card"}, 0),
    ],
    ids=["right after", "a day too early", "another pack", "another key"],
)
def test_versions_of_one_key_and_pack_must_not_overlap_by_a_day(house, second, problems):
    house("a.yaml", row(effective_to=date(2026, 1, 1)), row(version=2, **second))
    assert len(content_check()) == problems


def test_the_shipped_content_is_in_force_today_and_a_year_from_now():
    import counterpoint.role.services
    import counterpoint.team.parameters  # noqa: F401  (declares its kind)

    for ahead in (0, 365):
        on = date(2026, 11, 23) + timedelta(days=ahead)
        for kind in ("service_types", "tiers", "day_marks", "parameters"):
            assert loader.items(kind, on), (kind, on)


def test_warming_reads_every_kind_once():
    loader._load.cache_clear()
    loader.warm()
    held = loader._load.cache_info()
    assert held.currsize == len(registry.kinds())
    loader.warm()
    assert loader._load.cache_info().misses == held.misses
