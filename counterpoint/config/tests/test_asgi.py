"""One port, two worlds: streams go to the event loop, pages to the threads, and the server's questions are answered."""

import asyncio
import os
import subprocess
import sys

import pytest

from counterpoint.config import asgi


class World:
    """A side of the house that notes who came and asks the caller once."""

    def __init__(self):
        self.scopes = []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope["path"])
        await receive()
        await send({"type": "http.response.start", "status": 204})


@pytest.fixture
def worlds(monkeypatch):
    streams, pages = World(), World()
    monkeypatch.setattr(asgi, "_streams", streams)
    monkeypatch.setattr(asgi, "_pages", pages)
    return streams, pages


def awaitables(messages):
    """What the server hands out: callables that return awaitables without being coroutine functions."""
    waiting, sent = list(messages), []

    def receive():
        async def give():
            return waiting.pop(0)

        return asyncio.ensure_future(give())

    def send(message):
        async def take():
            sent.append(message)

        return asyncio.ensure_future(take())

    return receive, send, sent


def asked(scope, *messages):
    async def ask():
        receive, send, sent = awaitables(messages)
        await asgi.application(scope, receive, send)
        return sent

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("path", "stream"),
    [
        ("/live/b01", True),
        ("/practice/wabcdefgh/live/b01", True),
        ("/practice/wabcdefgh/onsite/live/b01", False),
        ("/practice/live/b01", False),
        ("/practice/wabcdefgh", False),
        ("/live/", True),
        ("/live", False),
        ("/lively", False),
        ("/onsite/live/b01", False),
        ("/", False),
        ("/LIVE/b01", False),
    ],
)
def test_only_what_lies_under_live_is_streamed(worlds, path, stream):
    sent = asked({"type": "http", "path": path}, {"type": "http.request"})
    streams, pages = worlds
    came = [path if path != "/practice/wabcdefgh" else f"{path}/"]
    assert (streams.scopes, pages.scopes) == ((came, []) if stream else ([], came))
    assert sent == [{"type": "http.response.start", "status": 204}]


def test_the_servers_start_and_end_are_confirmed_without_waking_either_world(worlds, monkeypatch):
    began = []
    monkeypatch.setattr(asgi.lookout.lookout, "start", began.append)
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = asked({"type": "lifespan"}, *messages)
    assert sent == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]
    assert worlds[0].scopes == worlds[1].scopes == [] and len(began) == 1  # the lookout keeps watch from then on


def test_a_stream_that_breaks_is_not_answered_by_the_other_world(worlds, monkeypatch):
    async def broken(scope, receive, send):
        raise ConnectionResetError

    monkeypatch.setattr(asgi, "_streams", broken)
    with pytest.raises(ConnectionResetError):
        asked({"type": "http", "path": "/live/b01"})
    assert worlds[1].scopes == []


@pytest.mark.parametrize("page", ["/cases/", "/live/b01"])
def test_both_worlds_of_the_port_know_a_practice_world_by_its_address(page):
    """The real applications: nobody is signed in, so the way leads to the real sign-in and back to the same address."""
    address, sent = f"/practice/wabcdefgh{page}", []
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": address, "query_string": b"a=1",
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9),
        "headers": [(b"host", b"localhost")],
    }  # fmt: skip

    async def ask():
        waiting = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            return waiting.pop() if waiting else await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        await asgi.application(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] == 302
    assert dict(sent[0]["headers"])[b"Location" if "live" in page else b"location"].decode() == (
        f"/sign-in?next={address}%3Fa%3D1"
    )


def test_a_server_that_knows_nothing_yet_can_load_it():
    around = os.environ | {"DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.test"}
    load = [sys.executable, "-c", "import counterpoint.config.asgi"]
    done = subprocess.run(load, env=around, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
