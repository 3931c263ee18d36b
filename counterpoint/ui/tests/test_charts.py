"""A chart's picture and its table say the same; shapes that do not fit are refused early."""

import json

import pytest

from counterpoint.ui.charts import Chart, ChartFault, Limit, Series
from counterpoint.ui.drawing import spark
from counterpoint.ui.tables import Cell, Column, Table


def chart(**more):
    given = {
        "key": "waits", "kind": "line", "title": "Waits rise", "unit": "min", "source": "tickets",
        "x": ("09:00", "09:30"), "x_label": "Time",
        "series": [Series("P50", (5, 7), "forecast", low=(3, 4), high=(8, 11))],
    }  # fmt: skip
    return Chart(**{**given, **more})


def test_the_payload_is_plain_json_with_band_and_limit():
    payload = json.loads(json.dumps(chart(limits=[Limit(15, "Promise")]).payload()))
    assert payload["series"][0] == {"name": "P50", "role": "forecast", "values": [5, 7], "low": [3, 4], "high": [8, 11]}
    assert payload["limits"] == [{"value": 15, "label": "Promise"}]


def test_the_table_holds_the_band_too():
    headings, rows = chart().table()
    assert len(headings) == 4
    assert rows == [["09:00", 5, 3, 8], ["09:30", 7, 4, 11]]


def test_a_heat_chart_becomes_a_grid():
    one = chart(kind="heat", series=(), rows=("Mon", "Tue"), cells=((1, 2), (3, None)))
    assert one.table() == (["Time", "09:00", "09:30"], [["Mon", 1, 2], ["Tue", 3, None]])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"kind": "pie"}, "unknown kind pie"),
        ({"series": [Series("a", (1, 2, 3))]}, "3 values for 2 labels"),
        ({"series": [Series("a", (1, 2), low=(1, 1))]}, "both low and high"),
        ({"series": [Series("a", (1, 2), "guess")]}, "unknown role guess"),
        ({"kind": "heat", "series": (), "rows": ("Mon",), "cells": ((1,),)}, "1 rows of 2 values"),
    ],
)
def test_a_chart_that_does_not_fit_is_refused(more, says):
    with pytest.raises(ChartFault, match=says):
        chart(**more)


def test_a_spark_line_spans_its_box_and_ends_at_the_last_value():
    line = spark([1, 2, 3], target=2)
    assert line.path == "M0.0 21.0L36.0 12.0L72.0 3.0"
    assert (line.last_x, line.last_y, line.target_y) == (72.0, 3.0, 12.0)


def test_a_gap_lifts_the_pen():
    assert spark([1, None, 3, 2]).path.count("M") == 2


def test_a_constant_line_is_drawn_and_a_single_value_is_not():
    assert spark([4, 4, 4]) is not None
    assert spark([4]) is None
    assert spark([None, 4, None]) is None
    assert spark([1, 2], target=9).target_y is None


def test_table_rows_must_fit_their_columns():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table("t", "T", [Column("a"), Column("b")], [["only one"]])


def test_plain_values_become_cells():
    table = Table("t", "T", [Column("a"), Column("b")], [["x", Cell(3, value=3)]])
    assert [[cell.text for _, cell in line] for line in table.lines()] == [["x", 3]]
