"""P-E3 in a real browser: offline, killed with unsent answers, the server killed meanwhile, a second window."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.faults.candidate import Candidate
from tests.faults.household import ROOT, Household
from tests.faults.walker import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    pytest.mark.skipif(bool(os.environ.get("COUNTERPOINT_DATABASE")), reason="the browser's side is the same on both"),
]


@pytest.fixture(scope="module")
def branch_home(tmp_path_factory):
    """A home with the small bank."""
    bank = "from conftest import build_bank; build_bank(clock.now())"
    return Household(tmp_path_factory.mktemp("exam")).settle(bank, timeout=600)


class Server:
    """The product's server in a process that can be killed and started again at the same address."""

    def __init__(self, household):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.household, self.url = household, f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        command = [
            sys.executable,
            "-m",
            "tests.faults.rough_server",
            str(self.port),
            str(self.household.home / "chaos"),
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.household.env)
        until = time.monotonic() + 180
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < until, "the server does not start"
            time.sleep(0.2)

    def answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/sign-in", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def server(branch_home):
    one = Server(branch_home)
    yield one
    one.kill()


@pytest.fixture(scope="module")
def playing():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        yield play


@pytest.fixture
def candidate(playing, server, tmp_path):
    one = Candidate(playing, tmp_path / "browser", server.url)
    yield one
    one.close()


STATE = """
    from counterpoint.academy.exams import chains, shown
    from counterpoint.academy.models import Grade, Sitting
    with unscoped("the test counts everything"):
        row = Sitting.objects.select_related("org_unit").get(pk=sys.argv[1])
        rows = chains.lines(row)
        held = {slot: shown.sent_as(row.form[slot - 1], one.value) for slot, one in chains.counted(rows).items()}
        answer(
            held=held, saves=len(rows), bad=chains.first_bad(row, rows), state=row.state,
            grades=Grade.objects.filter(sitting=row).count(), entries=row.entries,
        )
"""


def state_of(home, address):
    found = home.play(STATE, address.rsplit("/", 1)[1], timeout=300)
    return {**found, "held": {int(slot): value for slot, value in found["held"].items()}}


def killed_offline(branch_home, candidate, person):
    """Three answers with a network, five without, then the browser dies; after its start: what the server holds."""
    candidate.sign_in(person)
    address = candidate.sit()
    given = candidate.choose(range(1, 4))
    candidate.saved()
    candidate.context.set_offline(True)
    given |= candidate.choose(range(4, 9))
    candidate.saved(5)
    candidate.kill()
    candidate.begin()
    candidate.sign_in(person)
    candidate.sit()
    candidate.page.wait_for_timeout(2000)
    candidate.saved()
    return given, state_of(branch_home, address), address


def test_a_browser_killed_without_a_network_loses_no_answer_and_hands_in_once(branch_home, candidate):
    given, found, address = killed_offline(branch_home, candidate, "omar")
    assert found["held"] == given and found["bad"] is None
    candidate.page.click("[data-hand-in]")
    candidate.page.click("[data-sure]")
    candidate.page.wait_for_url("**/review")
    ended = state_of(branch_home, address)
    assert (ended["state"], ended["grades"], ended["held"]) == ("submitted", 1, given)
    assert candidate.complaints == []


def test_a_build_that_keeps_nothing_on_the_device_would_be_found(branch_home, candidate):
    candidate.forgetful = True
    candidate.kill()
    candidate.begin()
    given, found, _address = killed_offline(branch_home, candidate, "mei")
    assert found["held"] != given


def test_a_server_killed_between_saves_loses_none_and_the_page_goes_on_by_itself(branch_home, server, candidate):
    candidate.sign_in("sun")
    address = candidate.sit()
    given = candidate.choose(range(1, 4))
    candidate.saved()
    server.kill()
    given |= candidate.choose(range(4, 8))
    candidate.page.wait_for_selector("[data-told]:not([hidden])")
    server.start()
    candidate.saved()
    found = state_of(branch_home, address)
    assert found["held"] == given and found["bad"] is None


def test_a_second_window_takes_over_and_the_first_says_so(branch_home, candidate):
    candidate.sign_in("ada")
    address = candidate.sit()
    given = candidate.choose(range(1, 3))
    candidate.saved()
    second = candidate.context.new_page()
    second.goto(address)
    second.wait_for_selector("#exam[data-ready]", timeout=60_000)
    candidate.page.bring_to_front()
    candidate.page.locator("[data-map] button").nth(4).click()
    candidate.page.keyboard.press("1")
    candidate.page.wait_for_selector("[data-reload]:not([hidden])")
    assert state_of(branch_home, address)["held"] == given
