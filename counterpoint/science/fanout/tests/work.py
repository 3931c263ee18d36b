"""Work that processes can import: some of it raises, some of it kills the process that does it."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def double(payload: bytes) -> bytes:
    """Twice the payload; a payload of zeros is an error."""
    if payload == b"0":
        raise ZeroDivisionError("nothing to double")
    return payload * 2


def killed_once(payload: bytes) -> bytes:
    """``path|text``: the process is killed unless the file exists already; then the text."""
    path, text = payload.split(b"|")
    if path:
        try:
            Path(os.fsdecode(path)).touch(exist_ok=False)
        except FileExistsError:
            return text
        os.kill(os.getpid(), signal.SIGKILL)
    return text


def deadly(payload: bytes) -> bytes:
    """Kills its process at every try when told ``die``."""
    if payload == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    return payload


def where(_payload: bytes) -> bytes:
    """The process that did it."""
    return str(os.getpid()).encode()


def nested(payload: bytes) -> bytes:
    """Gives work out from within a process that may itself be a worker."""
    from counterpoint.science.fanout import Local, Task

    return Local(2).map([Task("inner", payload)], double)[0].value or b""
