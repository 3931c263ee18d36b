"""Advice for the hall: what could be done now, what each would bring, and whether anything pays at all.

From the state of a hall to a ranked list::

    from counterpoint.science import advice, twin

    state = twin.state_from_live(...)                 # the hall now
    found = advice.advise(state, seed=7)              # options, futures with common people, ranking
    found.best                                        # an Option, or None: no action pays
    found.to_frame()                                  # one row an option: differences to doing nothing, with intervals

Doing nothing is always among the options. Minutes are of waiting, `loss` is in minutes of waiting (:class:`Loss`).
"""

from counterpoint.science.advice.advisor import Advice as Advice
from counterpoint.science.advice.advisor import Standing as Standing
from counterpoint.science.advice.advisor import advise as advise
from counterpoint.science.advice.measures import MEASURES as MEASURES
from counterpoint.science.advice.measures import Loss as Loss
from counterpoint.science.advice.measures import measures as measures
from counterpoint.science.advice.options import NOTHING as NOTHING
from counterpoint.science.advice.options import Option as Option
from counterpoint.science.advice.options import Rules as Rules
from counterpoint.science.advice.options import options as options
