"""The process tree decides when a fallen child is started again, without a real process and without waiting."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.config import supervisor
from counterpoint.config.supervisor import MARK, MAX_PAUSE, STEADY_SECONDS, Child, Supervisor, UpFailed


class FakeProcess:
    """A child that ends when the test says so."""

    def __init__(self, pid):
        self.pid, self.returncode, self.asked, self.stubborn = pid, None, [], False

    def poll(self):
        return self.returncode

    def terminate(self):
        self.asked.append("terminate")

    def wait(self, timeout=None):
        if self.stubborn and "kill" not in self.asked:
            raise subprocess.TimeoutExpired("child", timeout)
        self.returncode = 0 if self.returncode is None else self.returncode
        return self.returncode


class House:
    """A supervisor over fake processes, with a clock that stands until it is moved."""

    def __init__(self, monkeypatch, folder, *children):
        self.now, self.started, self.environments, self.said = 1000.0, [], [], []
        monkeypatch.setattr(supervisor.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(supervisor.subprocess, "Popen", self._start)
        monkeypatch.setattr(supervisor, "_kill_group", self._kill)
        self.tree = Supervisor(children or [Child("web", ("run",))], folder, self.said.append)
        self.child = self.tree.children[0]

    def _start(self, command, start_new_session, env):
        assert start_new_session, "a signal for the parent's terminal must not reach the child"
        self.started.append(FakeProcess(100 + len(self.started)))
        self.environments.append(env)
        return self.started[-1]

    def _kill(self, group):
        for process in self.started:
            if process.pid == group:
                process.asked.append("kill")

    def tend(self, after=0.0):
        self.now += after
        for child in self.tree.children:
            self.tree._tend(child)

    def falls(self, code=1, after=0.0):
        self.now += after
        self.started[-1].returncode = code
        self.tend()


@pytest.fixture
def house(monkeypatch, tmp_path):
    return House(monkeypatch, tmp_path)


def test_a_child_is_started_once_and_noted_with_its_number_and_mark(house, tmp_path):
    house.tend()
    house.tend(after=60)
    assert len(house.started) == 1
    assert (tmp_path / "web.pid").read_text() == "100"
    assert house.environments[0][MARK] == str(tmp_path)
    assert house.environments[0]["PATH"] == os.environ["PATH"]


def test_the_first_fall_is_mended_at_once_and_told(house):
    house.tend()
    house.falls(code=-9)
    assert len(house.started) == 2
    assert house.said == ["web ended with -9; starting it again"]


def test_what_a_killed_leader_left_behind_is_killed_before_the_next_start(house):
    house.tend()
    house.falls()
    assert house.started[0].asked == ["kill"]


def test_a_child_that_falls_again_and_again_waits_longer_each_time_up_to_half_a_minute(house):
    house.tend()
    house.falls()
    pauses = []
    for _ in range(8):
        house.falls(after=1)
        pauses.append(house.child.start_after - house.now)
        house.tend(after=pauses[-1])
    assert pauses == [2, 4, 8, 16, MAX_PAUSE, MAX_PAUSE, MAX_PAUSE, MAX_PAUSE]
    assert house.said[1].endswith("starting it again in 2 s")


def test_a_pause_is_kept_to_its_end_and_not_a_moment_longer(house):
    house.tend()
    house.falls()
    house.falls(after=1)
    begun = len(house.started)
    house.tend(after=1.99)
    assert len(house.started) == begun
    house.tend(after=0.02)
    assert len(house.started) == begun + 1


@pytest.mark.parametrize(("lived", "falls"), [(STEADY_SECONDS, 3), (STEADY_SECONDS + 0.1, 0)])
def test_a_child_that_ran_steadily_begins_with_a_clean_slate(house, lived, falls):
    house.tend()
    house.falls()
    house.falls(after=1)
    house.tend(after=5)
    house.falls(after=lived)
    assert house.child.falls == falls


@settings(max_examples=15)
@given(lives=st.lists(st.integers(0, 30), min_size=1, max_size=25))
def test_no_pause_is_ever_longer_than_half_a_minute_and_the_count_follows_the_story(lives):
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        house = House(patch, Path(folder))
        house.tend()
        expected = 0
        for lived in lives:
            house.falls(after=lived)
            expected = 0 if lived > STEADY_SECONDS else expected + 1
            pause = house.child.start_after - house.now
            assert house.child.falls == expected
            assert pause == (0 if expected <= 1 else min(MAX_PAUSE, 2 ** (expected - 1)))
            house.tend(after=pause)
        assert len(house.started) == len(lives) + 1


def test_at_the_end_everybody_is_asked_first_and_the_stubborn_one_is_killed(monkeypatch, tmp_path):
    house = House(monkeypatch, tmp_path, Child("web", ("a",)), Child("jobs", ("b",)))
    house.tend()
    house.started[1].stubborn = True
    house.tree._end_all()
    assert [process.asked[0] for process in house.started] == ["terminate", "terminate"]
    assert house.said == ["jobs did not end in time and was killed; unfinished jobs are taken up again"]
    assert list(tmp_path.glob("*.pid")) == []


def test_a_child_that_waits_for_its_next_start_needs_no_end(house):
    house.tend()
    house.falls()
    house.falls(after=1)
    house.tree._end_all()
    assert house.started[-1].asked == ["kill"]


def test_a_second_tree_on_the_same_folder_is_refused_and_the_first_keeps_its_lock(tmp_path):
    first, second = Supervisor([], tmp_path / "run"), Supervisor([], tmp_path / "run")
    first._claim()
    with pytest.raises(UpFailed, match="already runs"):
        second._claim()
    first._end_all()
    Supervisor([], tmp_path / "run")._claim()


@pytest.mark.parametrize("content", ["", "0", "not a number", "\x00\x00\x00\x00", "12\x00"])
def test_a_number_file_that_a_power_cut_spoilt_is_swept_away(tmp_path, content):
    (tmp_path / "web.pid").write_text(content)
    said = []
    Supervisor([], tmp_path, said.append).sweep()
    assert said == [] and list(tmp_path.glob("*.pid")) == []


def sleeping(**env):
    command = [sys.executable, "-S", "-c", "import signal; print('up', flush=True); signal.pause()"]
    process = subprocess.Popen(command, env=os.environ | env, start_new_session=True, stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def test_a_stranger_who_got_the_number_of_a_dead_child_is_left_alone(tmp_path):
    stranger = sleeping()
    try:
        (tmp_path / "web.pid").write_text(str(stranger.pid))
        said = []
        Supervisor([], tmp_path, said.append).sweep()
        assert stranger.poll() is None and said == []
        assert not (tmp_path / "web.pid").exists()
    finally:
        stranger.kill()
        stranger.communicate()


def test_a_child_of_an_earlier_run_is_ended_by_its_mark_and_one_of_another_home_is_not(tmp_path):
    mine, foreign = sleeping(**{MARK: str(tmp_path)}), sleeping(**{MARK: str(tmp_path / "other")})
    try:
        (tmp_path / "jobs.pid").write_text(str(mine.pid))
        (tmp_path / "web.pid").write_text(str(foreign.pid))
        said = []
        Supervisor([], tmp_path, said.append).sweep()
        assert mine.wait(5) == -9 and foreign.poll() is None
        assert said == ["ending what an earlier run left behind: jobs"]
    finally:
        for process in (mine, foreign):
            process.kill()
            process.communicate()


def test_a_port_answers_only_while_somebody_listens():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        assert not supervisor.listening(port)
        held.listen()
        assert supervisor.listening(port)


def test_a_port_of_somebody_else_is_refused_before_anything_is_started(monkeypatch, tmp_path):
    house = House(monkeypatch, tmp_path, Child("web", ("a",), port=8000))
    monkeypatch.setattr(supervisor, "listening", lambda port: True)
    with pytest.raises(UpFailed, match=r"Port 8000 is in use.*--port"):
        house.tree.run()
    assert house.started == []


def test_ready_is_said_once_when_every_port_answers(monkeypatch, tmp_path):
    house = House(monkeypatch, tmp_path, Child("web", ("a",), port=8000), Child("jobs", ("b",)))
    answers = iter([False, False, False, True, True])
    monkeypatch.setattr(supervisor, "listening", lambda port: next(answers))
    told, turns = [], iter([False, False, False, False, True])
    monkeypatch.setattr(house.tree._stop, "wait", lambda seconds: None)
    monkeypatch.setattr(house.tree._stop, "is_set", lambda: next(turns))
    house.tree.run(lambda: told.append(len(house.started)))
    assert told == [2]
