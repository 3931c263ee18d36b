"""Complaints from outside: the public form and its proof, floods, receipts, mails, the open API."""

import base64
import contextlib
import re
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.models import JournalEntry, RateBucket
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.service import public
from counterpoint.service.models import Complaint
from counterpoint.service.rules import duplicates, mail, proof
from counterpoint.service.tests.conftest import RUDE, STOLEN, WAITED

SECRET = b"secret"


def count():
    with unscoped("the test counts"):
        return Complaint.objects.count()


def filled(client, text=RUDE, code="b01", **more):
    """Load the form, do its work, send it."""
    page = client.get(f"/c/{code}").content.decode()
    challenge = re.search(r'name="challenge" value="([^"]+)"', page)[1]
    bits = int(re.search(r'data-bits="(\d+)"', page)[1])
    answer = proof.solve(challenge, bits)
    return client.post(f"/c/{code}", {"text": text, "challenge": challenge, "answer": answer} | more)


@pytest.fixture
def easy(monkeypatch):
    """Less work per form; the limits stay."""
    from dataclasses import replace

    from counterpoint.service import catalogue

    rules = catalogue.rules
    monkeypatch.setattr(catalogue, "rules", lambda branch, now: replace(rules(branch, now), proof_bits=4))


def test_a_customer_complains_without_an_account_and_sees_the_state(bank, easy):
    client = Client()
    sent = filled(client, contact="13912345678")
    assert sent.status_code == 302 and sent["Location"].startswith("/c/r/")
    assert not client.cookies, "the form needs no session"
    page = client.get(sent["Location"]).content.decode()
    assert "谢谢，我们已收到" in page and "法定答复期限" in page
    for word in ("身份证", "13912345678", "孙", "Sun", "二级"):
        assert word not in page
    english = client.get(sent["Location"].split("?")[0] + "?language=en").content.decode()
    assert "waits for a colleague" in english


def test_the_form_speaks_three_languages(bank):
    for language, words in (("zh-hans", "发生了什么"), ("zh-hant", "發生了什麼"), ("en", "What happened?")):
        assert words in Client().get(f"/c/b01?language={language}").content.decode()


def test_an_unknown_branch_or_receipt_does_not_exist(bank):
    assert Client().get("/c/nowhere").status_code == 404
    assert Client().get("/c/r/2222222222222222").status_code == 404
    assert Client().get("/c/r/short").status_code == 404


@pytest.mark.parametrize("spoil", ["missing", "forged", "unsolved", "other_branch", "stale"])
def test_a_form_that_no_browser_prepared_is_refused(bank, clock, easy, spoil):
    client = Client()
    challenge = public.challenge(bank.b01, bank.now)
    answer = proof.solve(challenge, 4)
    if spoil == "missing":
        challenge = ""
    elif spoil == "forged":
        challenge = challenge[:-1] + ("0" if challenge[-1] != "0" else "1")
        answer = proof.solve(challenge, 4)
    elif spoil == "unsolved":
        answer = next(str(n) for n in range(100) if not proof.solved(challenge, str(n), 4))
    elif spoil == "stale":
        clock.at = bank.now + timedelta(minutes=proof.LIFE + 1)
    code = "b02" if spoil == "other_branch" else "b01"
    sent = client.post(f"/c/{code}", {"text": WAITED, "challenge": challenge, "answer": answer})
    assert sent.status_code == 422 and count() == 0


def test_a_form_sent_twice_is_one_complaint(bank, easy):
    client = Client()
    challenge = public.challenge(bank.b01, bank.now)
    form = {"text": WAITED, "challenge": challenge, "answer": proof.solve(challenge, 4)}
    first, second = client.post("/c/b01", form), client.post("/c/b01", form)
    assert first["Location"] == second["Location"] and count() == 1
    assert client.post("/c/b01", form | {"text": RUDE}).status_code == 409


def test_a_flood_from_one_address_is_stopped_and_others_still_get_through(bank, easy):
    flood = Client(REMOTE_ADDR="203.0.113.7")
    states = [filled(flood, f"{WAITED}{n}").status_code for n in range(9)]
    assert states == [302] * 5 + [429] * 4
    assert filled(Client(REMOTE_ADDR="203.0.113.8")).status_code == 302
    assert count() == 6


def test_a_flood_from_many_addresses_is_stopped_per_branch_and_other_branches_go_on(bank, easy):
    states = [filled(Client(REMOTE_ADDR=f"198.51.100.{n}"), f"{WAITED}{n}").status_code for n in range(63)]
    assert states == [302] * 60 + [429] * 3
    assert filled(Client(REMOTE_ADDR="198.51.100.99"), code="b02").status_code == 302


def test_unproven_forms_of_a_stranger_do_not_use_up_the_branch(bank, easy):
    for n in range(70):
        Client(REMOTE_ADDR=f"198.51.100.{n}").post("/c/b01", {"text": "x", "challenge": "a.1.b.c", "answer": "1"})
    assert filled(Client(REMOTE_ADDR="203.0.113.9")).status_code == 302


def test_guessing_receipts_is_limited(bank):
    client = Client(REMOTE_ADDR="203.0.113.10")
    states = {client.get(f"/c/r/{'2' * 15}{letter}").status_code for letter in "23456789abcdefghjkmnpqrstuvwxyz" * 3}
    assert states == {404, 429}


