"""Advice for the hall: what could be done now, what each would bring, and whether anything pays at all.

From the state of a hall to a ranked list::

    from counterpoint.science import advice, twin

    state = twin.state_from_live(...)                 # the hall now
    found = advice.advise(state, seed=7)              # options, futures with common people, ranking
    found.best                                        # an Option, or None: no action pays
    found.to_frame()                                  # one row an option: differences to doing nothing, with intervals

``advise(..., lookahead=Lookahead())`` also tries the few best options some minutes later (:class:`Plan`): "wait, then
open window 4 if so many still wait". A ticket is taken first within :class:`Fairness`; :class:`Surge` takes several
steps at once. Doing nothing is always among the options. Minutes are of waiting, `loss` is in minutes of waiting
(:class:`Loss`).
"""

from counterpoint.science.advice.advisor import Advice as Advice
from counterpoint.science.advice.advisor import Standing as Standing
from counterpoint.science.advice.advisor import advise as advise
from counterpoint.science.advice.fairness import LEFT as LEFT
from counterpoint.science.advice.fairness import REFUSALS as REFUSALS
from counterpoint.science.advice.fairness import Fairness as Fairness
from counterpoint.science.advice.fairness import Line as Line
from counterpoint.science.advice.fairness import Ticket as Ticket
from counterpoint.science.advice.fairness import Window as Window
from counterpoint.science.advice.hall import Hall as Hall
from counterpoint.science.advice.lookahead import Lookahead as Lookahead
from counterpoint.science.advice.lookahead import Plan as Plan
from counterpoint.science.advice.measures import MEASURES as MEASURES
from counterpoint.science.advice.measures import Loss as Loss
from counterpoint.science.advice.measures import measures as measures
from counterpoint.science.advice.options import KINDS as KINDS
from counterpoint.science.advice.options import NOTHING as NOTHING
from counterpoint.science.advice.options import SINGLE as SINGLE
from counterpoint.science.advice.options import Option as Option
from counterpoint.science.advice.options import Rules as Rules
from counterpoint.science.advice.options import Surge as Surge
from counterpoint.science.advice.options import options as options
from counterpoint.science.advice.options import together as together
