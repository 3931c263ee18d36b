"""Messages leave through an outbox: written with their cause, delivered by the tick, once per dedupe key.

Delivery to WeCom, DingTalk, Feishu, mail and webhooks is Apprise's; a message without a channel stays in the person's
inbox inside the product.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Length

from counterpoint.foundation import keys, prefix
from counterpoint.foundation.models import Channel, Message, OrgUnit, User
from counterpoint.foundation.scope import lineage, unscoped

log = logging.getLogger("counterpoint.notify")

MAX_TRIES = 6
FIRST_RETRY = timedelta(seconds=30)
HELD = "Held after a restore: it may have been sent already."


def send(
    *,
    org_unit: OrgUnit,
    dedupe: str,
    title: str,
    body: str,
    now: datetime,
    recipient: User | None = None,
    link: str = "",
) -> Message:
    """Queue a message in the caller's transaction; the same dedupe key again changes nothing."""
    with transaction.atomic():
        existing = Message.objects.filter(dedupe=dedupe).first()
        if existing:
            return existing
        channel = None if recipient else _nearest_channel(org_unit.path)
        message = Message(
            org_unit=org_unit, dedupe=dedupe, recipient=recipient, channel=channel, title=title, body=body,
            link=prefix.outside(link), created_at=now, next_due_at=now if channel else None,
            sent_at=None if channel else now,
        )  # fmt: skip
        message.save(force_insert=True)
        return message


def _nearest_channel(path: str) -> Channel | None:
    """The branch's own channel, else its region's, else headquarters'."""
    with unscoped("a branch's message may leave through a channel above it"):
        held = Channel.objects.filter(org_path__in=lineage(path), active=True)
        return held.order_by(Length("org_path").desc(), "pk").first()


def redirect() -> int:
    """Called when a channel comes or goes: messages that wait for one which is off go by the nearest that is on;
    without one they wait, untried, until there is. Returns how many found a way."""
    found = 0
    with unscoped("a channel carries messages of the units below it"):
        waiting = Message.objects.filter(channel__active=False, sent_at=None, next_due_at__isnull=False)
        for path in waiting.order_by().values_list("org_path", flat=True).distinct():
            if (nearest := _nearest_channel(path)) is not None:
                found += waiting.filter(org_path=path).update(channel=nearest)
    return found


def release_held(*, now: datetime) -> int:
    """Let messages go that a restore held, after a person looked at them. Returns how many."""
    with unscoped("the operator releases all branches' messages"):
        return int(Message.objects.filter(error=HELD, sent_at=None).update(next_due_at=now, error=""))


def deliver_due(*, now: datetime, limit: int = 50) -> int:
    """Called by the tick: try what is due; failures back off and stop after six tries. Returns how many were sent."""
    sent = 0
    with unscoped("the tick serves all branches"):
        due = Message.objects.filter(next_due_at__lte=now, channel__active=True).select_related("channel")
        for message in due.order_by("next_due_at")[:limit]:
            sent += _claim(message, now) and _try(message, now)
    return sent


def _claim(message: Message, now: datetime) -> bool:
    """Of two ticks one sends. A tick that dies while sending leaves the message due again after its pause."""
    mine = Message.objects.filter(pk=message.pk, tries=message.tries, next_due_at=message.next_due_at, sent_at=None)
    message.tries += 1
    return bool(mine.update(tries=message.tries, next_due_at=now + FIRST_RETRY * 2**message.tries))


def _try(message: Message, now: datetime) -> bool:
    error = _deliver(message)
    if not error:
        changes = {"sent_at": now, "next_due_at": None, "error": ""}
    elif message.tries >= MAX_TRIES:
        changes = {"next_due_at": None, "error": error}
    else:
        changes = {"error": error}
    Message.objects.filter(pk=message.pk).update(**changes)
    return not error


def given_up() -> int:
    """How many messages were not delivered after all tries; `doctor` shows it."""
    with unscoped("the operator looks at all branches"):
        return int(Message.objects.filter(sent_at=None, next_due_at=None, tries__gte=MAX_TRIES).count())


def robot_of(url: str) -> Any:
    """What sends to the URL, None for one that is not understood."""
    import apprise

    robot = apprise.Apprise()
    return robot if robot.add(url) else None


def absolute(link: str) -> str:
    """A page's address as people outside of the product open it; as it is while no public address is set."""
    return f"{settings.PUBLIC_ADDRESS}{link}" if link.startswith("/") else link


def channels_in_use() -> int:
    """How many channels may carry messages away; `doctor` asks."""
    with unscoped("the operator looks at all branches"):
        return int(Channel.objects.filter(active=True).count())


def _deliver(message: Message) -> str:
    """Send it; the mark at the end lets people and programs see that two copies are one message."""
    if message.channel is None:
        return ""
    parts = [message.body, absolute(message.link), f"#{str(message.pk)[-8:]}"]
    return hand_over(message.channel, message.title, "\n".join(filter(None, parts)))


def hand_over(channel: Channel, title: str, body: str) -> str:
    """Send words by a channel now; "" when they were taken, else why not."""
    try:
        robot = robot_of(keys.decrypt(channel.url))
        if robot is None:
            return "The channel's address is not understood."
        return "" if robot.notify(title=title, body=body) else "Not delivered."
    except Exception as failure:  # the channel's library may raise anything; the outbox must go on
        log.warning("message not delivered", extra={"kind": type(failure).__name__})
        return f"Not delivered: {type(failure).__name__}."
