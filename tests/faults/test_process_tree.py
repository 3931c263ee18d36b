"""The process tree heals itself, stops as a whole, and leaves nobody behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from counterpoint.config.supervisor import listening, members
from tests.faults.household import ROOT

TREE = """
import sys
from pathlib import Path
from counterpoint.config.supervisor import Child, Supervisor, UpFailed
port, folder, code = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
tree = Supervisor([Child("web", (sys.executable, "-c", code, str(port)), port)], folder)
try:
    tree.run(lambda: print("ready", flush=True))
except UpFailed as failed:
    print("failed:", failed, flush=True)
    sys.exit(1)
print("down", flush=True)
"""

# Like the real server: a parent whose worker holds the port.
SERVER = """
import os, signal, socket, sys, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
worker = os.fork()
if worker == 0:
    while True:
        listener.accept()[0].close()
listener.close()
signal.signal(signal.SIGTERM, lambda *_: (os.kill(worker, 9), os._exit(0)))
while True:
    time.sleep(1)
"""
STUBBORN = SERVER.replace("lambda *_: (os.kill(worker, 9), os._exit(0))", "signal.SIG_IGN")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def tree(port, tmp_path):
    """Starts trees; whatever is left of them at the end is killed."""
    started = []

    def start(code=SERVER):
        process = subprocess.Popen(
            [sys.executable, "-c", TREE, str(port), str(tmp_path / "run"), code],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()  # not communicate(): an orphan may hold the pipe
        process.stdout.close()
    for file in (tmp_path / "run").glob("*.pid"):
        for pid in members(int(file.read_text())):
            os.kill(pid, signal.SIGKILL)


def leader(tmp_path):
    return int((tmp_path / "run" / "web.pid").read_text())


def until(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def test_a_killed_server_comes_back_though_its_worker_still_held_the_port(tree, port, tmp_path):
    process = tree()
    assert process.stdout.readline() == "ready\n"
    first = leader(tmp_path)
    os.kill(first, signal.SIGKILL)
    assert process.stdout.readline() == "web ended with -9; starting it again\n"
    until(lambda: leader(tmp_path) != first and listening(port))
    assert members(first) == []


def test_a_stopped_tree_leaves_nobody_and_no_port(tree, port, tmp_path):
    process = tree()
    process.stdout.readline()
    group = leader(tmp_path)
    process.terminate()
    assert process.communicate()[0] == "down\n"
    assert process.returncode == 0 and members(group) == [] and not listening(port)


def test_a_child_that_ignores_the_request_is_killed(tree, port, tmp_path):
    process = tree(STUBBORN)
    process.stdout.readline()
    group = leader(tmp_path)
    process.terminate()
    said = process.communicate()[0]
    assert "did not end in time" in said and members(group) == [] and not listening(port)


def test_a_second_tree_on_the_same_home_is_refused(tree):
    tree().stdout.readline()
    assert "already runs" in tree().communicate()[0]


def test_what_a_killed_supervisor_left_is_swept_by_the_next(tree, port, tmp_path):
    process = tree()
    process.stdout.readline()
    orphan = leader(tmp_path)
    process.kill()
    process.wait()
    assert listening(port)
    following = tree()
    assert "left behind" in following.stdout.readline()
    assert following.stdout.readline() == "ready\n"
    assert members(orphan) == []


def test_a_port_of_somebody_else_is_named_and_left_alone(tree, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert f"Port {port} is in use" in tree().communicate()[0]
        assert listening(port)


@pytest.mark.slow
def test_the_whole_product_comes_up_heals_and_goes_down(household, port, tmp_path):
    manifest = tmp_path / "assets" / "static" / "staticfiles.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"version": "1.1", "paths": {}, "hash": ""}')
    env = household.env | {"COUNTERPOINT_ASSETS": str(tmp_path / "assets")}
    process = subprocess.Popen(
        [sys.executable, "-m", "counterpoint.config.cli", "up", "--port", str(port)],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline().startswith("Counterpoint answers")
        until(lambda: beat(household) >= 1)
        os.kill(int((household.home / "run" / "web.pid").read_text()), signal.SIGKILL)
        until(lambda: answers(port))
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0 and not listening(port)
    assert household.play("answer(**parts.state())")["integrity"] == "ok"


def beat(household):
    code = (
        "from counterpoint.foundation.models import Heartbeat\nanswer(n=Heartbeat.objects.filter(name='jobs').count())"
    )
    return household.play(code)["n"]


def answers(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/live/nowhere", timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
