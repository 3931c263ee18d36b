"""Channels in the browser: robots, mail and webhooks are added, tried, switched off and removed, secrets kept."""

from urllib.parse import parse_qs, urlsplit

import pytest

from counterpoint.foundation import channels, keys, notify
from counterpoint.foundation.channels import Address, url_of
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import Channel, JournalEntry, Message
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.foundation.tests.test_notify import fresh, own_keys, send, webhook  # noqa: F401  (fixtures)

KEY = "633a31f6-7f9c-4bc4-97a0-0ec1eefa589d"
ROBOT = {
    "kind": "wecom", "name": "网点群", "secret": "", "sender": "", "to": "",
    "address": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (Address("wecom", ROBOT["address"]), f"wecombot://{KEY}/"),
        (Address("wecom", KEY), f"wecombot://{KEY}/"),
        (Address("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abc123def"), "dingtalk://abc123def/"),
        (Address("dingtalk", "abc123def", secret="SECa1b2"), "dingtalk://SECa1b2@abc123def/"),
        (Address("feishu", f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}"), f"feishu://{KEY}/"),
        (Address("webhook", "https://hooks.bank.cn:8443/in"), "jsons://hooks.bank.cn:8443/in"),
        (Address("webhook", "http://10.0.0.5?token=a b"), "json://10.0.0.5/?-token=a+b"),
    ],
    ids=str,
)
def test_the_address_that_a_platform_shows_becomes_one_that_messages_go_to(given, url):
    made, shown = url_of(given)
    assert made == url and notify.robot_of(made)
    assert KEY not in shown and "abc123def" not in shown and "token" not in shown


def test_mail_goes_to_its_recipient_by_its_server_and_shows_no_password():
    made, shown = url_of(Address("mail", "smtp.bank.cn:465", "p@/:w", "head@bank.cn", "ops@bank.cn"))
    assert shown == "head@bank.cn (smtp.bank.cn:465)"
    (mail,) = notify.robot_of(made)
    assert (mail.smtp_host, mail.port, mail.password, mail.secure) == ("smtp.bank.cn", 465, "p@/:w", True)
    assert (mail.targets, mail.from_addr[1]) == ([(False, "head@bank.cn")], "ops@bank.cn")
    assert parse_qs(urlsplit(made).query)["mode"] == ["ssl"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Address("pigeon", "x"), "kind"),
        (Address("wecom", "https://qyapi.weixin.qq.com/"), "address"),
        (Address("wecom", "a b c d e f g"), "address"),
        (Address("dingtalk", "abc123def", secret="x"), "secret"),
        (Address("webhook", "ftp://bank.cn/"), "address"),
        (Address("webhook", "https://u:p@bank.cn/"), "address"),
        (Address("webhook", "https://bank.cn:port/"), "address"),
        (Address("webhook", "https://bank.cn/", secret="x"), "secret"),
        (Address("mail", "smtp.bank.cn/../x", "", "a@b.cn", "c@b.cn"), "address"),
        (Address("mail", "smtp.bank.cn", "", "nobody", "c@b.cn"), "to"),
        (Address("mail", "smtp.bank.cn", "", "a@b.cn", "c@b.cn?x=1"), "sender"),
    ],
    ids=str,
)
def test_what_is_no_address_is_refused_at_its_field(given, field):
    with pytest.raises(Invalid) as refused:
        url_of(given)
    assert refused.value.details["field"] == field


@pytest.fixture
def added(bank, sign_in, webhook):  # noqa: F811
    """Headquarters has added a webhook of the branch's region."""
    form = ROBOT | {"kind": "webhook", "address": webhook.url.replace("json:", "http:")}
    assert sign_in("Hana").post("/setup/east/channels", form).status_code == 302
    with unscoped("test"):
        return Channel.objects.select_related("org_unit").get()


def kinds(unit):
    with unscoped("test"):
        found = JournalEntry.objects.filter(org_unit=unit, kind__startswith="foundation.channel").order_by("id")
        return [(entry.kind.removeprefix("foundation.channel_"), entry.data) for entry in found]


def test_a_robot_is_added_on_the_page_and_its_key_is_never_shown_again(bank, sign_in):
    client = sign_in("Hana")
    assert client.post("/setup/b01/channels", ROBOT).status_code == 302
    page = client.get("/setup/b01").content.decode()
    assert "网点群" in page and "企业微信群机器人" in page and KEY not in page
    with unscoped("test"):
        row = Channel.objects.get()
    assert KEY not in row.url and keys.decrypt(row.url) == f"wecombot://{KEY}/"
    assert kinds(bank.b01) == [("added", {"channel": str(row.pk)})]


