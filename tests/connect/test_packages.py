"""A packed lesson in other people's systems: SCORM 1.2 and 2004 in scorm-again, cmi5 with Ralph as its record store."""

import io
import json
import shutil
import zipfile
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from playwright.sync_api import sync_playwright

from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.connect import packages
from counterpoint.academy.probes import Look
from tests.connect.conftest import PLACE
from tests.journeys.conftest import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.skipif(not (PLACE / ".installed").exists(), reason="make test-connect installs the peers")
CMI5 = "https://w3id.org/xapi/cmi5/context"
LESSON = "academy.service.levels"
HOST = """<!DOCTYPE html><meta charset="utf-8"><script src="{script}.js"></script><script>
window.{name} = new {made}({{autocommit: false, logLevel: 4}});
const before = sessionStorage.getItem("kept"); if (before) window.{name}.loadFromJSON(JSON.parse(before), "");
</script><iframe id="lesson" src="lesson/index.html" style="width:100%;height:900px"></iframe>"""


@pytest.fixture
def packed(bank, site):
    """Unpacks the lesson in a standard below the site."""

    def go(standard):
        look = Look(bank.scope("Sun"), bank.b01, bank.now)
        data = packages.package(
            shelf(bank.b01, look.today), look, LESSON, standard, "zh-hans", "https://bank.example/l"
        )
        zipfile.ZipFile(io.BytesIO(data)).extractall(site.root / "lesson")
        page = (site.root / "lesson" / "index.html").read_text()
        asked = page.split('<script id="lesson-data" type="application/json">')[1].split("</script>")[0]
        return json.loads(asked)["questions"]

    return go


def answer(frame, question, given):
    """Answer one question as a person does."""
    form = frame.locator(f'form[data-key="{question["key"]}"]')
    if question["form"] == "number":
        form.locator('input[name="answer"]').fill(given[0])
    elif question["form"] == "order":
        for place, slug in enumerate(given, 1):
            form.locator(f'select[data-slug="{slug}"]').select_option(str(place))
    else:
        for slug in given:
            form.locator(f'input[value="{slug}"]').check()
    form.locator("button").click()


def wrong(frame, question):
    """A wrong answer to it."""
    if question["form"] == "number":
        return ["-12345"]
    if question["form"] == "order":
        return question["right"][::-1]
    values = frame.locator(f'form[data-key="{question["key"]}"] input').evaluate_all("all => all.map(one => one.value)")
    return [next(one for one in values if one not in question["right"])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("standard", "script", "name", "made", "read"),
    [
        ("scorm12", "scorm12", "API", "Scorm12API", "LMSGetValue"),
        ("scorm2004", "scorm2004", "API_1484_11", "Scorm2004API", "GetValue"),
    ],
)
def test_a_learning_system_gets_score_answers_and_where_one_stopped(packed, site, standard, script, name, made, read):
    questions = packed(standard)
    shutil.copy(PLACE / "node_modules" / "scorm-again" / "dist" / f"{script}.js", site.root)
    (site.root / "index.html").write_text(HOST.format(script=script, name=name, made=made))
    older = standard == "scorm12"
    field = {
        "status": "cmi.core.lesson_status" if older else "cmi.success_status",
        "raw": "cmi.core.score.raw" if older else "cmi.score.raw",
        "given": f"cmi.interactions.0.{'student_response' if older else 'learner_response'}",
    }
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page()
        faults = []
        page.on("pageerror", lambda one: faults.append(str(one)))
        page.goto(site.url)
        frame = page.frame_locator("#lesson")
        frame.locator("html[data-ready]").wait_for(state="attached")

        def held(what):
            """Sometimes write-only: then as the run-time would commit it."""
            return page.evaluate(f"window.{name}.{read}({field[what]!r})")

        first, *rest = questions
        answer(frame, first, wrong(frame, first))
        assert held("raw") == "0" and held("status") in ("incomplete", "unknown", "")
        kept = json.loads(page.evaluate(f"window.{name}.{read}('cmi.suspend_data')"))
        assert list(kept["scores"]) == [first["key"]]
        for one in rest:
            answer(frame, one, one["right"])
        assert held("raw") == str(round(100 * len(rest) / len(questions)))
        answer(frame, first, first["right"])
        assert (held("raw"), held("status")) == ("100", "passed")
        told = page.evaluate(f"window.{name}.renderCommitCMI(true)")
        text = json.dumps(told, ensure_ascii=False)
        assert first["key"] in text and text.count(first["key"]) >= 2
        # the next visit begins where this one ended
        page.evaluate(f"sessionStorage.setItem('kept', JSON.stringify(window.{name}.renderCMIToJSONObject().cmi))")
        page.reload()
        frame.locator("html[data-ready]").wait_for(state="attached")
        assert frame.locator("article[data-score=full]").count() == len(questions)
        browser.close()
    assert faults == []


@pytest.mark.django_db
def test_a_record_store_gets_every_answer_and_the_result_of_a_cmi5_lesson(packed, site, store):
    questions = packed("cmi5")
    site.store = store
    session, registration = str(uuid4()), str(uuid4())
    activity = "https://bank.example/l#lesson"
    category = {"id": f"{CMI5}/categories/cmi5"}
    site.kept["LMS.LaunchData"] = json.dumps(
        {
            "launchMode": "Normal", "masteryScore": 0.8, "moveOn": "CompletedAndPassed",
            "contextTemplate": {
                "contextActivities": {"grouping": [{"objectType": "Activity", "id": activity}]},
                "extensions": {f"{CMI5}/extensions/sessionid": session},
            },
        }
    )  # fmt: skip
    actor = {"objectType": "Agent", "account": {"homePage": "https://bank.example", "name": "u-17"}}
    asked = urlencode(
        {"endpoint": f"{site.url}/lrs/", "fetch": f"{site.url}/fetch", "actor": json.dumps(actor),
         "registration": registration, "activityId": activity}
    )  # fmt: skip
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page()
        for visit in (questions[:2], questions[2:]):
            page.goto(f"{site.url}/lesson/index.html?{asked}")
            page.locator("html[data-ready]").wait_for(state="attached")
            for one in visit:
                answer(page, one, one["right"])
            with page.expect_response(lambda one: "terminated" in (one.request.post_data or "")):
                page.locator("#leave").click()
        browser.close()
    told = store.statements()
    verbs = [one["verb"]["id"].rsplit("/", 1)[-1] for one in told]
    assert verbs == [
        "initialized", *["answered"] * 2, "terminated",
        "initialized", *["answered"] * (len(questions) - 2), "completed", "passed", "terminated",
    ]  # fmt: skip
    defined = [one for one in told if category in one["context"]["contextActivities"].get("category", [])]
    assert len(defined) == 6 and all(one["context"]["registration"] == registration for one in told)
    assert {one["context"]["extensions"][f"{CMI5}/extensions/sessionid"] for one in told} == {session}
    passed = next(one for one in told if one["verb"]["id"].endswith("/passed"))
    assert passed["result"]["score"]["scaled"] == 1 and passed["result"]["success"] is True
    answers = [one["result"]["response"] for one in told if one["verb"]["id"].endswith("/answered")]
    assert answers == ["[,]".join(one["right"]) for one in questions]