def test_no_address_and_no_word_is_kept_where_it_does_not_belong(bank, easy, caplog, take):
    filled(Client(REMOTE_ADDR="203.0.113.77"), STOLEN, contact="13912345678")
    take(RUDE, contact="someone@example.org")
    with unscoped("the test looks"):
        entries = " ".join(str(e.data) + e.subject for e in JournalEntry.objects.all())
        buckets = " ".join(RateBucket.objects.values_list("key", flat=True))
    for secret in ("203.0.113.77", "13912345678", "someone@example.org", "转走", "不耐烦"):
        assert secret not in entries + buckets + caplog.text


def test_a_photo_comes_along_and_only_readers_of_the_words_see_it(bank, easy, sign_in, tmp_path, settings):
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    settings.FILES = tmp_path
    picture = BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    photo = SimpleUploadedFile("a.png", picture.getvalue(), content_type="image/png")
    assert filled(Client(), RUDE, photo=photo).status_code == 302
    with unscoped("the test looks"):
        row = Complaint.objects.get()
    address = f"/service/complaints/{row.pk}/photo/{row.photos[0]}"
    assert sign_in("Sun").get(address)["Content-Type"] == "image/jpeg"
    assert sign_in("Otto").get(address).status_code == 404
    assert sign_in("Stranger").get(address).status_code == 404


def test_a_file_that_is_no_picture_is_refused_and_nothing_is_taken(bank, easy):
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("a.png", b"MZ\x00\x01 not a picture", content_type="image/png")
    assert filled(Client(), RUDE, photo=bad).status_code == 422
    assert count() == 0


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.sampled_from([1, 4, 8]))
def test_only_the_solved_challenge_of_this_server_passes(minute, key, bits):
    text = proof.challenge(SECRET, "b01", minute, f"{key:x}").text()
    answer = proof.solve(text, bits)
    assert proof.check(SECRET, text, answer, branch="b01", minute=minute + 1, bits=bits).key == f"{key:x}"
    for secret, branch, later in ((b"other", "b01", 1), (SECRET, "b02", 1), (SECRET, "b01", proof.LIFE + 1)):
        with pytest.raises(proof.Unproven):
            proof.check(secret, text, answer, branch=branch, minute=minute + later, bits=bits)


EML = """From: Branch <b01@bank.example>
To: complaints@bank.example
Subject: Fwd: 投诉
Message-ID: <outer@bank.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

请处理。

---------- Forwarded message ---------
发件人: 王女士 <wang@example.org>
日期: 2026-11-20
主题: 投诉

柜员态度恶劣,
把身份证扔给我。
"""


def test_a_forwarded_mail_gives_the_customers_own_words_and_address():
    found = mail.parse(EML.encode())
    assert (found.contact, found.subject) == ("wang@example.org", "投诉")
    assert found.text == "柜员态度恶劣,\n把身份证扔给我。"


def test_an_attached_message_wins_and_attachments_are_only_counted():
    from email.message import EmailMessage

    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Date"] = "li@example.org", "等太久", "Fri, 20 Nov 2026 10:00:00 +0800"
    inner.set_content("<p>等了<b>两个小时</b></p><script>x</script>", subtype="html")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "b01@bank.example", "转"
    outer.set_content("见附件")
    outer.add_attachment(inner)
    found = mail.parse(outer.as_bytes())
    assert (found.contact, found.text) == ("li@example.org", "等了两个小时")
    assert found.sent_at.isoformat() == "2026-11-20T02:00:00+00:00"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail_or_are_refused(content):
    with contextlib.suppress(mail.Unreadable):
        assert mail.parse(content).text


def test_a_mail_file_is_taken_in_once(bank, sign_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = sign_in("Mei")
    for _again in range(2):
        file = SimpleUploadedFile("a.eml", EML.encode())
        assert client.post("/service/complaints/take/mail", {"mail": file}).status_code == 302
    with unscoped("the test looks"):
        row = Complaint.objects.get()
    assert (row.channel, row.contact, row.level) == ("email", "wang@example.org", "level_2")


@pytest.fixture
def machine(bank):
    """A client of an enrolled call-centre system of b01."""
    from counterpoint.foundation.actions import device_enrol

    with scoped(bank.scope("Sun")) as scope:
        _row, token = device_enrol(
            scope=scope, branch=bank.b01, name="call centre", verbs=("service.complaint.open",), now=bank.now
        )

    def post(path, body, key="k1"):
        return Client().post(
            f"/api/v1/complaints{path}", body, content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )  # fmt: skip

    return post


def test_the_open_api_takes_a_complaint_once_per_key(machine):
    body = {"text": STOLEN, "channel": "phone", "contact": "13912345678"}
    first, again = machine("/", body), machine("/", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["receipt"] == again.json()["receipt"] and first.json()["level"] == "level_1"
    assert machine("/", body | {"text": RUDE}).status_code == 409
    assert machine("/", {"text": ""}, "k2").status_code == 422
    assert count() == 1


def test_the_open_api_reads_mails(machine):
    sent = machine("/mail", {"eml": base64.b64encode(EML.encode()).decode()})
    assert sent.status_code == 201
    assert machine("/mail", {"eml": "!!"}, "k2").status_code == 422
    assert machine("/mail", {"subject": "等候", "sender": "a@b.cn", "text": WAITED}, "k3").status_code == 201


def test_near_texts_are_found_and_strangers_are_not():
    assert duplicates.alike(WAITED, "在大厅等了大概二十分钟,只开一个窗口,中午希望多开一个窗口") > duplicates.NEAR
    assert duplicates.alike(WAITED, STOLEN) < 0.1
