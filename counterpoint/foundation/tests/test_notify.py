"""Messages: written with their cause, delivered once, tried again with patience, never across branches."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import transaction

from counterpoint.foundation import channels, keys, notify
from counterpoint.foundation.errors import Forbidden, Invalid
from counterpoint.foundation.models import Channel, JournalEntry, Message
from counterpoint.foundation.scope import scoped, unscoped


@pytest.fixture
def webhook():
    """A server on loopback that keeps what it gets and answers as it is told."""
    got, answer = [], {"status": 200}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if answer["status"] < 300:
                got.append(body)
            self.send_response(answer["status"])
            self.end_headers()

        def log_message(self, *_args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.got, server.answer, server.url = got, answer, f"json://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    keys.create()


def channel(bank, where, url):
    scope = bank.scope("Sysadmin")
    with scoped(scope):
        return channels.channel_add(scope=scope, org_unit=bank.units[where], name="WeCom", url=url, now=bank.now)


def send(bank, dedupe="case-1-level-2", where="b01", **more):
    with scoped(bank.scope("Sun")):
        return notify.send(
            org_unit=bank.units[where],
            dedupe=dedupe,
            title="Overdue",
            body="Case 1",
            link="/cases/1",
            now=bank.now,
            **more,
        )


def fresh(message):
    with unscoped("test"):
        return Message.objects.get(pk=message.pk)


def test_a_message_reaches_the_webhook_once(bank, webhook):
    channel(bank, "b01", webhook.url)
    message = send(bank)
    assert notify.deliver_due(now=bank.now) == 1
    assert notify.deliver_due(now=bank.now + timedelta(days=1)) == 0
    assert len(webhook.got) == 1 and webhook.got[0]["title"] == "Overdue"
    assert webhook.got[0]["message"] == f"Case 1\n/cases/1\n#{str(message.pk)[-8:]}"
    assert fresh(message).sent_at == bank.now


def test_the_same_cause_twice_is_one_message(bank, webhook):
    channel(bank, "b01", webhook.url)
    assert send(bank).pk == send(bank).pk
    assert notify.deliver_due(now=bank.now) == 1


def test_a_message_of_a_rolled_back_change_is_never_sent(bank, webhook):
    channel(bank, "b01", webhook.url)
    with pytest.raises(RuntimeError), transaction.atomic():
        send(bank)
        raise RuntimeError
    assert notify.deliver_due(now=bank.now) == 0 and webhook.got == []


def test_a_failing_channel_is_tried_again_later_and_later_then_given_up(bank, webhook):
    webhook.answer["status"] = 500
    channel(bank, "b01", webhook.url)
    message, now, pauses = send(bank), bank.now, []
    for _ in range(notify.MAX_TRIES):
        assert notify.deliver_due(now=now) == 0
        due = fresh(message).next_due_at
        if due is not None:
            pauses.append((due - now).total_seconds())
            assert notify.deliver_due(now=due - timedelta(seconds=1)) == 0
            now = due
    assert pauses == [60, 120, 240, 480, 960]
    done = fresh(message)
    assert done.tries == notify.MAX_TRIES and done.next_due_at is None and done.error == "Not delivered."
    assert notify.given_up() == 1


def test_a_channel_that_recovers_gets_the_message(bank, webhook):
    webhook.answer["status"] = 503
    channel(bank, "b01", webhook.url)
    send(bank)
    notify.deliver_due(now=bank.now)
    webhook.answer["status"] = 200
    assert notify.deliver_due(now=bank.now + timedelta(minutes=2)) == 1
    assert len(webhook.got) == 1 and notify.given_up() == 0


def test_a_failing_channel_does_not_hold_up_another(bank, webhook):
    channel(bank, "b02", "json://127.0.0.1:9/")
    channel(bank, "b01", webhook.url)
    with scoped(bank.scope("Bo")):
        notify.send(org_unit=bank.b02, dedupe="first", title="t", body="b", now=bank.now - timedelta(minutes=1))
    send(bank)
    assert notify.deliver_due(now=bank.now) == 1


def test_two_ticks_send_a_message_once(bank, webhook):
    channel(bank, "b01", webhook.url)
    send(bank)
    with unscoped("test"):
        first, second = Message.objects.select_related("channel").get(), Message.objects.get()
        assert notify._claim(first, bank.now)
        assert not notify._claim(second, bank.now)


def test_a_tick_that_died_while_sending_tries_again_after_its_pause(bank, webhook):
    channel(bank, "b01", webhook.url)
    send(bank)
    with unscoped("test"):
        notify._claim(Message.objects.get(), bank.now)
    assert notify.deliver_due(now=bank.now) == 0
    assert notify.deliver_due(now=bank.now + timedelta(minutes=2)) == 1


def test_a_branch_without_a_channel_uses_the_nearest_above(bank, webhook):
    top = channel(bank, "hq", webhook.url)
    region = channel(bank, "east", webhook.url)
    channel(bank, "b02", webhook.url)
    assert send(bank).channel_id == region.pk
    with scoped(bank.scope("Stranger")):
        far = notify.send(org_unit=bank.b03, dedupe="far", title="t", body="b", now=bank.now)
    assert far.channel_id == top.pk


def test_a_message_to_a_person_stays_inside_the_product(bank, webhook):
    channel(bank, "b01", webhook.url)
    message = send(bank, recipient=bank.people["Mei"])
    assert message.channel_id is None and message.sent_at == bank.now
    assert notify.deliver_due(now=bank.now) == 0 and webhook.got == []


def test_only_who_edits_the_tree_adds_a_channel_and_its_address_is_not_legible(bank):
    with scoped(bank.scope("Sun")), pytest.raises(Forbidden):
        channels.channel_add(scope=bank.scope("Sun"), org_unit=bank.b01, name="x", url="json://10.0.0.1/", now=bank.now)
    with pytest.raises(Invalid):
        channel(bank, "b01", "no such thing")
    row = channel(bank, "b01", "json://user:secret@127.0.0.1/")
    with unscoped("test"):
        assert "secret" not in Channel.objects.get(pk=row.pk).url
        entry = JournalEntry.objects.get(kind="foundation.channel_added")
    assert "secret" not in str(entry.data)


def test_messages_held_by_a_restore_go_only_when_released(bank, webhook):
    channel(bank, "b01", webhook.url)
    message = send(bank)
    with unscoped("test"):
        Message.objects.update(next_due_at=None, error=notify.HELD)
    assert notify.deliver_due(now=bank.now + timedelta(days=9)) == 0
    assert notify.release_held(now=bank.now) == 1
    assert notify.deliver_due(now=bank.now) == 1 and fresh(message).error == ""
