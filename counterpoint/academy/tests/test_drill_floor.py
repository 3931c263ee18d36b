"""The hall of a drill on the floor plan: what stands on it, and when there is none."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from counterpoint.academy.drill import floor
from counterpoint.foundation.api import scoped
from counterpoint.onsite import api as onsite
from counterpoint.science.playing import datasets


def played(bank, purpose="practice"):
    return SimpleNamespace(org_unit=bank.b01, begun_at=bank.now, purpose=purpose)


def game_on(codes, machines=()):
    game = datasets.demo_game(4)
    counters = tuple(replace(game.model.counters[0], code=code) for code in codes)
    devices = tuple(replace(one, code=code) for one, code in zip(game.model.devices, machines, strict=False))
    return SimpleNamespace(model=SimpleNamespace(counters=counters, devices=devices))


def test_windows_and_machines_stand_where_the_branch_has_them(bank):
    with scoped(bank.scope("Sun")):
        plan = floor.plan(played(bank), game_on(["2", "8"]))
        drawn = onsite.floor_of(bank.b01, bank.b01.date_at(bank.now)).plan
    assert plan["size"] == [drawn.width, drawn.depth]
    assert [one[:2] for one in plan["windows"]] == [[2.8, 3.5], [18.7, 2.8]]
    assert sum(seats for _x, _y, seats in plan["chairs"]) == 32
    for x, y, behind_x, behind_y in plan["windows"]:
        assert 0 < math.hypot(behind_x - x, behind_y - y) < 1.5
        assert any(inside(corners, behind_x, behind_y) for kind, corners in plan["shapes"] if kind in floor.FRONT)


def inside(corners, x, y):
    """Whether a point lies in a rectangle, a centimetre aside at most."""
    return all(
        min(one[n] for one in corners) - 0.01 <= value <= max(one[n] for one in corners) + 0.01
        for n, value in enumerate((x, y))
    )


@pytest.mark.parametrize("codes", [["2", "99"], ["counter"]])
def test_a_hall_of_which_something_is_not_on_the_plan_has_none(bank, codes):
    with scoped(bank.scope("Sun")):
        assert floor.plan(played(bank), game_on(codes)) is None


def test_an_examination_and_a_league_are_drawn_on_the_plan_of_the_branch_model(bank):
    codes = ["1", "2", "3", "4", "5"]
    with scoped(bank.scope("Sun")):
        own, league = floor.plan(played(bank), game_on(codes)), floor.plan(played(bank, "league"), game_on(codes))
    assert (own["size"], league["size"]) == ([24, 15], [12, 9])
