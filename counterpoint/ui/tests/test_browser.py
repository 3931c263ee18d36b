"""The gallery in a real browser: nothing blocked, logged or fetched from outside; phone and desk, light and dark."""

import os
from pathlib import Path

import pytest

from counterpoint.ui import assets

CHROMIUM = Path("/usr/bin/chromium")
DESK, PHONE = (1440, 900), (390, 844)
WATCH = """window.blocked = [];
document.addEventListener("securitypolicyviolation", (e) =>
  blocked.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    pytest.mark.skipif(not (assets.folder() / "dist" / "app.js").is_file(), reason="assets are not built"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield running
        running.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def visit(browser, live_server):
    """Open a page and collect what the browser complains about in `page.complaints`."""
    opened = []

    def go(path="/ui/gallery", size=DESK, theme="light", prepare=None):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.add_cookies([{"name": "counterpoint-theme", "value": theme, "url": live_server.url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.add_init_script(WATCH)
        if prepare:
            prepare(page)
        page.goto(live_server.url + path)
        opened.append(context)
        return page

    yield go
    for context in opened:
        context.close()


def draw_everything(page):
    charts = page.locator("[data-chart]")
    for index in range(charts.count()):
        charts.nth(index).scroll_into_view_if_needed()
        charts.nth(index).locator("canvas").first.wait_for()
    page.locator("[data-chart][data-ready]").nth(charts.count() - 1).wait_for()
    return charts.count()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_gallery_draws_without_a_complaint(visit, live_server, size, theme):
    foreign = []
    page = visit(size=size, theme=theme, prepare=lambda p: p.on("request", lambda r: foreign.append(r.url)))
    assert draw_everything(page) == 5
    page.locator(".chart-plot").first.hover()
    page.locator("summary").first.click()
    page.wait_for_timeout(100)
    assert page.evaluate("blocked") == []
    assert page.complaints == []
    assert [url for url in foreign if not url.startswith((live_server.url, "blob:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_the_policy_really_blocks_inline_code(visit):
    page = visit()
    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.hacked = 1";
      document.body.append(script);
      document.body.setAttribute("style", "color: red");
    }""")
    assert page.evaluate("window.hacked") is None
    assert len(page.evaluate("blocked")) == 2


def test_a_chart_turns_into_its_table_and_saves_as_a_picture(visit):
    page = visit()
    draw_everything(page)
    first = page.locator("#specimen-band")
    with page.expect_download() as download:
        first.locator("[data-picture]").click()
    assert download.value.suggested_filename == "specimen-band.png"
    first.locator("[data-chart-table]").click()
    assert first.locator("tbody tr").count() == 16
    assert first.locator("[data-table]").is_visible()
    assert not first.locator(".chart-plot").is_visible()
    assert page.evaluate("blocked") == []


def test_a_table_sorts_by_number_and_filters(visit):
    page = visit()
    table = page.locator("#specimen-table")
    table.locator("th button").nth(2).click()
    assert table.locator("tbody td:nth-child(3)").all_inner_texts() == ["7", "18", "121"]
    table.locator("th button").nth(2).click()
    assert table.locator("tbody td:nth-child(3)").all_inner_texts() == ["121", "18", "7"]
    page.locator("[data-filters=specimen-table]").fill("10:31")
    assert table.locator("tbody tr:visible").count() == 1
    page.locator("[data-filters=specimen-table]").fill("xyz")
    assert page.locator("[data-nothing-for=specimen-table]").is_visible()


def test_a_drawer_opens_in_place_and_escape_closes_it(visit):
    page = visit(size=PHONE)
    page.locator("#specimen-table a").first.click()
    page.locator("#drawer .timeline").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#drawer").is_visible()
    assert page.url.endswith("/ui/gallery")


def test_a_form_asks_before_it_sends_and_a_no_sends_nothing(visit):
    page = visit()
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.locator("form[data-confirm] [type=submit]").click()
    page.locator("#confirm").wait_for()
    page.locator("#confirm [value=no]").click()
    assert "POST" not in sent
    page.locator("form[data-confirm] [type=submit]").click()
    with page.expect_navigation():
        page.locator("#confirm [value=yes]").click()
    assert sent.count("POST") == 1


def test_the_first_wrong_field_has_the_focus(visit):
    assert visit().evaluate("document.activeElement.name") == "name"


def test_a_job_shows_its_end_and_its_result(visit):
    page = visit()
    page.locator(".job[data-state=done] [data-result]").wait_for()
    assert page.locator(".job progress").evaluate("bar => bar.value / bar.max") == 1


def test_choosing_dark_in_the_menu_is_dark_from_the_first_byte(visit):
    page = visit(theme="auto")
    page.locator(".bar summary").last.click()
    page.locator("[name=theme][value=dark]").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 28)"


def test_a_message_above_a_dialog_can_be_undone(visit):
    page = visit()
    page.locator("#specimen-table a").first.click()
    page.locator("#drawer .timeline").wait_for()
    page.evaluate("counterpoint.toast({text: 'saved', undo: '/ui/theme'})")
    with page.expect_request(lambda request: request.method == "POST") as undo:
        page.locator("#toasts [data-undo]").click()
    assert undo.value.headers["x-csrftoken"]


def until(page, condition):
    """Wait for a condition; the page's policy forbids the evaluation inside the page that wait_for_function needs."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never became true: {condition}")


def live(page, answers):
    """Give the gallery a live stream whose connections are answered in turn; returns the ids asked for."""
    asked = []

    def stream(route):
        asked.append(route.request.headers.get("last-event-id"))
        body = answers[min(len(asked), len(answers)) - 1]
        if body is None:
            return route.abort()
        return route.fulfill(status=200, content_type="text/event-stream", body=body)

    def gallery(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<body ", '<body data-live="/live/specimen" ', 1))

    page.route("**/live/specimen", stream)
    page.route("**/ui/gallery", gallery)
    page.add_init_script("""window.heard = [];
      addEventListener("DOMContentLoaded", () => { for (const kind of ["onsite.called", "any", "resync", "state"])
        document.body.addEventListener(`live:${kind}`, (e) => heard.push(kind)); });""")
    return asked


def test_facts_become_events_and_a_broken_stream_resumes_after_the_last_id(visit):
    asked = []
    fact = 'id: 41\nevent: onsite.called\ndata: {"kind": "onsite.called"}\n\n'
    burst = fact + fact.replace("41", "42")
    page = visit(prepare=lambda p: asked.append(live(p, [burst, "event: resync\ndata: {}\n\n"])))
    until(page, "heard.includes('resync')")
    until(page, "heard.filter((kind) => kind === 'any').length >= 2")
    heard = page.evaluate("heard")
    assert heard.count("onsite.called") == 2
    assert asked[0][:2] == [None, "42"]


def test_a_silent_stream_marks_the_page_as_old(visit):
    page = visit(prepare=lambda p: (p.clock.install(), live(p, ["event: ping\ndata: {}\n\n", None])))
    until(page, "document.documentElement.dataset.liveState === 'live'")
    page.clock.run_for(12_000)
    assert page.locator("html").get_attribute("data-live-state") == "stale"
    assert page.locator("#connection").is_visible()


def test_losing_the_network_is_said_at_once(visit):
    page = visit()
    page.context.set_offline(True)
    page.locator("#connection").wait_for()
    page.context.set_offline(False)
    page.locator("#connection").wait_for(state="hidden")
