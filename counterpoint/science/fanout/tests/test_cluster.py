"""What can be known of the cluster adapter without a cluster: the worker's part, progress, and refusals in words.

The real one is in tests/cluster.
"""

import socket
import sys
from types import SimpleNamespace

import pandas as pd
import pytest

from counterpoint.science import fanout
from counterpoint.science.fanout import cluster
from counterpoint.science.fanout.tests import work


def test_a_worker_answers_every_task_of_its_partition():
    frames = [
        pd.DataFrame({"number": [4, 1], "name": ["e", "b"], "payload": [b"5", b"0"]}),
        pd.DataFrame({"number": [9], "name": ["j"], "payload": [bytearray(b"7")]}),
    ]
    rows = pd.concat(list(cluster.each(work.double)(iter(frames))))
    assert rows.to_numpy().tolist() == [
        [4, "e", b"55", None],
        [1, "b", None, "ZeroDivisionError: nothing to double"],
        [9, "j", b"77", None],
    ]


class Session:
    """Remembers who wants to be told."""

    def __init__(self):
        self.handlers = []

    def registerProgressHandler(self, handler):
        self.handlers.append(handler)

    def removeProgressHandler(self, handler):
        self.handlers.remove(handler)


def stage(number, done, tasks):
    return SimpleNamespace(stage_id=number, num_completed_tasks=done, num_tasks=tasks)


def test_progress_is_that_of_the_working_stage_and_never_falls():
    session, told = Session(), []
    with cluster._told(session, told.append, 100, 40):
        for stages in (
            None, [stage(0, 8, 8)], [stage(0, 8, 8), stage(2, 0, 10)], [stage(2, 5, 10), stage(0, 8, 8)],
            [stage(0, 8, 8), stage(2, 4, 10)], [stage(0, 8, 8), stage(2, 10, 10)],
        ):  # fmt: skip
            session.handlers[0](stages=stages, inflight_tasks=1, operation_id=None, done=False)
    assert told == [120]  # the whole wave is told when its answers are here
    assert session.handlers == []


def test_nobody_asks_for_progress_nobody_is_told():
    session = Session()
    with cluster._told(session, None, 0, 1):
        assert session.handlers == []


def test_without_the_client_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(fanout.FanoutError, match=r"counterpoint\[cluster\]"):
        fanout.connect("sc://localhost:15002")


@pytest.fixture
def client(monkeypatch):
    """Names that stand for the installed client; no test here gets as far as using them."""
    names = SimpleNamespace(PySparkException=Exception, SparkSession=None)
    for module in ("pyspark", "pyspark.errors", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, module, names)


@pytest.mark.parametrize("address", ["localhost:15002", "http://localhost", "sc://", ""])
def test_an_address_that_is_none_is_refused(client, address):
    with pytest.raises(fanout.FanoutError, match="sc://host"):
        fanout.connect(address)


def test_an_address_where_nobody_listens_is_refused_at_once(client):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening
        with pytest.raises(fanout.FanoutError, match="Nobody listens"):
            fanout.connect(f"sc://127.0.0.1:{taken.getsockname()[1]}")
