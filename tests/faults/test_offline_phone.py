"""F15: a phone that walks rounds without a network, over a bad one, and is killed while it sends: nothing is lost and
nothing comes twice. Real server process, real browser with its memory on the disk.
"""

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from random import Random

import pytest
from PIL import Image

from counterpoint.ui import assets
from tests.faults.household import ROOT, Household
from tests.faults.walker import CHROMIUM, Walker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    pytest.mark.skipif(not (assets.folder() / "dist" / "rounds.js").is_file(), reason="assets are not built"),
    pytest.mark.skipif(bool(os.environ.get("COUNTERPOINT_DATABASE")), reason="the phone's side is the same on both"),
]
ITEMS, PHOTOS, SECTION = 50, 15, 13  # of a round; 4 rounds are 200 answers and 60 photos


def checklist():
    """A long checklist as YAML: yes/no items and photos mixed, some sections."""
    lines = [
        "key: probe.long", "version: 1", "source: tests", "mark: D", "effective_from: 2020-01-01",
        "names: {zh-hans: 长巡查, zh-hant: 長巡查, en: Long walk}", "pass_mark: 0", "sections:",
    ]  # fmt: skip
    slugs = [f"q{n}" for n in range(ITEMS)]
    for n in range(PHOTOS):
        slugs.insert(n * 4 + 1, f"p{n}")
    for start in range(0, len(slugs), SECTION):
        name = f"{{zh-hans: 第{start}段, zh-hant: 第{start}段, en: Part {start}}}"
        lines += [f"  - slug: s{start}", f"    names: {name}", "    items:"]
        for slug in slugs[start : start + SECTION]:
            kind = "photo" if slug.startswith("p") else "yes_no"
            lines.append(
                f"      - {{slug: {slug}, kind: {kind}, names: {{zh-hans: {slug}, zh-hant: {slug}, en: {slug}}}}}"
            )
    return "\n".join(lines)


@pytest.fixture(scope="module")
def branch_home(tmp_path_factory):
    """A home with the small bank and the long checklist."""
    home = tmp_path_factory.mktemp("phone")
    (home / "content" / "checklists").mkdir(parents=True)
    (home / "content" / "checklists" / "long.yaml").write_text(checklist(), encoding="utf-8")
    household = Household(home)
    household.env["COUNTERPOINT_CONTENT"] = str(home / "content")
    return household.settle("from conftest import build_bank; build_bank(clock.now())")


@pytest.fixture(scope="module")
def server(branch_home):
    """The server's address, and the file that makes the network bad."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chaos = branch_home.home / "chaos"
    command = [sys.executable, "-m", "tests.faults.rough_server", str(port), str(chaos)]
    process = subprocess.Popen(command, cwd=ROOT, env=branch_home.env)
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 120
    while not _answers(url):
        assert process.poll() is None and time.monotonic() < until, "the server does not start"
        time.sleep(0.2)
    yield url, chaos
    process.kill()
    process.wait()


def _answers(url):
    try:
        with urllib.request.urlopen(f"{url}/sign-in", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def playing():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        yield play


@pytest.fixture
def walker(playing, server, tmp_path):
    one = Walker(playing, tmp_path / "phone", server[0])
    yield one
    one.close()


def photos_of(chance, folder):
    """Fifteen different photos in files."""
    found = {}
    for n in range(PHOTOS):
        image = Image.frombytes("RGB", (48, 36), bytes(chance.getrandbits(8) for _ in range(48 * 36 * 3)))
        out = io.BytesIO()
        image.resize((320, 240)).save(out, "JPEG")
        path = folder / f"p{n}-{chance.getrandbits(32)}.jpg"
        path.write_bytes(out.getvalue())
        found[f"p{n}"] = path
    return found


STATE = """
    from counterpoint.primitives.checklists.models import *
    since = int(sys.argv[1])
    with unscoped("the test counts everything"):
        items = SyncItem.objects.filter(id__gt=since)
        rounds = Round.objects.filter(key__in=items.values("round_ref"))
        answers = {}
        for one in rounds:
            answers[one.key] = {a.item: a.value for a in one.answers.all()}
        answer(
            items=items.count(), keys=items.values("device", "key").distinct().count(),
            states=sorted(set(items.values_list("state", flat=True))),
            entries=AnswerEntry.objects.filter(round__in=rounds).count(),
            evidence=Evidence.objects.filter(round__in=rounds).count(),
            pictures=Evidence.objects.filter(round__in=rounds).values("digest").distinct().count(),
            submitted=rounds.filter(state="submitted").count(), rounds=rounds.count(), answers=answers,
            taken=Upload.objects.filter(
                digest__in=Evidence.objects.filter(round__in=rounds).values("digest"), taken_claim__isnull=False
            ).count(),
            clocks=sum((ahead := one.body.get("clock_ahead")) is not None and abs(ahead) < 60 for one in items),
            last=SyncItem.objects.order_by("-id").values_list("id", flat=True).first() or 0,
        )
