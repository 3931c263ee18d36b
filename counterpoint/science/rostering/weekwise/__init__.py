"""Rosters of one week, a whole week of a person at a time.

Given what presence is worth in every interval, the cheapest legal week of one person is found exactly, by dynamic
programming in compiled code, in a fraction of a millisecond. Two uses: people answer one another in turn (the descent),
and weeks are columns of a linear programme whose prices ask for better ones (Dantzig and Wolfe 1960),
which gives the bound and, fixed person by person, rosters close to it. ``tables`` says which problems are pictured.
"""

from counterpoint.science.rostering.weekwise.hall import heads_of as heads_of
from counterpoint.science.rostering.weekwise.hall import plan_of as plan_of
from counterpoint.science.rostering.weekwise.hall import shifts_of as shifts_of
from counterpoint.science.rostering.weekwise.hall import usable as usable
from counterpoint.science.rostering.weekwise.search import WeekSearch as WeekSearch
from counterpoint.science.rostering.weekwise.tables import Tables as Tables
from counterpoint.science.rostering.weekwise.tables import refusal as refusal
from counterpoint.science.rostering.weekwise.tables import tables as tables
