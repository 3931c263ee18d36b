"""The address of a practice world: `/practice/<world>/` before every page of the house.

The outermost layer turns the prefix into the script name, so that every address that is made in answer to such a
request stays inside. What is stored or sent carries no prefix; it gets the reader's own when it is shown.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.urls import get_script_prefix

CODE = r"w[0-9a-z]{8}"
_PREFIX = re.compile(rf"/practice/({CODE})(?=/|\?|$)")


def strip(scope: dict[str, Any]) -> dict[str, Any]:
    """The server's request with the world's prefix as its root path; any other request as it came."""
    found = _PREFIX.match(scope.get("path", ""))
    if found is None:
        return scope
    bare = scope["path"] == found.group()  # the desk of a world ends with a stroke, as that of the house does
    return scope | {"root_path": found.group(), "path": f"{found.group()}/" if bare else scope["path"]}


def path_of(scope: Mapping[str, Any]) -> str:
    """Path of a stripped request without its root path: what decides who answers."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def world_of(script_name: str) -> str:
    """Code of the world that a script name stands for; "" outside of practice."""
    found = _PREFIX.fullmatch(script_name.rstrip("/"))
    return found.group(1) if found else ""


def inside(link: str) -> str:
    """A stored address as the present reader follows it: a world's reader stays in the world."""
    return f"{get_script_prefix().rstrip('/')}{link}" if link.startswith("/") else link


def outside(link: str) -> str:
    """An address without a world's prefix, as it is stored or sent."""
    return _PREFIX.sub("", link, count=1) if link.startswith("/practice/") else link
