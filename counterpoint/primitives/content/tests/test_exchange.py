"""Definitions leave as files and come back: the same ones change nothing, others become proposals."""

import io
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import scoped
from counterpoint.primitives import content
from counterpoint.primitives.content import Count, Item, Kind, Names, exchange, loader, registry, yaml_text
from counterpoint.primitives.content.actions import content_approve

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_every_definition_of_the_house_comes_back_as_it_left():
    files = exchange.export_files()
    assert len(files) > 20
    for name, text in files.items():
        kind, _slash, key = name.removesuffix(".yaml").partition("/")
        mine = [item for item in loader.every(kind) if item.key == key]
        again = loader.read_text(text, registry.kind_of(kind), name)
        assert [loader.row_of(one) for one in again] == [
            loader.row_of(one) for one in sorted(mine, key=lambda one: (one.pack, one.version))
        ]


def test_importing_what_is_there_changes_nothing():
    report = exchange.read(
        exchange.unpacked("all.zip", exchange.zipped(exchange.export_files(("tiers",)))), today=TODAY
    )
    assert {line.state for line in report.found} == {"same"} and len(report.found) == 3
    assert report.wishes == report.problems == ()


@dataclass(frozen=True)
class Step:
    say: str
    minutes: Count = 0


@dataclass(frozen=True)
class Thing:
    key: str
    names: Names
    steps: tuple[Step, ...] = ()
    kind: Literal["a", "b"] = "a"
    many: dict[str, float | str] = field(default_factory=dict)
    on: bool | None = None


letters = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029\ufeff"), max_size=12
)
bodies = st.fixed_dictionaries(
    {"names": st.fixed_dictionaries({"zh-hans": letters.filter(bool)}, optional={"en": letters})},
    optional={
        "steps": st.lists(
            st.fixed_dictionaries({"say": letters}, optional={"minutes": st.integers(0, 10**9)}), max_size=3
        ),
        "kind": st.sampled_from(["a", "b"]),
        "many": st.dictionaries(letters, st.floats(allow_nan=False, allow_infinity=False) | letters, max_size=3),
        "on": st.booleans() | st.none(),
    },
)
examples = st.lists(
    st.dictionaries(letters, letters | st.integers() | st.dates() | st.booleans(), max_size=3), max_size=2
)


@settings(max_examples=200)
@given(body=bodies, held=examples, mark=st.sampled_from("VKDO"), until=st.none() | st.dates(date(2027, 1, 1)))
def test_p_round_trip_whatever_is_written_is_read_back_the_same(body, held, mark, until):
    kind = Kind("things", type=Thing)
    item = Item(
        "thing.one", 3, "cn", "source: 甲 # no comment", mark, TODAY, until, kind.value_of("thing.one", body),
        tuple(held), "", body,
    )  # fmt: skip
    text = yaml_text.dump([loader.row_of(item)])
    (again,) = loader.read_text(text, kind, "x")
    assert loader.row_of(again) == loader.row_of(item)
    assert again.value == item.value
    assert yaml_text.dump([loader.row_of(again)]) == text


