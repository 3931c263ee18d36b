"""Work done wrongly on purpose: what the comparison of bits must notice."""

from __future__ import annotations

from dataclasses import replace

from counterpoint.science.fanout import Branch, Task, simulate_branch


def seeded_by_place(payload: bytes) -> bytes:
    """The mistake that fan-outs make: the partition is part of the seed."""
    from pyspark import TaskContext

    here = TaskContext.get()
    branch = Branch.from_task(Task("", payload))
    return simulate_branch(replace(branch, seed=branch.seed + (here.partitionId() if here else 0)).to_task().payload)
