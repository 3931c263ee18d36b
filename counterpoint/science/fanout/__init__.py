"""Fan-out: the same work for many branches, on the cores of one machine or on the workers of a cluster.

::

    from counterpoint.science import fanout

    branches = fanout.varied_branches(1200, seed=1)                # or your own: fanout.Branch(name, model, ...)
    found = fanout.simulate_branches(branches)                     # one process a core of this machine
    found.to_frame()                                               # one row a branch: (KPI, statistic) columns
    found.failed                                                   # {name: what went wrong}; others are not harmed

    cluster = fanout.connect("sc://spark.bank.example:15002")      # pip install 'counterpoint[cluster]'
    fanout.simulate_branches(branches, cluster)                    # the same bits

An :class:`Executor` maps tasks (a name and bytes) to outcomes (bytes, or an error in words) by a function that both
sides can import. Nothing depends on where or in which order a task runs: seeds are part of the task. See
docs/decisions/0008-fan-out.md.
"""

from counterpoint.science.fanout.branches import STATISTICS as STATISTICS
from counterpoint.science.fanout.branches import Branch as Branch
from counterpoint.science.fanout.branches import BranchKpis as BranchKpis
from counterpoint.science.fanout.branches import engine_version as engine_version
from counterpoint.science.fanout.branches import simulate_branch as simulate_branch
from counterpoint.science.fanout.branches import simulate_branches as simulate_branches
from counterpoint.science.fanout.cluster import Cluster as Cluster
from counterpoint.science.fanout.cluster import connect as connect
from counterpoint.science.fanout.datasets import varied_branch as varied_branch
from counterpoint.science.fanout.datasets import varied_branches as varied_branches
from counterpoint.science.fanout.local import Local as Local
from counterpoint.science.fanout.task import Executor as Executor
from counterpoint.science.fanout.task import FanoutError as FanoutError
from counterpoint.science.fanout.task import Outcome as Outcome
from counterpoint.science.fanout.task import Task as Task
from counterpoint.science.fanout.task import fingerprint as fingerprint
from counterpoint.science.fanout.task import refuse_other as refuse_other
