"""A trainee passes a lesson in the browser: practises in a branch of its own, is told what is missing, does it."""

from urllib.parse import urlsplit

import pytest

from counterpoint.primitives.content import loader

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "/academy/lesson/academy.people.disputes"


def practised(sun):
    """The page of the practice branch that the lesson's button opens."""
    with sun.context.expect_page() as opened:
        sun.find("#exercise a[target=_blank]").click()
    page = opened.value
    page.wait_for_load_state()
    assert urlsplit(page.url).path.startswith("/practice/w") and page.locator("[data-mode=drill]").count()
    return page


def test_a_supervisor_passes_a_lesson_by_practising(visitor):
    sun = visitor("sun01").go(LESSON)
    sun.button("开始演练").click()
    sun.says("打开演练网点").look()
    sun.button("检查我做得怎样").click()
    sun.says("还没做到").look()
    branch = practised(sun)
    listed = branch.url
    branch.get_by_role("link", name="我引导的客户").first.click()
    branch.locator("[name=decision][value=partly]").check()
    branch.locator("#reasons").fill("当时有引导登记，与上次一样")
    branch.locator("#holding").fill("引导有登记的，引导人与办理人各半")
    branch.get_by_role("button", name="提交", exact=True).click()
    branch.goto(listed)
    branch.get_by_role("link", name="下周午休").first.click()
    branch.get_by_role("button", name="上一级").click()
    branch.wait_for_load_state()
    branch.close()
    sun.button("检查我做得怎样").click()
    sun.page.wait_for_load_state()
    assert sun.find("#exercise .checks [data-level=watch]").count() == 0, sun.find("#exercise").inner_text()
    answered(sun)
    sun.says("再学一遍").look()
    assert sun.page.request.get(listed).status == 404  # the practice branch is closed


def answered(sun):
    """Every question as its own worked example answers it, on its own form."""
    body = next(one for one in loader.from_files("lessons") if LESSON.endswith(one.key)).value
    held = {one.key: one for one in loader.from_files("questions")}
    for number, key in enumerate(body.questions, 1):
        asked, form = held[key].value, sun.find(f"#q{number} form")
        right = next(one["answer"] for one in held[key].examples if one["score"] == 1)
        for place, one in enumerate(right if isinstance(right, list) else [right], 1):
            if asked.form == "order":
                form.locator(f"[name=place-{one}]").select_option(str(place))
            elif asked.options:
                form.locator(f"[value={one}]").check()
            else:
                form.locator("[name=answer]").fill(str(one))
        form.locator("button").click()
        sun.page.wait_for_load_state()
