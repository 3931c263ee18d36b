"""Processes of one machine: the order of the answers, errors by name, killed processes."""

from multiprocessing import get_context

import numpy as np
import pytest

from counterpoint.science.fanout import Local, Outcome, Task
from counterpoint.science.fanout.tests import work


def tasks(*payloads):
    return [Task(f"B{i}", payload) for i, payload in enumerate(payloads)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_answers_come_in_the_order_of_the_tasks_and_an_error_names_its_task(workers):
    asked = tasks(*(b"0" if i == 7 else str(i).encode() for i in range(20)))
    found = Local(workers).map(asked, work.double)
    assert [o.name for o in found] == [t.name for t in asked]
    assert found[7] == Outcome("B7", None, "ZeroDivisionError: nothing to double")
    assert all(o.value == t.payload * 2 for o, t in zip(found, asked, strict=True) if t.payload != b"0")


def test_no_tasks_need_no_process():
    assert Local(2).map([], work.double) == []


def test_tasks_are_taken_as_they_are_needed():
    taken = 0

    def feed():
        nonlocal taken
        for i in range(60):
            taken += 1
            yield Task(str(i), b"1")

    ahead = []
    Local(2).map(feed(), work.double, progress=lambda done: ahead.append(taken - done))
    assert max(ahead) <= 3 * 2 + 2  # a full store of work, and what finished while we looked
    assert len(ahead) == 60


def test_progress_counts_up_to_all():
    told = []
    Local(2).map(tasks(*[b"1"] * 9), work.double, progress=told.append)
    assert told == list(range(1, 10))


def test_a_killed_process_costs_no_answer(tmp_path):
    mark = str(tmp_path / "killed").encode()
    asked = tasks(*(mark + b"|5" if i == 5 else b"|" + str(i).encode() for i in range(30)))
    found = Local(2).map(asked, work.killed_once)
    assert (tmp_path / "killed").exists()
    assert [o.value for o in found] == [str(i).encode() for i in range(30)]
    assert not any(o.error for o in found)


def test_a_task_that_kills_every_process_is_given_up_by_name_and_harms_no_other():
    asked = tasks(*(b"die" if i == 3 else str(i).encode() for i in range(24)))
    found = Local(2).map(asked, work.deadly)
    assert [o.name for o in found if o.error] == ["B3"]
    assert "ended 2 times" in found[3].error and "killed" in found[3].error
    assert [o.value for o in found if not o.error] == [t.payload for t in asked if t.payload != b"die"]


def test_processes_share_the_work():
    found = Local(2).map(tasks(*[b""] * 40), work.where)
    assert len({o.value for o in found}) == 2


def test_work_that_processes_cannot_import_is_an_error_of_the_caller():
    with pytest.raises((AttributeError, TypeError, ValueError), match=r"(?i)pickle|local"):
        Local(2).map(tasks(b"1", b"2"), lambda payload: payload)


def test_a_job_worker_that_may_have_no_children_does_the_work_itself():
    context = get_context("spawn")
    with context.Pool(1) as pool:  # its workers are daemonic
        assert pool.apply(work.nested, (b"7",)) == b"77"


def test_an_interrupted_caller_leaves_no_processes_behind():
    def stop(done):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Local(2).map(tasks(*[b"1"] * 50), work.double, progress=stop)
    assert Local(2).map(tasks(b"1"), work.double)[0].value == b"11"


def test_values_travel_bit_by_bit():
    numbers = np.array([np.nan, -0.0, 5e-324, 0.1, np.inf])
    found = Local(2).map([Task("x", numbers.tobytes())], work.double)[0].value
    assert found == numbers.tobytes() * 2
