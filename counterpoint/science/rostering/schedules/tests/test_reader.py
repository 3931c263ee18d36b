"""The benchmark's text format is read in full, and a wrong line is told by its number."""

from __future__ import annotations

import pytest

from counterpoint.science.rostering.schedules import Cover, Employee, Request, ShiftType, curtois_qu

TEXT = """\
# A comment
SECTION_HORIZON
# days
7

SECTION_SHIFTS
E,480,
L,450,E|L

SECTION_STAFF
Mei,E=7|L=0,2400,960,5,2,2,1
Omar,E=3|L=7,2880,960,4,1,1,2

SECTION_DAYS_OFF
Mei,0,6

SECTION_SHIFT_ON_REQUESTS
Mei,2,E,3

SECTION_SHIFT_OFF_REQUESTS
Omar,3,L,1

SECTION_COVER
0,E,1,100,1
4,L,2,90,2
"""


def test_every_section_is_read():
    problem = curtois_qu.read(TEXT)
    assert problem.days == 7
    assert problem.shifts == (ShiftType("E", 480), ShiftType("L", 450, ("E", "L")))
    assert problem.employees[0] == Employee("Mei", 960, 2400, {"E": 7, "L": 0}, 5, 2, 2, 1, (0, 6))
    assert problem.employees[1].days_off == ()
    assert problem.requests == (Request("Mei", 2, "E", 3, "on"), Request("Omar", 3, "L", 1, "off"))
    assert problem.cover == (Cover(0, "E", 1, 100, 1), Cover(4, "L", 2, 90, 2))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Mei,E=7|L=0,2400", "Mei,E=7|L,2400", "line 11.*'L' should be a shift, '='"),
        ("4,L,2,90,2", "4,L,two,90,2", "line 25.*two"),
        ("0,E,1,100,1", "0,E,1", "line 24.*3 values where 5 are needed"),
        ("SECTION_COVER", "SECTION_COVERS", "line 23: unknown section"),
        ("SECTION_SHIFT_OFF_REQUESTS\n", "", "sections are missing: SECTION_SHIFT_OFF_REQUESTS"),
        ("Mei,0,6", "Ada,0,6", "unknown staff.*Ada"),
        ("Mei,2,E,3", "Mei,9,E,3", "contradicts itself.*day 9 of 7"),
        ("# A comment", "stray", "line 1: 'stray' stands before any section"),
        ("# days\n7", "# days", "SECTION_HORIZON must hold one line"),
        ("SECTION_DAYS_OFF", "SECTION_STAFF", "line 14: SECTION_STAFF appears twice"),
        ("Omar,E=3", "Mei,E=3", "'Mei' appears twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old, new, words):
    with pytest.raises(ValueError, match=words):
        curtois_qu.read(TEXT.replace(old, new))
