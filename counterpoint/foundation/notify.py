"""Messages leave through an outbox: written with their cause, delivered by the tick, once per dedupe key.

Delivery to WeCom, DingTalk, Feishu, mail and webhooks is Apprise's; a message without a channel stays in the person's
inbox inside the product.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from counterpoint.foundation import keys
from counterpoint.foundation.models import Channel, Message, OrgUnit, User
from counterpoint.foundation.scope import Scope, unscoped

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
        channel = None if recipient else Channel.objects.filter(org_unit=org_unit, active=True).first()
        message = Message(
            org_unit=org_unit, dedupe=dedupe, recipient=recipient, channel=channel, title=title, body=body, link=link,
            created_at=now, next_due_at=now if channel else None, sent_at=None if channel else now,
        )  # fmt: skip
        message.save(force_insert=True)
        return message


def channel_add(*, scope: Scope, org_unit: OrgUnit, name: str, url: str) -> Channel:
    """Add a channel; the URL holds secrets and is stored encrypted."""
    scope.require("foundation.org.edit", org_unit.path)
    channel = Channel(org_unit=org_unit, name=name, url=keys.encrypt(url))
    channel.save()
    return channel


def release_held(*, now: datetime) -> int:
    """Let messages go that a restore held, after a person looked at them. Returns how many."""
    with unscoped("the operator releases all branches' messages"):
        return int(Message.objects.filter(error=HELD, sent_at=None).update(next_due_at=now, error=""))


def deliver_due(*, now: datetime, limit: int = 50) -> int:
    """Called by the tick: try what is due; failures back off and stop after six tries. Returns how many were sent."""
    sent = 0
    with unscoped("the tick serves all branches"):
        due = Message.objects.filter(next_due_at__lte=now).select_related("channel").order_by("next_due_at")[:limit]
        for message in due:
            sent += _try(message, now)
    return sent


def _try(message: Message, now: datetime) -> bool:
    message.tries += 1
    error = _deliver(message)
    if not error:
        message.sent_at, message.next_due_at, message.error = now, None, ""
    elif message.tries >= MAX_TRIES:
        message.next_due_at, message.error = None, error
    else:
        message.next_due_at, message.error = now + FIRST_RETRY * 2**message.tries, error
    message.save(update_fields=["tries", "sent_at", "next_due_at", "error", "org_path"])
    return not error


def _deliver(message: Message) -> str:
    import apprise

    if message.channel is None:
        return ""
    robot = apprise.Apprise()
    if not robot.add(keys.decrypt(message.channel.url)):
        return "The channel's address is not understood."
    try:
        return "" if robot.notify(title=message.title, body=f"{message.body}\n{message.link}") else "Not delivered."
    except Exception as failure:  # the channel's library may raise anything; the outbox must go on
        log.warning("message not delivered", extra={"kind": type(failure).__name__})
        return f"Not delivered: {type(failure).__name__}."
