"""Charts of the printed report: geometry checked by reading the SVG again."""

import re

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.team.planning.pictures import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    band_chart,
    lines_chart,
    step_chart,
)

NAME = "{http://www.w3.org/2000/svg}"
values = st.lists(st.floats(0, 4000), min_size=1, max_size=40)


def shapes(text, kind):
    return fromstring(text).findall(f"{NAME}{kind}")


def points(element):
    return [tuple(map(float, pair.split(","))) for pair in element.get("points").split()]


def words(text):
    return [element.text for element in shapes(text, "text")]


def height(value, top):
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


class TestBand:
    def test_the_line_runs_from_the_left_to_the_right_inside_its_band(self):
        text = band_chart(["a", "b", "c"], [2, 4, 3], [1, 3, 2], [3, 5, 4])
        line, (band,) = points(shapes(text, "polyline")[0]), shapes(text, "polygon")
        assert [x for x, _y in line] == [LEFT, LEFT + (WIDTH - LEFT - RIGHT) / 2, WIDTH - RIGHT]
        assert [y for _x, y in line] == [pytest.approx(height(v, 5), abs=0.06) for v in (2, 4, 3)]
        corners = points(band)
        assert [x for x, _y in corners] == [x for x, _y in line] + [x for x, _y in reversed(line)]
        assert all(
            up < mid < low for (_, up), (_, mid), (_, low) in zip(corners, line, reversed(corners), strict=False)
        )

    @given(values)
    def test_everything_lies_on_the_paper(self, middle):
        text = band_chart(
            [str(n) for n in range(len(middle))], middle, [v / 2 for v in middle], [2 * v for v in middle]
        )
        for element in (*shapes(text, "polyline"), *shapes(text, "polygon")):
            assert all(
                LEFT <= x <= WIDTH - RIGHT + 0.06 and TOP - 0.06 <= y <= HEIGHT - BOTTOM for x, y in points(element)
            )

    def test_no_day_at_all_is_an_empty_frame(self):
        assert words(band_chart([], [], [], [])) == ["0", "1"]


class TestScale:
    @pytest.mark.parametrize(
        ("most", "marks"),
        [
            (0, ["0", "1"]),
            (1, ["0", "1"]),
            (5, ["0", "1", "2", "3", "4", "5"]),
            (5.1, ["0", "2", "4", "6"]),
            (10, ["0", "2", "4", "6", "8", "10"]),
            (11, ["0", "5", "10", "15"]),
            (400, ["0", "100", "200", "300", "400"]),
            (1000, ["0", "200", "400", "600", "800", "1000"]),
            (12000, ["0", "5000", "10000", "15000"]),
        ],
    )
    def test_few_round_marks_reach_the_highest_value(self, most, marks):
        assert words(band_chart([""], [most], [0], [most]))[: len(marks)] == marks

    @given(st.floats(0, 5000))
    def test_never_more_than_six_marks(self, most):
        found = [float(word) for word in words(band_chart([], [], [], [most]))]
        assert 2 <= len(found) <= 6 and found[-1] >= most

    def test_labels_stand_under_every_so_manieth_value(self):
        labels = [f"l{n}" for n in range(9)]
        assert [w for w in words(band_chart(labels, [1] * 9, [1] * 9, [1] * 9)) if w.startswith("l")] == [
            "l0",
            "l4",
            "l8",
        ]
        every = band_chart(labels, [1] * 9, [1] * 9, [1] * 9, every=1)
        assert len([w for w in words(every) if w.startswith("l")]) == 9


class TestSteps:
    def test_need_is_drawn_before_its_busy_days_and_staff_as_a_line_of_steps(self):
        text = step_chart(["a", "b"], [2, 1], [1, 1], [2, 3])
        bars = shapes(text, "rect")
        width = (WIDTH - LEFT - RIGHT) / 2
        assert [float(bar.get("height")) for bar in bars] == [
            pytest.approx(height(0, 3) - height(v, 3), abs=0.06) for v in (2, 3, 1, 1)
        ]
        assert {float(bar.get("width")) for bar in bars} == {width}
        assert len({bar.get("fill") for bar in bars[:2]} & {bar.get("fill") for bar in bars[2:]}) == 0
        line = points(shapes(text, "polyline")[0])
        assert [x for x, _y in line] == [LEFT, LEFT + width, LEFT + width, LEFT + 2 * width]
        assert line[0][1] == line[1][1] < line[2][1] == line[3][1]

    @given(values)
    def test_a_bar_stands_on_the_ground(self, needed):
        text = step_chart([""] * len(needed), needed, needed, needed)
        for bar in shapes(text, "rect"):
            assert float(bar.get("y")) + float(bar.get("height")) == pytest.approx(HEIGHT - BOTTOM, abs=0.11)


class TestLines:
    def test_a_gap_breaks_a_line_and_a_single_value_is_still_there(self):
        text = lines_chart([""] * 6, [("a", [1.0, 2.0, None, 3.0, None, 4.0], False)])
        assert [len(points(line)) for line in shapes(text, "polyline")] == [2, 1, 1]

    def test_nothing_but_gaps_leaves_the_frame_and_the_name(self):
        text = lines_chart(["", ""], [("ours", [None, None], False)])
        assert not shapes(text, "polyline") and "ours" in words(text)

    def test_the_other_pattern_is_dashed_in_another_colour_and_named_beside_the_first(self):
        text = lines_chart(["", ""], [("ours", [1.0, 2.0], False), ("flat", [2.0, 3.0], True)])
        ours, flat = shapes(text, "polyline")
        assert ours.get("stroke-dasharray") is None and flat.get("stroke-dasharray")
        assert ours.get("stroke") != flat.get("stroke")
        places = {e.text: float(e.get("x")) for e in shapes(text, "text")}
        assert places["flat"] > places["ours"]


@pytest.mark.parametrize("name", ["<script>", "a & b", '"quoted"', "]]>", "人民路 <&>"])
def test_words_stay_words(name):
    for text in (
        band_chart([name], [1], [1], [1]),
        step_chart([name], [1], [1], [1]),
        lines_chart([""], [(name, [1.0], False)]),
    ):
        assert name in words(text)
        assert not re.search(r"<script|javascript:|href", text)
