"""What each button means to the twin, and what is refused before it gets there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoint.science import advice, playing, twin
from counterpoint.science.playing.orders import Desk, commands_of
from counterpoint.science.playing.tests.days import demo

NINE = 9 * 3600


def read(act: str, desk: Desk | None = None, **inputs: str | int | None) -> tuple[twin.Command, ...]:
    return commands_of(playing.Order.of(NINE, act, **inputs), demo(0).ground, desk or Desk([], set(), set()))


def test_who_opens_a_window_takes_the_seat_of_whoever_has_it() -> None:
    desk = Desk([], set(), set())
    assert read("window-open", desk, counter="K1", user="floater") == (
        twin.OpenCounter(540.0, "K1"), twin.MovePerson(540.0, "teller-1", None),
        twin.MovePerson(540.0, "floater", "K1"),
    )  # fmt: skip
    assert [c for c in read("window-open", desk, counter="K1", user="teller-1") if isinstance(c, twin.MovePerson)] == [
        twin.MovePerson(540.0, "floater", None), twin.MovePerson(540.0, "teller-1", "K1"),
    ]  # fmt: skip


def test_every_button_becomes_its_commands() -> None:
    assert read("window-close", counter="K2") == (twin.CloseCounter(540.0, "K2"),)
    assert read("person-move", user="floater", place="lobby") == (twin.MovePerson(540.0, "floater", "lobby"),)
    assert read("person-move", user="teller-1", place="back_office") == (twin.MovePerson(540.0, "teller-1", None),)
    assert read("person-move", user="floater", place="counter", counter="K3") == (
        twin.MovePerson(540.0, "floater", "K3"),
    )
    assert read("break-start", user="teller-1", minutes=15) == (twin.StartBreak(540.0, "teller-1", 15.0),)
    assert read("break-move", user="teller-1", minute=720) == (twin.MoveBreak(540.0, "teller-1", 720.0),)
    assert read("diversion", service="S01", share=500) == (twin.SetDiversion(540.0, "S01", 0.5),)
    assert read("call-next", counter="K1") == (twin.CallNext(540.0, "K1"),)
    assert read("call", counter="K1", ticket=3) == (twin.CallNext(540.0, "K1", 3),)


def test_a_ticket_taken_first_goes_one_rank_before_its_own_and_back_again() -> None:
    desk, game = Desk([], set(), set()), demo(0)
    ticket = 5
    own = game.model.tiers[game.people.tier[ticket]].priority
    ranks = [
        read(act, desk, ticket=ticket, vulnerable=care)[0].priority  # type: ignore[union-attr]
        for act, care in (("first", 0), ("flag", 1), ("put-back", 0), ("flag", 0))
    ]
    assert ranks == [own - 1, -1, 0, own]


@pytest.mark.parametrize(
    ("act", "inputs", "words"),
    [
        ("hold", {}, "Tellers call and serve by themselves"),
        ("fly", {}, "no such act"),
        ("window-open", {"counter": "K9", "user": "floater"}, "K9"),
        ("window-open", {"counter": "K1", "user": "nobody"}, "nobody"),
        ("window-open", {"counter": "K1"}, "needs a code as 'user'"),
        ("person-move", {"user": "floater", "place": "moon"}, "moon"),
        ("diversion", {"service": "S01", "share": 760}, "at most 75%"),
        ("diversion", {"service": "S03", "share": 1}, "at most 0%"),
        ("break-start", {"user": "floater", "minutes": 0}, "longer than 0"),
        ("first", {"ticket": 10_000}, "no ticket 10000"),
        ("first", {"ticket": "x"}, "whole number"),
    ],
)
def test_what_does_not_fit_the_game_is_refused_in_words(act: str, inputs: dict[str, str | int], words: str) -> None:
    with pytest.raises(twin.ModelError, match=words):
        read(act, **inputs)


def test_a_log_goes_to_plain_values_and_back() -> None:
    order = playing.Order.of(NINE, "window-open", actor="Sun", user="floater", counter="K1")
    assert playing.Order.from_json(order.to_json()) == order


def test_all_but_closing_that_the_advisor_proposes_is_an_order() -> None:
    """Said twice: the commands of the order, and those of the option without its own delays."""
    rules = advice.Rules(walk=0.0, guide=0.0)
    seen = set()
    for seed in range(4):
        game = demo(seed)
        for minute in range(560, 1000, 20):
            day = playing.play(game, (), float(minute), log=False)
            for option in advice.options(day.state, rules):
                if option.kind == "close":
                    continue
                seen.add(option.kind)
                desk = day.desk.copy()
                mine = [c for o in playing.orders_of(option, minute * 60) for c in commands_of(o, game.ground, desk)]
                wanted = [replace(c, to=float(round(c.to))) if isinstance(c, twin.MoveBreak) else c
                          for c in option.commands]  # fmt: skip
                assert [c for c in mine if not _makes_room(c)] == wanted
    assert seen >= {"nothing", "call", "guide", "delay_break", "surge"}


def _makes_room(command: twin.Command) -> bool:
    return isinstance(command, twin.MovePerson) and command.to is None


def test_no_act_is_both_an_order_and_none() -> None:
    assert not set(playing.ACTS) & set(playing.NOT_IN_DRILL)


def test_days_that_go_wrong_have_their_orders() -> None:
    assert read("break-end", user="floater") == (twin.EndBreak(NINE / 60, "floater"),)
    assert read("divert", ticket=3) == (twin.SendToDevice(NINE / 60, 3),)
    assert read("person-move", user="floater", place="gone") == (twin.EndShift(NINE / 60, "floater"),)


def test_whatever_the_twin_obeys_may_stand_in_a_saved_game() -> None:
    given = (
        twin.SetPace(600.0, 0.4), twin.Dismiss(700.0), twin.EndShift(610.0, "floater"), twin.EndBreak(620.0, "floater"),
        twin.SendToDevice(630.0, 3),
    )  # fmt: skip
    game = replace(demo(0), given=given)
    assert playing.Game.from_bytes(game.to_bytes()).given == given
