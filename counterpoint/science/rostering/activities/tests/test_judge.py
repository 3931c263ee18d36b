"""Shifts of activities are judged by hand-made days; both formats of the public benchmark are read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from counterpoint.science.rostering.activities import retail
from counterpoint.science.rostering.activities.problem import ActivityProblem, ActivityShift, Block, judge

TEXT = """\
SECTION_HORIZON
7
SECTION_TASKS
2
SECTION_STAFF
# ID, MinTotalMinutes, MaxTotalMinutes
Mei,360,960
SECTION_COVER
# Day, Time, TaskID, Min, Max
1,06:00-06:15,1,1,1
1,09:45-10:00,2,0,0
2,00:00-00:15,1,0,1
"""
SOLUTION = """<Solution><Employee ID="Mei"><Shift><Day>0</Day><Start>06:00:00</Start>
<Task WorkLength="180"><ID>1</ID><Length>180</Length></Task><Task><ID>2</ID><Length>240</Length></Task>
</Shift></Employee></Solution>"""
PROBLEM = retail.read(TEXT)
SHIFTS = retail.read_solution(SOLUTION)


def test_an_instance_and_a_solution_are_read():
    assert (ActivityShift("Mei", 360, (Block("1", 180), Block("2", 240))),) == SHIFTS
    assert [cell.start for cell in PROBLEM.cover] == [360, 585, 1440]
    assert ActivityProblem.from_dict(json.loads(json.dumps(PROBLEM.to_dict()))) == PROBLEM
    with pytest.raises(ValueError, match=r"line 10.*'x'"):
        retail.read(TEXT.replace("06:15,1,1,1", "06:15,1,x,1"))


def test_surplus_costs_its_square_and_lack_breaks_a_rule():
    assert judge(PROBLEM, SHIFTS).breaches == ()
    assert judge(PROBLEM, SHIFTS).total == 1
    pair = replace(PROBLEM, contracts=(*PROBLEM.contracts, replace(PROBLEM.contracts[0], key="Omar")))
    assert judge(pair, (*SHIFTS, replace(SHIFTS[0], employee="Omar"))).total == 1 + 4
    assert "0 on 1 at day 0 06:00, 1 needed" in judge(PROBLEM, ()).breaches


def week(*starts: int, blocks: tuple[Block, ...] = (Block("1", 360),)) -> str:
    wide = replace(PROBLEM, cover=(), contracts=(replace(PROBLEM.contracts[0], max_minutes=9000),))
    return "; ".join(judge(wide, tuple(ActivityShift("Mei", start, blocks) for start in starts)).breaches)


@pytest.mark.parametrize(
    ("starts", "blocks", "words"),
    [
        ((360,), (Block("1", 345),), "lasts 345"),
        ((360,), (Block("1", 615),), "lasts 615"),
        ((11 * 60,), (Block("1", 360),), "no shift may start at day 0 11:00"),
        ((360,), (Block("1", 315), Block("2", 45)), "45 minutes on 2"),
        ((0,), (Block("1", 360),), "leaves the horizon"),
        ((7 * 1440,), (Block("1", 375),), "leaves the horizon"),
        ((360, 20 * 60), (Block("1", 360),), "two shifts start on day 0"),
        ((20 * 60, 1440 + 15 * 60), (Block("1", 360),), "780 minutes of rest"),
        (tuple(d * 1440 + 360 for d in range(6)), (Block("1", 360),), "6 days running from day 0"),
        ((), (Block("1", 360),), "0 minutes, 360 to 9000"),
    ],
)
def test_each_rule_is_told_in_words(starts, blocks, words):
    assert words in week(*starts, blocks=blocks)


def test_what_keeps_to_the_limits_is_allowed():
    assert week(*(d * 1440 + 360 for d in range(5))) == ""
    assert week(7 * 1440) == ""  # ends at 06:00, with the horizon
    assert week(20 * 60, 1440 + 16 * 60) == ""  # 14 hours of rest


def test_unknown_people_and_odd_minutes_are_refused():
    with pytest.raises(ValueError, match="unknown person"):
        judge(PROBLEM, (ActivityShift("Ada", 360, ()),))
    with pytest.raises(ValueError, match="quarter hours"):
        judge(PROBLEM, (ActivityShift("Mei", 365, ()),))
