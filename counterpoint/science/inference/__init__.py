"""How sure a counted number is: limits that hold for few cases too; and whether what was done moved a figure.

``share_limits(hits, count)`` for a share (Wilson 1927), ``exact_share(hits, count)`` for one that must never promise
too much (Clopper and Pearson 1934), ``count_limits(count)`` for the mean of a number of rare events (Garwood 1936).
``effect(Panel(values, treated, since), seed=…)``: difference in differences of branch-weeks with matched controls.
"""

from counterpoint.science.inference.effect import Effect as Effect
from counterpoint.science.inference.effect import Panel as Panel
from counterpoint.science.inference.effect import TooLittle as TooLittle
from counterpoint.science.inference.effect import effect as effect
from counterpoint.science.inference.limits import count_limits as count_limits
from counterpoint.science.inference.limits import exact_share as exact_share
from counterpoint.science.inference.limits import share_limits as share_limits
