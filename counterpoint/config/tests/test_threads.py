"""Pages on threads: body and answer pass whole and in order; a sender who leaves costs no thread."""

import asyncio
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.config import threads
from counterpoint.foundation.turns import Turns


def scope(**changes):
    return {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/a/é", "query_string": b"x=1",
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 999),
        "headers": [(b"content-length", b"3"), (b"x-twice", b"a"), (b"x-twice", b"b")],
    } | changes  # fmt: skip


def asked(application, *messages, **changes):
    waiting, sent = list(messages), []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(threads.Threads(application, 2, Turns(2))(scope(**changes), receive, send))
    return sent


def body(content=b"", more=False):
    return {"type": "http.request", "body": content, "more_body": more}


class Echo:
    """Answers with what it was sent, and notes where it ran and whether it was closed."""

    def __init__(self):
        self.environs, self.where, self.closed = [], [], 0

    def __call__(self, environ, start):
        self.environs.append(environ)
        self.where.append(threading.current_thread().name)
        content = environ["wsgi.input"].read()
        start("201 Created", [("Content-Type", "text/plain"), ("X-Length", str(len(content)))])
        self.answer = [content[:5], content[5:]]
        return self

    def __iter__(self):
        return iter(self.answer)

    def close(self):
        self.closed += 1


def test_a_request_is_answered_by_a_thread_in_one_piece():
    echo = Echo()
    start, end = asked(echo, body(b"hello world"))
    assert start == {
        "type": "http.response.start", "status": 201,
        "headers": [(b"content-type", b"text/plain"), (b"x-length", b"11")],
    }  # fmt: skip
    assert end == {"type": "http.response.body", "body": b"hello world"}
    (environ,) = echo.environs
    assert environ["REQUEST_METHOD"] == "POST" and environ["QUERY_STRING"] == "x=1"
    assert environ["PATH_INFO"] == "/a/é".encode().decode("latin1") and environ["HTTP_X_TWICE"] == "a,b"
    assert echo.where[0].startswith("pages") and echo.closed == 1


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=8))
def test_a_body_in_pieces_arrives_whole_in_memory_and_on_disk(pieces):
    last = len(pieces) - 1
    for most in (threads.MEMORY, 16):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(threads, "MEMORY", most)
            sent = asked(Echo(), *(body(piece, more=n < last) for n, piece in enumerate(pieces)))
        assert sent[1]["body"] == b"".join(pieces)


def test_a_sender_who_leaves_before_the_end_takes_no_thread():
    echo = Echo()
    assert asked(echo, body(b"half", more=True), {"type": "http.disconnect"}) == []
    assert echo.environs == []


def test_a_body_beyond_the_limit_is_refused_without_reading_on(monkeypatch):
    monkeypatch.setattr(threads, "MOST", 10)
    echo = Echo()
    start, _end = asked(echo, body(b"x" * 11, more=True), body(b"never read"))
    assert start["status"] == 413 and echo.environs == []
    start, _end = asked(echo, body(b"x" * 10))
    assert start["status"] == 201


def test_an_application_that_fails_is_closed_and_leaves_the_failure_to_the_server():
    echo = Echo()
    echo.__class__ = type("Broken", (Echo,), {"__iter__": lambda self: iter(int(x) for x in "1x")})
    with pytest.raises(ValueError, match="invalid literal"):
        asked(echo, body())
    assert echo.closed == 1
