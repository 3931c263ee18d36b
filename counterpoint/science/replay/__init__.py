"""A real day as a scenario: live it again to the second, fork it at any minute, compare what would have come.

From a record to two futures::

    from counterpoint.science import replay, twin

    day = replay.scenario(recorded, model)           # a Recorded day on its BranchModel
    replay.replay(day, seed=7).exact                 # every take, call, end and leaving within 1e-6 minutes
    open_window = replay.Change((replay.Event(640.0, "open", counter="3", person="bo"),))
    found = replay.compare(day, 640.0, {"window 3": open_window}, seed=7)
    found.to_frame()                                 # paired differences to going on as it was, with intervals
    replay.regrets(day, seed=7)                      # what each real decision was worth

Nothing before the fork changes. What was seen (who came, how long each service took, who left when) stays; what nobody
saw (the patience of those who were called) is drawn given what was. What the twin cannot act out is counted in
``Scenario.unexpressed``: docs/explanation/replay.md. Times are minutes since midnight.
"""

from counterpoint.science.replay import datasets as datasets
from counterpoint.science.replay.compare import MEASURES as MEASURES
from counterpoint.science.replay.compare import Futures as Futures
from counterpoint.science.replay.compare import as_it_was as as_it_was
from counterpoint.science.replay.compare import compare as compare
from counterpoint.science.replay.compare import regrets as regrets
from counterpoint.science.replay.datasets import recorded_day as recorded_day
from counterpoint.science.replay.futures import NOTHING as NOTHING
from counterpoint.science.replay.futures import Change as Change
from counterpoint.science.replay.futures import Fork as Fork
from counterpoint.science.replay.futures import Replayed as Replayed
from counterpoint.science.replay.futures import changed as changed
from counterpoint.science.replay.futures import moved_break as moved_break
from counterpoint.science.replay.futures import replay as replay
from counterpoint.science.replay.futures import sequence as sequence
from counterpoint.science.replay.futures import standing as standing
from counterpoint.science.replay.futures import without as without
from counterpoint.science.replay.record import PLACES as PLACES
from counterpoint.science.replay.record import Event as Event
from counterpoint.science.replay.record import Recorded as Recorded
from counterpoint.science.replay.record import Visit as Visit
from counterpoint.science.replay.record import Worker as Worker
from counterpoint.science.replay.record import served_from_log as served_from_log
from counterpoint.science.replay.scenario import Leg as Leg
from counterpoint.science.replay.scenario import Scenario as Scenario
from counterpoint.science.replay.scenario import scenario as scenario
from counterpoint.science.replay.shape import shape as shape
from counterpoint.science.replay.walk import Standing as Standing
from counterpoint.science.replay.walk import Walk as Walk
from counterpoint.science.replay.walk import standing_at as standing_at
