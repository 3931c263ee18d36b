"""Playing a branch day: a day of which only the orders are open, its loss, the best found, and a floor.

From a plan to the best found::

    from counterpoint.science import playing

    game = playing.Game.of_plan(model, staffing, rates, seed=7)            # who comes is drawn and kept
    orders = [playing.Order.of(36_000, "window-open", counter="K4", user="floater")]
    day = playing.play(game, orders)                                       # or in pieces: the same day, bit for bit
    day.loss.total, day.digest()
    found = playing.best(game, own=[orders])                               # a published search, counted in tries

Equal :meth:`Game.hash` and equal orders make equal days. :func:`bound` is a proved floor below every policy. Seconds
and minutes count from midnight; a loss is in minutes of waiting (:class:`counterpoint.science.advice.Loss`).
"""

from counterpoint.science.playing import datasets as datasets
from counterpoint.science.playing.floor import bound as bound
from counterpoint.science.playing.game import Game as Game
from counterpoint.science.playing.game import engine as engine
from counterpoint.science.playing.injects import Choice as Choice
from counterpoint.science.playing.injects import Condition as Condition
from counterpoint.science.playing.injects import Inject as Inject
from counterpoint.science.playing.injects import measure as measure
from counterpoint.science.playing.loss import DayLoss as DayLoss
from counterpoint.science.playing.orders import ACTS as ACTS
from counterpoint.science.playing.orders import NOT_IN_DRILL as NOT_IN_DRILL
from counterpoint.science.playing.orders import Order as Order
from counterpoint.science.playing.orders import OrderError as OrderError
from counterpoint.science.playing.orders import orders_of as orders_of
from counterpoint.science.playing.play import Played as Played
from counterpoint.science.playing.play import play as play
from counterpoint.science.playing.policies import Policy as Policy
from counterpoint.science.playing.policies import advised as advised
from counterpoint.science.playing.policies import any_order as any_order
from counterpoint.science.playing.policies import erratic as erratic
from counterpoint.science.playing.policies import follow as follow
from counterpoint.science.playing.policies import nothing as nothing
from counterpoint.science.playing.search import Best as Best
from counterpoint.science.playing.search import best as best