def test_a_refused_form_does_not_give_the_secret_back(sign_in):
    form = ROBOT | {
        "kind": "mail",
        "address": "smtp.bank.cn",
        "secret": "pass-word-1",
        "sender": "x",
        "to": "a@bank.cn",
    }
    answer = sign_in("Hana").post("/setup/b01/channels", form)
    assert answer.status_code == 422 and "pass-word-1" not in answer.content.decode()
    assert set(answer.context["forms"]["channel"].errors) == {"sender"}


@pytest.mark.parametrize("person", ["Mei", "Sun", "Ada", "Rita", "Otto"])
def test_who_may_not_edit_the_tree_sees_and_changes_no_channel(sign_in, added, person):
    client = sign_in(person)
    assert client.post("/setup/east/channels", ROBOT).status_code == 404
    assert client.post(f"/setup/east/channels/{added.pk}", {"do": "remove"}).status_code == 404
    assert "channels" not in client.get("/setup/b01").content.decode()


def test_a_trial_message_arrives_at_once_and_its_result_is_told(bank, sign_in, added, webhook):  # noqa: F811
    client, address = sign_in("Hana"), f"/setup/east/channels/{added.pk}"
    page = client.post(address, {"do": "try"}, follow=True).content.decode()
    assert "对方已接收测试消息" in page and "东区" in webhook.got[0]["message"]
    webhook.answer["status"] = 500
    assert "对方未接收测试消息" in client.post(address, {"do": "try"}, follow=True).content.decode()
    assert [data["ok"] for what, data in kinds(bank.east) if what == "tried"] == [True, False]


def test_a_channel_of_another_unit_is_not_changed_by_its_address(sign_in, added):
    assert sign_in("Hana").post(f"/setup/b01/channels/{added.pk}", {"do": "remove"}).status_code == 404


def test_switched_off_nothing_leaves_by_it_and_on_again_what_waited_goes(bank, sign_in, added, webhook):  # noqa: F811
    client, address = sign_in("Hana"), f"/setup/east/channels/{added.pk}"
    message = send(bank)
    client.post(address, {"do": "off"})
    assert notify.deliver_due(now=bank.now) == 0 and fresh(message).tries == 0
    page = client.get("/setup/east")
    assert [(line.active, line.waiting) for line in page.context["channels"]] == [(False, 1)]
    assert "/channels" in page.content.decode() and "已停用" in page.content.decode()
    client.post(address, {"do": "on"})
    client.post(address, {"do": "on"})
    assert notify.deliver_due(now=bank.now) == 1 and len(webhook.got) == 1
    assert [data["on"] for what, data in kinds(bank.east) if what == "switched"] == [False, True]


def test_what_waits_for_a_channel_that_goes_off_takes_the_next_one_above(bank, sign_in, added, webhook):  # noqa: F811
    scope = bank.scope("Hana")
    message = send(bank)
    with scoped(scope):
        above = channels.channel_add(scope=scope, org_unit=bank.hq, name="hq", url=webhook.url, now=bank.now)
    assert fresh(message).channel_id == added.pk
    sign_in("Hana").post(f"/setup/east/channels/{added.pk}", {"do": "off"})
    assert fresh(message).channel_id == above.pk and notify.deliver_due(now=bank.now) == 1


def test_a_removed_channel_forgets_its_address_and_keeps_its_messages(bank, sign_in, added):
    message, client = send(bank), sign_in("Hana")
    assert notify.deliver_due(now=bank.now) == 1
    client.post(f"/setup/east/channels/{added.pk}", {"do": "remove"})
    with unscoped("test"):
        row = Channel.objects.get(pk=added.pk)
    assert (row.url, row.active, row.removed_at is not None) == ("", False, True)
    assert fresh(message).channel_id == added.pk and client.get("/setup/east").context["channels"] == []
    assert client.post(f"/setup/east/channels/{added.pk}", {"do": "on"}).status_code == 404


def test_a_link_in_a_message_opens_from_outside_once_the_public_address_is_known(bank, added, webhook, settings):  # noqa: F811
    settings.PUBLIC_ADDRESS = "https://branch.example.com"
    message = send(bank)
    notify.deliver_due(now=bank.now)
    assert "\nhttps://branch.example.com/cases/1\n" in webhook.got[0]["message"]
    with unscoped("test"):
        assert Message.objects.get(pk=message.pk).link == "/cases/1"