"""


def bad_run(branch_home, server, walker, tmp_path, seed, rounds, sabotage=""):
    """One run: rounds in the cellar, sending over a bad network, the app killed while it sends."""
    _url, chaos = server
    chance = Random(seed)
    before = branch_home.play(STATE, 0)["last"]
    walker.sign_in("sun")
    walker.offline(True)
    given = []
    for number in range(rounds):
        answers = {f"q{n}": chance.choice(["yes", "no", "na"]) for n in range(ITEMS)}
        walker.walk("probe.long", answers, photos_of(chance, tmp_path))
        given.append(answers)
        if number == 1:  # the phone's system ends the app in the cellar; the shell comes from the phone itself
            walker.kill()
            walker.begin()
            walker.offline(True)
            walker.open()
    assert walker.unsent()["photos"] == rounds * PHOTOS
    captured = walker.unsent()["outbox"]
    assert captured == rounds * (ITEMS + PHOTOS + 2)
    chaos.write_text(f"{seed + 1} {sabotage}".strip())
    walker.offline(False)
    walker.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    walker.page.wait_for_timeout(chance.randint(100, 1500))
    walker.kill()
    walker.begin()
    walker.sign_in("sun")  # the session ended with the app; what is on the phone did not
    walker.settle()
    chaos.unlink()
    assert walker.unsent() == {"outbox": 0, "photos": 0, "refused": 0}
    found = branch_home.play(STATE, before)
    assert found["items"] == found["keys"] == found["clocks"] == captured
    assert found["taken"] == rounds * PHOTOS  # when each was taken, by the phone, though it was drawn anew
    assert found["states"] == ["applied"]
    assert found["entries"] == rounds * (ITEMS + PHOTOS)
    assert found["evidence"] == found["pictures"] == rounds * PHOTOS
    assert (found["rounds"], found["submitted"]) == (rounds, rounds)
    kept = sorted(str(sorted((k, v) for k, v in one.items() if k[0] == "q")) for one in found["answers"].values())
    assert kept == sorted(str(sorted(one.items())) for one in given)
    assert walker.complaints == []


# By day half of it once, by night all of it twenty times.
@pytest.mark.parametrize(
    ("seed", "rounds"), [(1, 2), *(pytest.param(seed, 4, marks=pytest.mark.slow) for seed in range(1, 21))]
)
def test_f15_answers_and_photos_over_a_bad_network(branch_home, server, walker, tmp_path, seed, rounds):
    bad_run(branch_home, server, walker, tmp_path, seed, rounds)


def test_f15_a_phone_that_forgets_and_a_server_that_acknowledges_too_early_would_be_found(
    branch_home, server, walker, tmp_path
):
    with pytest.raises(AssertionError, match="assert 0 == "):
        bad_run(branch_home, server, walker, tmp_path, 2, 2, "early")
    walker.forgetful = True
    with pytest.raises(AssertionError, match="assert 0 == "):
        bad_run(branch_home, server, walker, tmp_path, 2, 2)


def test_f15_a_session_that_ended_keeps_everything_on_the_phone(branch_home, server, walker, tmp_path):
    walker.sign_in("sun")
    walker.context.clear_cookies()
    answers = {f"q{n}": "yes" for n in range(ITEMS)}
    walker.walk("probe.long", answers, photos_of(Random(5), tmp_path))
    walker.page.wait_for_selector('.app-bar[data-status="signed-out"]')
    assert walker.unsent()["outbox"] == ITEMS + PHOTOS + 2
    walker.page.click(".app-told a")
    walker.page.fill("[name=staff_no]", "sun")
    walker.page.fill("[name=password]", "branch-day-1030")
    walker.page.click("form button[type=submit]")
    walker.page.wait_for_url("**/rounds/**")
    walker.settle()
    assert walker.unsent() == {"outbox": 0, "photos": 0, "refused": 0}


def test_f15_another_person_at_the_phone_sends_nothing_of_the_first(branch_home, server, walker, tmp_path):
    walker.sign_in("sun")
    walker.offline(True)
    walker.walk("probe.long", {f"q{n}": "yes" for n in range(ITEMS)}, photos_of(Random(6), tmp_path), hand_in=False)
    walker.offline(False)
    walker.context.clear_cookies()
    walker.sign_in("mei")
    walker.page.wait_for_selector(".app-told")
    assert walker.unsent()["outbox"] == ITEMS + PHOTOS + 1


SAID = """
    from counterpoint.primitives.checklists.models import SyncItem
    with unscoped("the test looks at the last word of every phone"):
        answer(said=[one.body for one in SyncItem.objects.filter(kind="phone")])
