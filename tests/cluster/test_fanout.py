"""Fan-out on a real cluster of two workers: same bits as here, errors by name, a killed worker, nobody let in.

Run by ``make test-cluster`` with the thin client; skipped where no Spark client is installed. Fixtures stand here, not
in a conftest: the client's environment needs no web framework.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from counterpoint.science import fanout
from counterpoint.science.fanout.tests import work
from counterpoint.science.rostering import Limit, many
from counterpoint.science.rostering.datasets import branch_week
from tests.cluster import sabotage
from tests.cluster.spark import ROOT, SparkCluster

pyspark = pytest.importorskip("pyspark", reason="the Spark client is not installed: make test-cluster")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17", allow_module_level=True)
pytestmark = pytest.mark.slow

TOKEN = "SPARK_CONNECT_AUTHENTICATE_TOKEN"
LOOPBACKS = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
BRANCHES = 64
ROSTERS = 24


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    running = SparkCluster(tmp_path_factory.mktemp("spark"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def cluster(spark):
    os.environ[TOKEN] = spark.token
    found = fanout.connect(spark.address)
    yield found
    found.session.stop()


@pytest.fixture(scope="module")
def bank():
    return list(fanout.varied_branches(BRANCHES, seed=11, replications=100))


@pytest.fixture(scope="module")
def here(bank):
    return fanout.simulate_branches(bank, fanout.Local(1))


def test_64_branches_give_the_same_bits_as_here(cluster, bank, here):
    told = []
    found = fanout.simulate_branches(bank, cluster, progress=told.append)
    assert found.failed == {} and found.names == here.names
    assert found.values.tobytes() == here.values.tobytes()
    assert told == sorted(told) and told[-1] == BRANCHES and len(told) > 3


def test_both_workers_take_part_and_nothing_listens_beyond_this_machine(spark, cluster):
    found = cluster.map([fanout.Task(str(i), b"") for i in range(64)], work.where)
    workers = [set(spark.pids(f"worker-{i}")) for i in range(2)]
    did = {int(outcome.value) for outcome in found}
    assert all(did & pids for pids in workers) and did <= workers[0] | workers[1]
    assert spark.listening() and spark.listening() <= LOOPBACKS


@pytest.mark.parametrize("partitions", [1, 7, 64])
def test_however_the_work_is_cut_the_bits_are_the_same(cluster, bank, here, partitions):
    cut = replace(cluster, partitions=partitions, wave=23)
    found = fanout.simulate_branches(bank[:50], cut)
    assert found.values.tobytes() == here.values[:50].tobytes()


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(spark, cluster, bank, here):
    killed = []

    def kill(done):
        if done >= BRANCHES // 8 and not killed:
            killed.extend(spark.kill_worker(1))

    found = fanout.simulate_branches(bank, cluster, progress=kill)
    assert len(killed) >= 3  # the worker, its executor, the executor's Python
    assert not any(Path(f"/proc/{pid}/cmdline").exists() and cmdline(pid) for pid in killed)
    assert found.failed == {}
    assert found.values.tobytes() == here.values.tobytes()
    spark.start_workers(1)


def test_rosters_are_the_same_here_and_there_though_a_worker_is_killed(spark, cluster):
    asked = [many.Branch(f"R{n:02d}", branch_week(16, n), n, Limit(deterministic=0.5)) for n in range(ROSTERS)]
    killed = []

    def kill(done):
        if done >= ROSTERS // 6 and not killed:
            killed.extend(spark.kill_worker(0))

    found = many.solve_many(asked, cluster, progress=kill)
    spark.start_workers(0)
    assert len(killed) >= 3
    here = many.solve_many(asked, fanout.Local(1))
    assert len(found.answers) == ROSTERS and found.failed == here.failed == {}
    assert dict(found.answers) == dict(here.answers) and dict(found.told) == dict(here.told)


def cmdline(pid):
    """Empty for a process that has ended and was not yet taken note of."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_branch_that_cannot_be_simulated_is_named_and_the_others_are_there(cluster, bank, here):
    asked = [replace(b, rates=np.zeros((3, 4))) if b.name == "B00005" else b for b in bank[:20]]
    found = fanout.simulate_branches(asked, cluster)
    assert list(found.failed) == ["B00005"] and "ModelError" in found.failed["B00005"]
    kept = [i for i in range(20) if i != 5]
    assert found.values[kept].tobytes() == here.values[:20][kept].tobytes()


def test_work_that_kills_every_process_fails_its_wave_by_name_and_not_the_others(cluster):
    tasks = [fanout.Task(f"B{i}", b"die" if i == 9 else str(i).encode()) for i in range(24)]
    found = replace(cluster, wave=8).map(tasks, work.deadly)
    assert [o.name for o in found if o.error] == [f"B{i}" for i in range(8, 16)]
    assert "gave up" in found[9].error
    assert [o.value for o in found if not o.error] == [str(i).encode() for i in (*range(8), *range(16, 24))]


def test_a_seed_that_depends_on_the_place_is_noticed(cluster, bank, here):
    """The comparison can fail: the mistake it is made for changes the bits."""
    tasks = [branch.to_task() for branch in bank[:16]]
    expected = [row.tobytes() for row in here.values[:16]]
    assert [o.value for o in fanout.Local(1).map(tasks, sabotage.seeded_by_place)] == expected
    assert [o.value for o in cluster.map(tasks, sabotage.seeded_by_place)] != expected


@pytest.mark.parametrize("token", ["wrong", None])
def test_nobody_is_let_in_without_the_token(spark, token):
    knock = f"from counterpoint.science import fanout; fanout.connect({spark.address!r})"
    environment = {k: v for k, v in os.environ.items() if k != TOKEN} | ({TOKEN: token} if token else {})
    visitor = subprocess.run(
        [sys.executable, "-c", knock], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert visitor.returncode != 0 and "FanoutError: The Spark Connect server refuses" in visitor.stderr


def test_secrets_stand_in_no_command_line_and_no_readable_file(spark):
    conf = spark.place / "conf/spark-defaults.conf"
    secret = conf.read_text().split("spark.authenticate.secret ")[1].splitlines()[0]
    assert conf.stat().st_mode & 0o077 == 0
    for part in spark.parts:
        for pid in spark.pids(part):
            assert secret.encode() not in cmdline(pid) and spark.token.encode() not in cmdline(pid)
        assert secret not in spark.log(part) and spark.token not in spark.log(part)


def test_the_extra_is_what_was_tried_and_brings_no_java():
    text = (ROOT / "pyproject.toml").read_text()
    assert f'cluster = ["{(ROOT / "tests/cluster/client.in").read_text().strip()}"]' in text
    assert not (Path(pyspark.__file__).parent / "jars").exists()
    assert "pyspark" not in (ROOT / "requirements.lock").read_text()
