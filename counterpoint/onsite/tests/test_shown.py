"""What the screens say of a hall, from plain values: how loud it is, its sentence, its order, its bars, its words."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.onsite import shown
from counterpoint.onsite.queries.snapshot import Dot, Lane, Queue, Snapshot, warmth
from counterpoint.onsite.templatetags import onsite as words

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def dot(minutes=0, warm=0, service="transfer", label="B001"):
    return Dot(uuid4(), label, service, "standard", False, minutes, warm, 15.0, NOW, False)


def queue(*dots, windows=1, skill="non_cash", **more):
    return Queue(skill, tuple(dots), windows, 4.0, 9.0, "formula", **more)


def lane(number=1, state="open", **more):
    return Lane(number, "", "cash", state, "", None, None, None, ("cash",), **more)


def hall(queues=(), lanes=(), **more):
    counts = {"arrivals": 0, "served": 0, "left": 0, "called": 0, "kept": 0, "promised": 0} | more
    return Snapshot("b01", NOW, date(2026, 11, 23), 7, tuple(lanes), tuple(queues), (), (), **counts)


LATE = dot(20, 3)
STATES = [
    (hall(), "calm", "Nobody is waiting.", "nobody at all"),
    (hall([queue(dot(4))]), "calm", "1 wait, the longest 4 minutes; all within the promise.", "one in time"),
    (hall([queue(dot(4), LATE)]), "watch", "2 wait, the longest 20 minutes; 1 beyond the promise.", "one late"),
    (hall([queue(LATE, LATE)]), "watch", "2 wait, the longest 20 minutes; 2 beyond the promise.", "two late"),
    (hall([queue(LATE, LATE, LATE)]), "act", "3 wait, the longest 20 minutes; 3 beyond the promise.", "three late"),
    (hall([queue(LATE), queue(LATE, LATE)]), "act", "3 wait, the longest 20 minutes; 3 beyond the promise.", "two"),
    (hall([queue(dot(1), windows=0)]), "act", "1 wait for Non-cash and no window serves them.", "nobody serves"),
    (hall([queue(windows=0)]), "calm", "Nobody is waiting.", "a shut queue without anybody is no trouble"),
    (hall(lanes=[lane(state="unstaffed")]), "watch", "Nobody is waiting.", "an open window without a person"),
    (hall(lanes=[lane(state="break")]), "calm", "Nobody is waiting.", "a break is planned"),
    (hall([queue(dot(1), windows=0, skill="yoga")]), "act", "1 wait for yoga and no window serves them.", "strange"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "level", "sentence"), [row[:3] for row in STATES], ids=[row[3] for row in STATES])
def test_the_hall_in_one_sentence_and_as_loud_as_it_must_be(found, level, sentence):
    with translation.override("en"):
        assert (shown.level(found), shown.verdict(found)) == (level, sentence)
    with translation.override("zh-hans"):
        assert shown.verdict(found).endswith("。")


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (queue(), "calm"), (queue(windows=0), "calm"), (queue(dot()), "calm"), (queue(LATE), "watch"),
        (queue(LATE, LATE, LATE), "act"), (queue(dot(), windows=0), "act"),
    ],
)  # fmt: skip
def test_how_loud_a_queue_is(found, level):
    assert words.queue_level(found) == level


def test_the_counts_of_a_hall_are_those_of_its_queues_and_windows():
    found = hall(
        [queue(dot(4), LATE), queue(dot(31, 4), skill="cash")],
        [lane(1), lane(2, "break"), lane(3, "closed"), lane(4)], kept=3, promised=4,
    )  # fmt: skip
    assert (found.waiting, found.longest, found.late, found.open_windows) == (3, 31, 2, 2)
    assert found.kept_share == 0.75
    assert hall().kept_share is None
    assert (hall().longest, hall().late) == (0, 0)


@pytest.mark.parametrize(
    ("share", "level"),
    [(0, 0), (0.499, 0), (0.5, 1), (0.799, 1), (0.8, 2), (0.999, 2), (1.0, 3), (1.499, 3), (1.5, 4), (9, 4)],
)
def test_a_dot_grows_warm_at_each_share_of_its_promise(share, level):
    assert warmth(share * 20, 20) == level


def test_the_screen_shows_the_newest_call_first_and_served_numbers_after_them():
    def at(number, stage, seconds):
        return lane(
            number, ticket=uuid4(), label=f"A{number}", stage=stage, stage_since=NOW + timedelta(seconds=seconds)
        )

    lanes = [
        at(1, "serving", 90), at(2, "called", 10), lane(3), at(4, "called", 60), at(5, "serving", 5),
        lane(6, ticket=uuid4(), label="A6", stage="called"),
    ]  # fmt: skip
    assert [one.number for one in shown.calls(hall(lanes=lanes))] == [4, 2, 6, 1, 5]


def test_the_screen_holds_eight_numbers():
    lanes = [lane(n, ticket=uuid4(), label=f"A{n}", stage="called", stage_since=NOW) for n in range(1, 12)]
    assert len(shown.calls(hall(lanes=lanes))) == 8


def test_the_lobby_lists_thirty_people_longest_first_and_says_how_many_more(bank):
    queues = [queue(*(dot(n) for n in range(20))), queue(*(dot(n) for n in range(20, 35)), skill="cash")]
    found = shown.lobby(hall(queues), "en", bank.b01)
    assert [d.minutes for d in found["dots"]] == [*range(34, 4, -1)]
    assert found["more"] == 5
    assert shown.lobby(hall(), "en", bank.b01)["more"] == 0
    assert "large_cash" not in found["divertible"]
    assert "transfer" in found["divertible"]


def test_a_teller_sees_the_own_window_whatever_was_chosen(bank):
    me = uuid4()
    lanes = [lane(1), Lane(2, "", "cash", "open", "Mei", me, NOW, None, ("non_cash",))]
    queues = [queue(dot(), dot()), queue(dot(), skill="cash")]
    own = shown.console(hall(queues, lanes), me, 1, "en", bank.b01)
    assert (own["lane"].number, own["seated"], own["waiting"]) == (2, True, 2)
    assert [one.number for one in own["counters"]] == [1]
    chosen = shown.console(hall(queues, lanes), uuid4(), 1, "en", bank.b01)
    assert (chosen["lane"].number, chosen["seated"], chosen["waiting"]) == (1, False, 1)
    nowhere = shown.console(hall(queues, lanes), uuid4(), 77, "en", bank.b01)
    assert (nowhere["lane"], nowhere["queues"], nowhere["waiting"]) == (None, [], 0)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_name_on_the_screens_is_in_the_readers_language(bank, language):
    with translation.override(language):
        found = shown.hall(hall(), language, bank.b01)["names"]
    other = shown.hall(hall(), "en" if language != "en" else "zh-hans", bank.b01)["names"]
    for kind in ("services", "tiers", "kinds"):
        assert found[kind].keys() == other[kind].keys()
        assert all(found[kind][key] != other[kind][key] for key in found[kind]), kind
    assert (found["skills"]["cash"] == "Cash") is (language == "en")


quarter = st.tuples(st.floats(0, 60), st.floats(0, 60)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(quarter, max_size=8), st.integers(0, 30))
def test_bars_stand_on_the_ground_stay_in_the_drawing_and_keep_their_proportion(future, waiting):
    means, highs = tuple(m for m, _h in future), tuple(h for _m, h in future)
    found = shown.bars(queue(*[dot()] * waiting, future=means, future_high=highs))
    assert len(found) == len(future)
    top = max(8.0, waiting, *highs) if highs else 8.0
    for bar, (mean, high) in zip(found, future, strict=True):
        assert bar["mean_y"] + bar["mean_h"] == pytest.approx(40, abs=0.02)
        assert bar["high_y"] + bar["high_h"] == pytest.approx(40, abs=0.02)
        assert (bar["mean_h"], bar["high_h"]) == pytest.approx((40 * mean / top, 40 * high / top), abs=0.01)
        assert 0 <= bar["x"] < bar["x"] + bar["width"] <= 100.01


# --- the small words of the templates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (4, 9, "4–9"), (0, 1, "0–1"), (239, 240, "239–240"), (240, 240, "240+"), (None, 9, "–"), (4, None, "–"),
        (None, None, "–"),
    ],
)  # fmt: skip
def test_a_range_of_minutes(low, high, text):
    assert words.span(low, high) == text


@pytest.mark.parametrize(
    ("minute", "text"), [(0, "00:00"), (640, "10:40"), (1439, "23:59"), (1440, "00:00"), (1505, "01:05")]
)
def test_a_minute_of_the_day_also_after_midnight(minute, text):
    assert words.clock_minute(minute) == text


@pytest.mark.parametrize(("share", "text"), [(None, ""), (0, "0"), (0.876, "88"), (1, "100"), (0.004, "0")])
def test_a_share_in_whole_percent(share, text):
    assert words.percent(share) == text


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (59, 0), (60, 1), (-30, 0), (3600, 60)])
def test_whole_minutes_gone_by_and_never_less_than_none(seconds, minutes):
    assert words.minutes_until(NOW - timedelta(seconds=seconds), NOW) == minutes
    assert words.minutes_until(None, NOW) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (float("nan"), ""), (NOW, "2026-11-23 02:30:00"), ("现金", "现金"), (3, "3"), (0, "0")],
)
def test_a_cell_of_an_understood_row(value, text):
    assert words.moment(value) == text


def test_an_unknown_key_is_shown_as_it_is():
    assert words.item({"cash": "现金"}, "cash") == "现金"
    assert words.item({}, "haircut") == "haircut"
