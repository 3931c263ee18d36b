"""Channels of a unit: robots of WeCom, DingTalk and Feishu, mail, webhooks. Added, tried, switched off and removed.

Addresses hold secrets: they are stored encrypted and never shown again; what may be shown of one is its `target`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation import journal, keys, notify
from counterpoint.foundation.actions import EDIT
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import Channel, Message, OrgUnit
from counterpoint.foundation.scope import Scope, scoped, unscoped

KINDS: dict[str, str | Promise] = {
    "wecom": gettext_lazy("WeCom group robot"),
    "dingtalk": gettext_lazy("DingTalk group robot"),
    "feishu": gettext_lazy("Feishu group robot"),
    "mail": gettext_lazy("E-mail"),
    "webhook": gettext_lazy("Webhook of another system"),
}
OF_SCHEMA = {
    "wecombot": "wecom", "dingtalk": "dingtalk", "feishu": "feishu", "mailto": "mail", "mailtos": "mail",
    "json": "webhook", "jsons": "webhook",
}  # fmt: skip
KEY = re.compile(r"[A-Za-z0-9_-]{6,128}")
SECRET = re.compile(r"SEC[A-Za-z0-9]+")
MAILBOX = re.compile(r"[^\s@/?#]+@[^\s@/?#]+")


@dataclass(frozen=True)
class Address:
    """What a person fills in: the address that the platform shows (of a robot also its bare key), or the mail server;
    a secret where there is one; whom mail goes to and whom it comes from."""

    kind: str
    address: str
    secret: str = ""
    to: str = ""
    sender: str = ""


@dataclass(frozen=True)
class ChannelLine:
    """A channel as its page shows it: no secrets, how it went lately."""

    id: UUID
    name: str
    kind: str
    target: str
    active: bool
    waiting: int
    lost: int
    last_sent: datetime | None


def url_of(given: Address) -> tuple[str, str]:
    """(the URL that Apprise sends to, what may be shown of it). Raises `Invalid` in words."""
    made = {"wecom": _robot, "dingtalk": _robot, "feishu": _robot, "mail": _mail, "webhook": _webhook}.get(given.kind)
    if made is None:
        raise Invalid(_("There is no such kind of channel."), field="kind")
    return made(given)


def _robot(given: Address) -> tuple[str, str]:
    key = _key(given.address.strip())
    if KEY.fullmatch(key) is None:
        raise Invalid(_("Paste the whole address that the group shows for its robot."), field="address")
    if given.kind == "dingtalk":
        secret = given.secret.strip()
        if secret and SECRET.fullmatch(secret) is None:
            raise Invalid(_("The signing secret of a DingTalk robot begins with SEC."), field="secret")
        return f"dingtalk://{secret}{'@' if secret else ''}{key}/", ""
    return f"{'wecombot' if given.kind == 'wecom' else 'feishu'}://{key}/", ""


def _key(address: str) -> str:
    """The key in a robot's address: WeCom's and DingTalk's stand in the query, Feishu's at the end of the path."""
    found = urlsplit(address)
    if not found.scheme:
        return address
    query = parse_qs(found.query)
    return (query.get("key") or query.get("access_token") or [found.path.rstrip("/").rpartition("/")[2]])[0]


def _webhook(given: Address) -> tuple[str, str]:
    try:
        found = urlsplit(given.address.strip())
        named = found.scheme in ("http", "https") and found.hostname and not found.username and found.port != 0
    except ValueError:  # a port that is no number
        named = False
    if not named:
        raise Invalid(_("A webhook's address begins with https:// and names a server."), field="address")
    if given.secret:
        raise Invalid(_("Only DingTalk robots and mail have a secret beside the address."), field="secret")
    query = urlencode([(f"-{name}", value) for name, value in parse_qsl(found.query)])  # "-" hands it on as it is
    place = f"{found.netloc}{found.path or '/'}{'?' if query else ''}{query}"
    return f"json{'s' if found.scheme == 'https' else ''}://{place}", found.netloc


def _mail(given: Address) -> tuple[str, str]:
    server = given.address.strip()
    if re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?", server) is None:
        raise Invalid(_("Write the mail server like smtp.bank.example:465."), field="address")
    for field, value in (("to", given.to), ("sender", given.sender)):
        if MAILBOX.fullmatch(value.strip()) is None:
            raise Invalid(_("“%(mail)s” is no mail address.") % {"mail": value}, field=field)
    to, sender = given.to.strip(), given.sender.strip()
    login = f"{quote(sender, safe='')}:{quote(given.secret, safe='')}@" if given.secret else ""
    mode = "&mode=ssl" if server.endswith(":465") else ""
    schema = "mailtos" if given.secret or mode else "mailto"
    where = f"smtp={server.partition(':')[0]}&to={quote(to, safe='')}&from={quote(sender, safe='')}"
    return f"{schema}://{login}{server}?{where}{mode}", f"{to} ({server})"


@transaction.atomic
def channel_add(*, scope: Scope, org_unit: OrgUnit, name: str, url: str, now: datetime, target: str = "") -> Channel:
    """Add a channel; the URL holds secrets and is stored encrypted. The server itself calls the address, so only who
    may edit the org tree may name one. Raises `Invalid`."""
    scope.require(EDIT, org_unit.path)
    if not notify.robot_of(url):
        raise Invalid(_("The channel's address is not understood."), field="address")
    kind = OF_SCHEMA.get(url.partition("://")[0], "")
    channel = Channel(org_unit=org_unit, name=name, url=keys.encrypt(url), kind=kind, target=target)
    channel.save()
    _note(scope, channel, "added", now)
    notify.redirect()
    return channel


def channel_try(*, scope: Scope, channel: Channel, now: datetime) -> str:
    """Send a word of trial at once; "" when it was taken, else why not. Not in a transaction: it waits for the other
    side."""
    scope.require(EDIT, channel.org_path)
    body = _("A trial from %(unit)s. Nothing has to be done.") % {"unit": channel.org_unit.name}
    error = notify.hand_over(channel, _("Trial message"), body)
    with transaction.atomic():
        _note(scope, channel, "tried", now, ok=not error)
    return error


@transaction.atomic
def channel_switch(*, scope: Scope, channel: Channel, on: bool, now: datetime) -> Channel:
    """Off: what waits for it and what comes goes by the next channel above, or waits. On: it is used again."""
    return _set(scope, channel, now, "switched", active=on)


@transaction.atomic
def channel_remove(*, scope: Scope, channel: Channel, now: datetime) -> Channel:
    """Forget the address. The row stays for the messages that went through it."""
    return _set(scope, channel, now, "removed", active=False, removed_at=now, url="")


def _set(scope: Scope, channel: Channel, now: datetime, what: str, **fields: Any) -> Channel:
    scope.require(EDIT, channel.org_path)
    row: Channel = Channel.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=channel.pk)
    if row.removed_at is not None or (row.active == fields["active"] and what == "switched"):
        return row  # a second press tells nothing new
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    _note(scope, row, what, now, **({"on": row.active} if what == "switched" else {}))
    notify.redirect()
    return row


def lines(*, scope: Scope, unit: OrgUnit) -> list[ChannelLine]:
    """The unit's channels, with what waits, what was given up and when a message last went out."""
    with scoped(scope):
        rows = list(Channel.objects.filter(org_unit=unit, removed_at=None).order_by("name", "pk"))
    with unscoped("a channel carries messages of the units below it, and of them only counts are shown"):
        lost = Q(sent_at=None, next_due_at=None, tries__gte=notify.MAX_TRIES)
        found = Message.objects.filter(channel__in=[row.pk for row in rows]).order_by().values("channel")
        counts = found.annotate(
            waiting=Count("pk", filter=Q(next_due_at__isnull=False)), lost=Count("pk", filter=lost), last=Max("sent_at")
        )
        told = {one["channel"]: one for one in counts} if rows else {}
    return [
        ChannelLine(
            row.pk, row.name, str(KINDS.get(row.kind, "")), row.target, row.active,
            *((one["waiting"], one["lost"], one["last"]) if (one := told.get(row.pk)) else (0, 0, None)),
        )
        for row in rows
    ]  # fmt: skip


def _note(scope: Scope, channel: Channel, what: str, now: datetime, **more: Any) -> None:
    journal.record(
        scope=scope, org_unit=channel.org_unit, kind=f"foundation.channel_{what}", subject=str(channel.pk), at=now,
        data={"channel": str(channel.pk), **more},
    )  # fmt: skip
