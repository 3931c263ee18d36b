"""P-P4: with the server gone the last synced plans are read from the device, any address of the plays leading there."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

CHROMIUM = Path("/usr/bin/chromium")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Server:
    """Serves pages that were rendered beforehand; `stop` is a power cut."""

    def __init__(self, pages):
        kept = pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                kind, content = kept.get(self.path.partition("?")[0]) or (None, b"")
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args):
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def pages(sign_in, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    sun = sign_in("Sun")
    found = {"/healthz": ("text/plain", b"ok")}
    for path in ("/plays/offline", "/plays/worker.js", "/plays/manifest.webmanifest"):
        answer = sun.get(path)
        found[path] = (answer.headers["Content-Type"], answer.content)
    for name in ("primitives/plays-offline.css", "primitives/plays-offline.js"):
        found[f"/static/{name}"] = (TYPES[Path(name).suffix], Path(finders.find(name)).read_bytes())
    found["/static/favicon.svg"] = ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    return found


@pytest.mark.browser
def test_p_p4_the_last_synced_plans_are_read_without_a_server(pages):
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    server = Server(pages)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{server.url}/plays/offline")
        page.locator("[data-keep]").click()
        page.locator("[data-state=kept]:not([hidden])").wait_for()
        page.reload()  # from now on the worker answers
        server.stop()
        page.goto(f"{server.url}/plays/0190/anything", wait_until="load")
        page.locator("[data-state=offline]:not([hidden])").wait_for()
        text = page.inner_text("body")
        assert "核心系统故障" in text and "火警疏散" in text and "请大家跟我从这个出口离开" in text
        box = page.locator("[data-tick]").first
        box.check()
        page.reload()
        assert page.locator("[data-tick]").first.is_checked()
        assert page.evaluate("getComputedStyle(document.querySelector('h2')).borderTopWidth") == "3px"
        browser.close()


@pytest.mark.browser
def test_nothing_is_kept_unless_somebody_asks(pages):
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    server = Server(pages)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{server.url}/plays/offline")
        page.locator("[data-keep]").wait_for()
        assert page.evaluate("caches.keys()") in ([], ["counterpoint-plays"])
        assert page.evaluate("caches.open('counterpoint-plays').then((c) => c.keys()).then((k) => k.length)") == 0
        page.locator("[data-keep]").click()
        page.locator("[data-forget]").click()
        page.locator("[data-keep]:not([hidden])").wait_for()
        assert page.evaluate("caches.open('counterpoint-plays').then((c) => c.keys()).then((k) => k.length)") == 0
        browser.close()
        server.stop()
