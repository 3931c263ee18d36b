"""What a mapping file may hold, and what is said when it holds something else."""

import pytest

from counterpoint.science.history import Mapping, MappingError, Stamp

WHEN = (Stamp("when"),)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("when", (Stamp("when"),)),
        ({"column": "when"}, (Stamp("when"),)),
        ({"column": "time", "date": "day"}, (Stamp("time", "day"),)),
        ({"column": "when", "format": "%d.%m.%Y"}, (Stamp("when", None, "%d.%m.%Y"),)),
        (Stamp("when"), (Stamp("when"),)),
        (["a", {"column": "b"}], (Stamp("a"), Stamp("b"))),
        (("a", Stamp("b")), (Stamp("a"), Stamp("b"))),
    ],
)
def test_a_moment_is_named_by_a_column_or_a_stamp_or_several(value, expected):
    assert Mapping.from_dict({"arrived": value}).arrived == expected


@pytest.mark.parametrize(
    "value", [None, 5, {}, {"date": "day"}, {"column": "t", "zone": "UTC"}, ["when"], {"column"}], ids=str
)
def test_what_is_no_stamp_is_shown_as_it_was_written(value):
    with pytest.raises(MappingError, match="is no time stamp; write a column name"):
        Stamp.read(value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "lacks 'arrived'"),
        ({"ticket": "id"}, "lacks 'arrived'"),
        ({"arrived": None}, "lacks 'arrived'"),  # `arrived:` with nothing behind it
        ({"arrived": []}, "arrived is empty"),
        ({"arrived": "when", "when": "x"}, "'when' is unknown; keys are arrival_from, arrived"),
        ({"arrived": "when", "arrival_from": "left"}, "arrival_from must be 'arrived' or 'queued'"),
        ({"arrived": "when", "outcomes": {"A": "served", "B": "lost"}}, "not 'lost'"),
        ({"arrived": "when", "outcomes": {"A": None}}, "not 'None'"),
        ({"arrived": "when", "services": ["PS"]}, r"services must map each value .* not \['PS'\]"),
        ({"arrived": "when", "tiers": "VIP"}, "tiers must map each value"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(data, said):
    with pytest.raises(MappingError, match=said):
        Mapping.from_dict(data)


def test_a_key_with_nothing_behind_it_is_a_key_left_out():
    empty = dict.fromkeys(("called", "left", "queued", "branch", "services", "tiers", "outcomes", "missing"))
    assert Mapping.from_dict({"arrived": "when"} | empty) == Mapping(arrived=WHEN)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [("NULL", ("NULL",)), (["-", 0], ("-", "0")), ([], ()), ("", ("",))],
)
def test_one_token_for_missing_is_one_token_and_not_its_letters(tokens, expected):
    assert Mapping.from_dict({"arrived": "when", "missing": tokens}).missing == expected


def test_values_that_a_reader_took_for_numbers_are_matched_as_words():
    mapping = Mapping.from_dict({"arrived": "when", "services": {1: "cash"}, "tiers": {2: 3}})
    assert mapping.services == {"1": "cash"}
    assert mapping.tiers == {"2": "3"}


def test_the_mapping_lists_each_column_it_reads_once():
    mapping = Mapping.from_dict(
        {
            "branch": "place",
            "ticket": "id",
            "outcome": "how",
            "arrived": {"column": "in", "date": "day"},
            "called": {"column": "start", "date": "day"},
            "left": ["q_out", "out"],
            "queued": "in",
        }
    )
    assert mapping.columns() == ("place", "id", "how", "in", "day", "start", "q_out", "out")


def test_a_mapping_does_not_change_what_it_was_read_from():
    data = {"arrived": ["when"], "services": {1: "cash"}, "missing": ["-"], "left": None}
    before = {key: (value.copy() if hasattr(value, "copy") else value) for key, value in data.items()}
    Mapping.from_dict(data)
    assert data == before
