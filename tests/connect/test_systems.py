"""Statements in a real record store, launches and grades of a real learning system's library."""

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.urls import reverse

from counterpoint.academy.connect import actions, grades, sending
from counterpoint.academy.models import Connection
from counterpoint.academy.tests.conftest import LEVELS, passes  # noqa: F401  (a fixture)
from counterpoint.foundation.api import keys
from counterpoint.foundation.scope import unscoped
from tests.connect.conftest import PASSWORD, PLACE, USER, free_port

pytestmark = pytest.mark.skipif(not (PLACE / ".installed").exists(), reason="make test-connect installs the peers")
TOOL = "http://testserver"


@pytest.fixture(autouse=True)
def kept_keys(settings, tmp_path):
    """The installation's keys."""
    settings.KEYS = tmp_path / "keys"
    keys.create(tmp_path / "keys")


@pytest.mark.django_db
def test_a_record_store_holds_what_was_learnt_once(bank, passes, store):  # noqa: F811
    connection = actions.store_connect(
        scope=bank.scope("Sysadmin"), unit=bank.hq, name="Ralph", url=f"{store.url}/xAPI", user=USER, password=PASSWORD,
        people="staff", choices=True, home="https://bank.example", now=bank.now,
    )  # fmt: skip
    passes("Sun")
    at = bank.now + timedelta(minutes=5)
    count = sending.tell_stores(at)
    told = store.statements()
    assert count == len(told) >= 8 and told[-1]["verb"]["id"].endswith("/passed")
    assert {one["actor"]["account"]["name"] for one in told} == {bank.people["Sun"].staff_no}
    assert sum("response" in one.get("result", {}) for one in told) >= 5
    with unscoped("test"):  # as after a crash between telling and remembering
        Connection.objects.filter(pk=connection.pk).update(reached=0)
    sending.tell_stores(at)
    assert len(store.statements()) == len(told)
    with unscoped("test"):
        connection.refresh_from_db()
    assert connection.error == ""


@pytest.fixture
def system(tmp_path):
    """The learning system, running."""
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(
        [PLACE / "bin" / "python", Path(__file__).with_name("learning_system.py"), str(port), TOOL],
        env={"PYTHONPATH": "", "PATH": "/usr/bin:/bin"}, stdout=log, stderr=log,
    )  # fmt: skip
    for _attempt in range(300):
        try:
            asked(f"{here}/grades")
            break
        except OSError:
            time.sleep(0.1)
    yield here
    server.terminate()
    server.wait(10)


def asked(url, body=None):
    with urlopen(Request(url, body), timeout=10) as answer:
        text = answer.read()
        return json.loads(text) if text else None


@pytest.mark.django_db
def test_a_learning_system_sends_people_and_gets_their_grade(bank, client, passes, system):  # noqa: F811
    platform = {
        "issuer": system, "client": "client-1", "deployment": "d-1", "login": f"{system}/auth",
        "keys": f"{system}/keys", "token": f"{system}/token",
    }  # fmt: skip
    row = actions.platform_connect(
        scope=bank.scope("Sysadmin"), unit=bank.hq, name="网络学院", settings=platform, home=TOOL, now=bank.now
    )
    public = client.get(reverse("academy:lti-keys", args=[row.pk])).content
    asked(f"{system}/tool-keys", public)

    known = {"iss": system, "login_hint": "h", "client_id": "client-1"}
    begun = client.get(reverse("academy:lti-login"), known, secure=True)
    told = asked(begun.url)
    nonce = dict(one.split("=", 1) for one in urlsplit(begun.url).query.split("&"))["nonce"]
    assert told["launch_url"] == f"{TOOL}/academy/lti/launch"
    sent = {"id_token": told["id_token"], "state": told["state"]}

    def both(message):
        """What the second judge and the product say of a message."""
        judged = asked(f"{system}/judge?{urlencode(message | {'nonce': nonce})}")["holds"]
        return judged, client.post(reverse("academy:lti-launch"), message, secure=True).status_code == 302

    head, body, signature = told["id_token"].split(".")
    changed = f"{head}.{body[:-3]}{'AAA' if body[-3:] != 'AAA' else 'BBB'}.{signature}"
    bare = "eyJhbGciOiJub25lIiwia2lkIjoieCJ9." + body + "."
    for wrong in (changed, bare, f"{head}.{body}.{signature[:-4]}AAAA", ""):
        assert both(sent | {"id_token": wrong}) == (False, False)
    arrived = client.post(reverse("academy:lti-launch"), sent, secure=True)
    assert asked(f"{system}/judge?{urlencode(sent | {'nonce': nonce})}")["holds"] and arrived.status_code == 302
    client.force_login(bank.people["Sun"])
    assert client.post(f"{arrived.url}/link").url == reverse("academy:lesson", args=[LEVELS])
    passes("Sun")
    assert grades.give_grades(datetime.now(UTC)) == 1  # the other side looks at its own clock
    (grade,) = asked(f"{system}/grades")
    assert grade["path"] == "/items/3/scores" and grade["userId"] == "account-7"
    assert grade["scoreGiven"] == grade["scoreMaximum"] == 1 and grade["gradingProgress"] == "FullyGraded"
