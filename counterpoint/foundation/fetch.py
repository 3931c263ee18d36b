"""Asking another server: the one way out of the house for what an administrator has connected.

Only https, or plain http for hosts that the installation names; the address is looked up once and held to, so a name
cannot change its mind between the look and the call; nothing of this machine or its neighbours' link is asked; no
redirect is followed; the answer has an end.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from counterpoint.foundation.errors import DomainError

SECONDS = 10.0
MOST = 1 << 20


class Unreachable(DomainError):
    """The other server could not be asked, or its answer has no end."""

    code = "unreachable"
    status = 502


@dataclass(frozen=True)
class Reply:
    """What the other server said."""

    status: int
    body: bytes


def checked(url: str) -> str:
    """The address when it may be asked. Raises `Unreachable` with the reason."""
    found = urlsplit(url)
    plain = found.hostname in settings.PLAIN_HTTP_HOSTS
    if not found.hostname or found.username or (found.scheme != "https" and not (plain and found.scheme == "http")):
        raise Unreachable(_("The address must begin with https:// and name a server."))
    return url


def ask(
    url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None,
    seconds: float = SECONDS,
) -> Reply:  # fmt: skip
    """Ask once. Raises `Unreachable` when there is no answer in time, or none that may be read."""
    found = urlsplit(checked(url))
    host, secure = str(found.hostname), found.scheme == "https"
    port = found.port or (443 if secure else 80)
    made = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        made.sock = socket.create_connection((_address(host, port), port), seconds)
        if secure:
            made.sock = ssl.create_default_context().wrap_socket(made.sock, server_hostname=host)
        target = found.path or "/"
        made.request(method, f"{target}?{found.query}" if found.query else target, body, dict(headers or {}))
        answer = made.getresponse()
        data = answer.read(MOST + 1)
    except (OSError, http.client.HTTPException) as broken:
        words = _("The server %(host)s does not answer: %(why)s")
        raise Unreachable(words % {"host": host, "why": type(broken).__name__}) from broken
    finally:
        made.close()
    if len(data) > MOST:
        raise Unreachable(_("The answer of %(host)s is too long.") % {"host": host})
    return Reply(answer.status, data)


def _address(host: str, port: int) -> str:
    """The first address of a host; this machine's own and link-local ones only when the installation names the host."""
    found = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    at = ipaddress.ip_address(found)
    inward = at.is_loopback or at.is_link_local or at.is_multicast or at.is_unspecified or at.is_reserved
    if inward and host not in settings.PLAIN_HTTP_HOSTS:
        raise Unreachable(_("The server %(host)s lies on this machine's own side.") % {"host": host})
    return found
