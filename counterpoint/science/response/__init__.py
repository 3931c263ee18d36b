"""Response: will a plan of steps be over within its limit? From measured step times, with an honest interval.

::

    from counterpoint.science.response import Stage, chance

    found = chance(stages, limit=240, measured={"switch": [31.0, 44.5]}, answered={}, seed=1)
    found.value, found.low, found.high     # 0.87, between 0.74 and 0.95 (5–95 %)
    found.bottleneck                       # the step that eats the time in runs that miss
    found.to_frame()                       # each step: measured, median, P90, share of the critical path
    found.summary()

docs/explanation/emergencies.md.
"""

from counterpoint.science.response.chance import Chance as Chance
from counterpoint.science.response.chance import Outlook as Outlook
from counterpoint.science.response.chance import chance as chance
from counterpoint.science.response.stages import Prior as Prior
from counterpoint.science.response.stages import ResponseError as ResponseError
from counterpoint.science.response.stages import Stage as Stage