def accepts(schema, root, value):
    """A second reader of JSON schema, as far as our types use it."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return any(accepts(one, root, value) for one in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if "const" in schema:
        return value == schema["const"]
    kind = schema.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            return False
        own, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        return all(name in value for name in schema.get("required", ())) and all(
            accepts(own[name], root, one) if name in own else rest is True or (rest and accepts(rest, root, one))
            for name, one in value.items()
        )
    if kind == "array":
        return isinstance(value, list) and all(accepts(schema["items"], root, one) for one in value)
    if kind == "string":
        return isinstance(value, str) and len(value) >= schema.get("minLength", 0)
    if kind in {"integer", "number"}:
        right = type(value) is int or (kind == "number" and type(value) is float)
        return right and value >= schema.get("minimum", value)
    return {"boolean": isinstance(value, bool), "null": value is None}[kind]


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 5) | st.floats(-2, 2) | letters | st.sampled_from(["a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["say", "minutes", "zh-hans", "x"]), inner)
    ),
    max_leaves=6,
)
wild = st.dictionaries(st.sampled_from(["names", "steps", "kind", "many", "on", "other"]), anything, max_size=5)


@settings(max_examples=400)
@given(body=st.one_of(bodies, wild, st.builds(lambda a, b: a | b, bodies, wild)))
def test_p_schema_a_body_is_accepted_by_the_loader_exactly_when_the_schema_accepts_it(body):
    kind = Kind("things", type=Thing)
    schema = kind.schema()
    try:
        kind.value_of("x", body)
        read = True
    except ValueError:
        read = False
    assert read is accepts(schema, schema, body)


def zip_of(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".yaml", text)
    return target.getvalue()


VIP = """
key: vip
version: 9
source: branch practice
mark: D
effective_from: 2020-01-01
names: {zh-hans: 贵宾, en: VIP}
priority: 1
promise_minutes: 4
patience_factor: 1.0
share: 0.05
"""


def test_a_changed_and_a_new_definition_become_proposals_and_then_rule(headquarters):
    data = zip_of(tiers__vip=VIP, tiers__gold=VIP.replace("key: vip", "key: gold"))
    scope = headquarters.scope("Hana")
    with scoped(scope):
        report = exchange.read(exchange.unpacked("x.zip", data), today=TODAY, why="from the test bank", bank="/hq/")
        assert sorted((line.key, line.state) for line in report.found) == [("gold", "new"), ("vip", "changed")]
        made = exchange.propose_all(scope=scope, org_unit=headquarters.hq, report=report, now=headquarters.now)
    other = headquarters.scope("Henry")
    with scoped(other):
        for row in made:
            content_approve(scope=other, proposal=row.pk, now=headquarters.now)
        assert content.get("tiers", "vip", TODAY).value.promise_minutes == 4
        assert content.get("tiers", "gold", TODAY).version == 1


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"tiers__vip": VIP.replace("promise_minutes: 4", "promise_minutes: 0")}, "promise_minutes"),
        ({"ghosts__x": VIP}, "ghosts"),
        ({"tiers__vip": "key: ["}, "no YAML"),
        ({"tiers__vip": "key: &a vip\nx: *a"}, "anchors"),
    ],
)
def test_a_dry_run_says_what_is_wrong(files, words):
    report = exchange.read(exchange.unpacked("x.zip", zip_of(**files)), today=TODAY)
    assert [line.state for line in report.found] == ["wrong"] and words in str(report.found[0])


def test_new_definitions_may_refer_to_each_other(headquarters):
    service = replace(content.get("service_types", "transfer", TODAY), key="gold_transfer", version=1)
    text = yaml_text.dump(loader.row_of(service))
    story = (
        "key: gold\nversion: 1\nsource: x\nmark: D\neffective_from: 2026-01-01\nnames: {zh-hans: 演练}\n"
        "hints: {zh-hans: 演练}\nsurges: [{service: gold_transfer, count: 3, from: '09:00', to: '10:00'}]\n"
    )
    alone = exchange.read({"rehearsals/gold.yaml": story}, today=TODAY, why="x")
    assert alone.problems
    scope = headquarters.scope("Hana")
    with scoped(scope):
        both = exchange.read(
            {"rehearsals/gold.yaml": story, "service_types/gold.yaml": text}, today=TODAY, why="x", bank="/hq/"
        )
        assert both.problems == ()
        assert len(exchange.propose_all(scope=scope, org_unit=headquarters.hq, report=both, now=headquarters.now)) == 2


def test_a_zip_that_swells_is_refused():
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiers/x.yaml", "a" * (exchange.MOST_BYTES + 1))
    with pytest.raises(exchange.ExchangeFault, match="larger than"):
        exchange.unpacked("x.zip", big.getvalue())
    many = zip_of(**{f"tiers__{n}": "key: x" for n in range(exchange.MOST_FILES + 1)})
    with pytest.raises(exchange.ExchangeFault, match="more than"):
        exchange.unpacked("x.zip", many)
    with pytest.raises(exchange.ExchangeFault, match="UTF-8"):
        exchange.unpacked("x.yaml", b"\xff\xfe")


def test_a_zip_that_arrived_damaged_or_locked_is_refused():
    whole = zip_of(tiers__vip=VIP)
    start, directory = whole.index(VIP.encode()), whole.index(b"PK\x01\x02")
    damaged, cut = whole[:start] + b"#" + whole[start + 1 :], whole[:-60]
    locked = whole[: directory + 8] + b"\x01" + whole[directory + 9 :]
    for broken in (damaged, cut, locked):
        with pytest.raises(exchange.ExchangeFault, match="damaged or locked"):
            exchange.unpacked("x.zip", broken)


def test_a_folder_with_another_encoding_is_refused(tmp_path):
    (tmp_path / "tiers").mkdir()
    (tmp_path / "tiers" / "vip.yaml").write_bytes(VIP.encode("gb18030"))
    with pytest.raises(exchange.ExchangeFault, match="UTF-8"):
        exchange.texts_of(tmp_path)


def test_one_file_as_the_page_gives_it_comes_back(tmp_path):
    name = exchange.single_name("tiers", "vip")
    report = exchange.read(exchange.unpacked(name, VIP.encode()), today=TODAY)
    assert [(line.kind, line.key, line.state) for line in report.found] == [("tiers", "vip", "changed")]
    (tmp_path / "tiers").mkdir()
    (tmp_path / "tiers" / "vip.yaml").write_text(VIP, encoding="utf-8")
    report = exchange.read(exchange.texts_of(tmp_path / "tiers" / "vip.yaml"), today=TODAY)
    assert [line.state for line in report.found] == ["changed"]
