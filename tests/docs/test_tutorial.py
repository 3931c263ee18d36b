"""The tutorial is true: each of its checkable steps is asked of a running demo, in the order of the page."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.running import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/tutorial/your-first-day.md"
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEYS = {"step", "as", "method", "url", "form", "expect"}
EXPECTED = {"status", "texts", "absent", "type", "location"}

pytestmark = pytest.mark.browser


def steps() -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in BLOCK.findall(PAGE.read_text())]


class Reader:
    """Somebody who does what the page says: keeps cookies, does not follow redirects by itself."""

    def __init__(self, url: str) -> None:
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies, Stay())

    def ask(self, path: str, form: dict[str, str] | None = None) -> Any:
        """GET, or POST a form with the token of the page it stands on."""
        data = None
        if form is not None:
            found = TOKEN.search(self.ask("/account" if path != "/sign-in" else path).read().decode())
            assert found, f"no form token for {path}"
            data = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": found[1]}).encode()
        request = urllib.request.Request(self.url + path, data, {"Accept-Language": "zh-CN", "Referer": self.url + "/"})
        try:
            return self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as answer:
            return answer

    def sign_in(self, staff_no: str) -> "Reader":
        answer = self.ask("/sign-in", {"staff_no": staff_no, "password": PASSWORD, "next": "/"})
        assert answer.status == 302, f"{staff_no} cannot sign in: {answer.status}"
        return self


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer too."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def test_the_page_has_steps_and_they_use_words_that_are_checked():
    assert len(steps()) >= 10
    for step in steps():
        assert set(step) <= KEYS, step
        assert set(step["expect"]) <= EXPECTED and "status" in step["expect"], step


def wrong(step: dict[str, Any], reader: Reader) -> list[str]:
    """What comes back otherwise than the page says."""
    expected = step["expect"]
    answer = reader.ask(step["url"], step.get("form", {}) if step["method"] == "POST" else None)
    body = answer.read().decode("utf-8", "replace")
    found = {
        "status": answer.status,
        "location": answer.headers["Location"],
        "type": answer.headers.get_content_type(),
    }
    told = [f"{name}: {found[name]}" for name in found if found[name] != expected.get(name, found[name])]
    told += [f"{text} is missing" for text in expected.get("texts", ()) if text not in body]
    return told + [f"{text} is there" for text in expected.get("absent", ()) if text in body]


def test_every_step_of_the_tutorial_happens_as_told(demo: str, turn: None):
    people = {step.get("as", "") for step in steps()}
    readers = {name: Reader(demo).sign_in(name) if name else Reader(demo) for name in sorted(people)}
    try:
        told = {step["step"]: wrong(step, readers[step.get("as", "")]) for step in steps()}
    finally:
        readers["sun01"].ask("/demo", {"speed": "0"})
    assert {step: lines for step, lines in told.items() if lines} == {}
