"""How sure a counted number is: limits that hold for few cases too.

``share_limits(hits, count)`` for a share (Wilson 1927), ``exact_share(hits, count)`` for one that must never promise
too much (Clopper and Pearson 1934), ``count_limits(count)`` for the mean of a number of rare events (Garwood 1936).
"""

from counterpoint.science.inference.limits import count_limits as count_limits
from counterpoint.science.inference.limits import exact_share as exact_share
from counterpoint.science.inference.limits import share_limits as share_limits