"""


def test_f15_a_phone_tells_what_it_could_not_send_for_a_day_and_then_that_it_is_over(
    branch_home, server, walker, tmp_path
):
    walker.sign_in("sun")
    walker.offline(True)
    answers = {f"q{n}": "yes" for n in range(ITEMS)}
    walker.walk("probe.long", answers, photos_of(Random(8), tmp_path), hand_in=False)
    walker.age(hours=30)
    walker.offline(False)
    walker.context.clear_cookies()
    with walker.page.expect_response(lambda answer: answer.url.endswith("/sync") and answer.ok):
        walker.sign_in("mei")  # sends nothing of Sun's, but says that it is there
    (told,) = branch_home.play(SAID)["said"]
    assert told["count"] == ITEMS + 2 * PHOTOS + 1 and told["hours"] == 30
    walker.context.clear_cookies()
    with walker.page.expect_response(lambda answer: '"count":0' in (answer.request.post_data or "")) as over:
        walker.sign_in("sun")
        walker.settle()
    assert over.value.ok
    assert branch_home.play(SAID)["said"] == [{"count": 0, "hours": 0}]


def test_f15_what_waits_can_be_saved_to_a_file_and_handed_in_at_a_desk(branch_home, server, walker, tmp_path):
    import json

    before = branch_home.play(STATE, 0)["last"]
    walker.sign_in("sun")
    walker.offline(True)
    walker.walk("probe.long", {f"q{n}": "yes" for n in range(ITEMS)}, photos_of(Random(7), tmp_path))
    walker.page.click(".app-count")
    with walker.page.expect_download() as saved:
        walker.page.click("[data-export]")
    target = tmp_path / "rounds.json"
    saved.value.save_as(target)
    told = json.loads(target.read_text())
    assert len(told["items"]) == ITEMS + PHOTOS + 2 and len(told["photos"]) == PHOTOS
    walker.offline(False)
    walker.page.evaluate("() => indexedDB.deleteDatabase('counterpoint-rounds')")
    walker.page.goto(f"{walker.url}/rounds/import")
    walker.page.set_input_files("input[type=file]", target)
    walker.page.click("main form button[type=submit]")
    walker.page.wait_for_selector("[data-taken]")
    found = branch_home.play(STATE, before)
    assert found["submitted"] == 1 and found["pictures"] == PHOTOS and found["states"] == ["applied"]
