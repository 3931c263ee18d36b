"""Playing a branch day: a day of which only the orders are open, its loss, the best found, and what each decision cost.

From a plan to a debrief::

    from counterpoint.science import playing

    game = playing.Game.of_plan(model, staffing, rates, seed=7)            # who comes is drawn and kept
    orders = [playing.Order.of(36_000, "window-open", counter="K4", user="floater")]
    day = playing.play(game, orders)                                       # or in pieces: the same day, bit for bit
    day.loss.total, day.digest()
    found = playing.best(game, own=[orders])                               # a published search, counted in tries
    playing.judge(game, orders, found, seed=7).to_frame()                  # a row a decision

Equal :meth:`Game.hash` and equal orders make equal days. :func:`bound` is a proved floor below every policy. Seconds
and minutes count from midnight; a loss is in minutes of waiting (:class:`counterpoint.science.advice.Loss`).
How far to believe it: docs/explanation/regret.md.
"""

from counterpoint.science.playing import datasets as datasets
from counterpoint.science.playing.course import course as course
from counterpoint.science.playing.course import grid_of as grid_of
from counterpoint.science.playing.debrief import Debrief as Debrief
from counterpoint.science.playing.debrief import expectation as expectation
from counterpoint.science.playing.debrief import judge as judge
from counterpoint.science.playing.floor import bound as bound
from counterpoint.science.playing.foresight import Foresight as Foresight
from counterpoint.science.playing.foresight import day_regret as day_regret
from counterpoint.science.playing.foresight import foresight as foresight
from counterpoint.science.playing.game import Game as Game
from counterpoint.science.playing.game import engine as engine
from counterpoint.science.playing.hindsight import Hindsight as Hindsight
from counterpoint.science.playing.hindsight import Point as Point
from counterpoint.science.playing.hindsight import hindsight as hindsight
from counterpoint.science.playing.hindsight import points_of as points_of
from counterpoint.science.playing.injects import Choice as Choice
from counterpoint.science.playing.injects import Condition as Condition
from counterpoint.science.playing.injects import Inject as Inject
from counterpoint.science.playing.injects import measure as measure
from counterpoint.science.playing.loss import DayLoss as DayLoss
from counterpoint.science.playing.orders import ACTS as ACTS
from counterpoint.science.playing.orders import ANSWER as ANSWER
from counterpoint.science.playing.orders import GONE as GONE
from counterpoint.science.playing.orders import NOT_IN_DRILL as NOT_IN_DRILL
from counterpoint.science.playing.orders import PLACES as PLACES
from counterpoint.science.playing.orders import Order as Order
from counterpoint.science.playing.orders import OrderError as OrderError
from counterpoint.science.playing.orders import orders_of as orders_of
from counterpoint.science.playing.picture import Labels as Labels
from counterpoint.science.playing.picture import figures as figures
from counterpoint.science.playing.picture import picture as picture
from counterpoint.science.playing.picture import steps as steps
from counterpoint.science.playing.play import Played as Played
from counterpoint.science.playing.play import play as play
from counterpoint.science.playing.policies import Policy as Policy
from counterpoint.science.playing.policies import advised as advised
from counterpoint.science.playing.policies import answered as answered
from counterpoint.science.playing.policies import any_order as any_order
from counterpoint.science.playing.policies import erratic as erratic
from counterpoint.science.playing.policies import follow as follow
from counterpoint.science.playing.policies import kindest as kindest
from counterpoint.science.playing.policies import nothing as nothing
from counterpoint.science.playing.policies import thumb as thumb
from counterpoint.science.playing.recorded import decided as decided
from counterpoint.science.playing.recorded import of_record as of_record
from counterpoint.science.playing.search import Best as Best
from counterpoint.science.playing.search import best as best
from counterpoint.science.playing.skill import Mean as Mean
from counterpoint.science.playing.skill import Split as Split
from counterpoint.science.playing.skill import paired as paired
from counterpoint.science.playing.skill import ranking as ranking
