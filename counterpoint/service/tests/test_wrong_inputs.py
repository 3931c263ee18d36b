"""What people send by mistake: every answer says in Chinese what to do, no word is lost, nothing doubles."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from counterpoint.foundation.scope import unscoped
from counterpoint.service import public
from counterpoint.service.models import Complaint
from counterpoint.service.rules import mail, proof
from counterpoint.service.tests.conftest import RUDE, WAITED
from counterpoint.service.tests.test_intake import count, easy, filled, machine  # noqa: F401  (fixtures)
from counterpoint.ui.leftovers import english_left

TAKE = "/service/complaints/take"
SECTIONS = ("facts", "finding", "cause", "remedy", "measures")


def rows():
    with unscoped("the test looks"):
        return list(Complaint.objects.order_by("received_at", "pk"))


def picture(part=1.0):
    whole = BytesIO()
    Image.effect_noise((200, 200), 90).save(whole, "JPEG")
    content = whole.getvalue()
    return content[: int(len(content) * part)]


def told(answer):
    """The messages of a page: of fields, notes and toasts."""
    text = answer.content.decode()
    found = re.findall(r"<div><p>([^<]+)</p>|<span>([^<]+)</span></p>|data-toast=\"([^\"]+)\"", text)
    lines = re.findall(r'class="toast"[^>]*>.*?<span[^>]*>([^<]+)<', text, re.DOTALL)
    return " ".join([*("".join(one) for one in found), *lines])


class TestPublicForm:
    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"photo": ("a.jpg", 0.5)}, "图片已损坏"),
            ({"photo": ("a.csv", b"a,b\n1,2\n")}, "JPEG、PNG 或 WebP"),
            ({"photo": ("a.pdf", b"%PDF-1.7 x")}, "JPEG、PNG 或 WebP"),
            ({"photo": ("a.heic", b"\0\0\0\x18ftypheic")}, "JPEG、PNG 或 WebP"),
            ({"photo": ("a.jpg", b"")}, "空文件"),
            ({"text": "等" * 4001}, "最多 4000 字，现有 4001 字"),
            ({"contact": "1" * 201}, "最多 200 字"),
            ({"happened_on": "2026-13-01"}, "有效的日期"),
            ({"happened_on": "2026-11-24"}, "晚于今天"),
            ({"happened_on": "0202-11-20"}, "年份"),
        ],
    )
    def test_a_refused_form_says_why_and_keeps_the_words(self, bank, easy, more, words):  # noqa: F811
        more = dict(more)
        if "photo" in more:
            name, content = more["photo"]
            more["photo"] = SimpleUploadedFile(name, picture(content) if isinstance(content, float) else content)
        answer = filled(Client(), **more)
        page = answer.content.decode()
        assert answer.status_code == 422 and words in page and count() == 0
        assert more.get("text", RUDE) in page and english_left(told(answer), ["JPEG", "PNG", "WebP"]) == []

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("等" * 4000, "等" * 4000),
            ("等\r\n" * 2000, ("等\n" * 2000).strip()),
            ("🙁😡排队两小时👨‍👩‍👧", "🙁😡排队两小时👨‍👩‍👧"),
            ("𠮷野等了两小时", "𠮷野等了两小时"),
            ("排队\x00两小时", "排队两小时"),
        ],
    )
    def test_whatever_can_be_written_is_taken_in_whole(self, bank, easy, text, kept):  # noqa: F811
        answer = filled(Client(), text)
        assert answer.status_code == 302 and [row.text for row in rows()] == [kept]

    @pytest.mark.parametrize("minutes", [-9, -1, 1, 119])
    def test_a_clock_set_back_a_little_refuses_nobody(self, bank, easy, clock, minutes):  # noqa: F811
        challenge = public.challenge(bank.b01, bank.now)
        clock.at = bank.now + timedelta(minutes=minutes)
        form = {"text": WAITED, "challenge": challenge, "answer": proof.solve(challenge, 4)}
        assert Client().post("/c/b01", form).status_code == 302

    @pytest.mark.parametrize("minutes", [-11, -600_000, 121, 600_000])
    def test_a_clock_that_jumped_refuses_once_and_the_words_can_be_sent_again(self, bank, easy, clock, minutes):  # noqa: F811
        client, challenge = Client(), public.challenge(bank.b01, bank.now)
        clock.at = bank.now + timedelta(minutes=minutes)
        form = {"text": WAITED, "challenge": challenge, "answer": proof.solve(challenge, 4)}
        refused = client.post("/c/b01", form)
        assert refused.status_code == 422 and WAITED in refused.content.decode() and "已过期" in told(refused)
        new = re.search(r'name="challenge" value="([^"]+)"', refused.content.decode())[1]
        assert client.post("/c/b01", form | {"challenge": new, "answer": proof.solve(new, 4)}).status_code == 302
        assert count() == 1

    def test_a_challenge_of_strange_digits_is_refused(self, bank):
        form = {"text": WAITED, "challenge": "b01.²².k.s", "answer": "1"}
        assert Client().post("/c/b01", form).status_code == 422

    def test_the_same_words_sent_twice_in_two_languages_are_one(self, bank, easy):  # noqa: F811
        challenge = public.challenge(bank.b01, bank.now)
        form = {"text": WAITED, "challenge": challenge, "answer": proof.solve(challenge, 4)}
        states = [Client().post(f"/c/b01?language={one}", form).status_code for one in ("zh-hans", "en")]
        assert states == [302, 302] and count() == 1


class TestCallCentre:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"received_at": "2026-11-20T10:00:00"}, 422),  # whose time?
            ({"received_at": "2024-11-20T10:00:00Z"}, 422),
            ({"received_at": "2999-01-01T00:00:00Z"}, 201),  # their clock jumped: now counts
            ({"received_at": "2026-11-20T10:00:00+08:00"}, 201),
            ({"happened_on": "9999-12-31"}, 422),
            ({"text": "排队\x00两小时"}, 201),
            ({"text": "🙁"}, 201),
            ({"text": " "}, 422),
            ({"text": "等" * 4001}, 422),
        ],
    )
    def test_it_is_taken_in_or_refused_by_name(self, machine, bank, body, status):  # noqa: F811
        answer = machine("/", {"text": RUDE, **body})
        assert answer.status_code == status and count() == (status == 201)
        if status == 201:
            assert rows()[0].received_at <= bank.now and "\x00" not in rows()[0].text

    def test_long_keys_that_differ_at_their_end_are_two_complaints(self, machine):  # noqa: F811
        keys = ["x" * 80, "x" * 79 + "y"]
        assert [machine("/", {"text": WAITED}, key).status_code for key in keys * 2] == [201, 201, 200, 200]
        assert count() == 2


class TestFastEntry:
    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"text": "等" * 4001}, "最多 4000 字，现有 4001 字"),
            ({"amount": "一万"}, "输入一个数字"),
            ({"amount": "1e400"}, "输入一个数字"),
            ({"happened_on": "2030-01-01"}, "晚于今天"),
            ({"channel": "pigeon"}, "有效的选项"),
            ({"involved": ["Bo"]}, "有效的选项"),
        ],
    )
    def test_a_refused_entry_says_why_and_keeps_the_words(self, bank, sign_in, more, words):
        if "involved" in more:
            more = {"involved": [str(bank.people["Bo"].pk)]}  # of the neighbour branch
        answer = sign_in("Mei").post(TAKE, {"channel": "phone", "text": RUDE} | more)
        page = answer.content.decode()
        assert answer.status_code == 422 and words in page and more.get("text", RUDE) in page and count() == 0

    def test_a_second_press_is_the_same_and_changed_words_can_be_sent_as_a_new_one(self, bank, sign_in):
        mei, form = sign_in("Mei"), {"channel": "phone", "text": RUDE, "idempotency_key": "k"}
        first, again = mei.post(TAKE, form), mei.post(TAKE, form)
        assert first["Location"] == again["Location"] and count() == 1
        refused = mei.post(TAKE, form | {"text": WAITED})
        page = refused.content.decode()
        assert refused.status_code == 409 and WAITED in page and "内容不同" in page
        key = re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]
        assert key != "k" and mei.post(TAKE, form | {"text": WAITED, "idempotency_key": key}).status_code == 302
        assert [row.text for row in rows()] == [RUDE, WAITED]

    @pytest.mark.parametrize("asked", ["page=²", "page=" + "9" * 5000, "page=-1", "q=%00", "at=%00&level=%00"])
    def test_a_strange_address_of_the_board_is_answered(self, bank, take, sign_in, asked):
        take(RUDE)
        assert sign_in("Sun").get(f"/service/complaints?{asked}").status_code == 200

    def test_days_of_strange_digits_are_no_extension(self, bank, take, sign_in):
        taken = take(RUDE)
        answer = sign_in("Sun").post(
            f"/service/complaints/{taken.id}/do/extend", {"days": "³0", "reason": "取证"}, follow=True
        )
        assert "目前不能申请这个延期天数" in answer.content.decode()


class TestMails:
    @pytest.mark.parametrize(
        ("head", "content"),
        [
            ("", "柜员态度恶劣".encode()),
            ("Content-Type: text/plain; charset=us-ascii\n", "柜员态度恶劣".encode()),
            ("Content-Type: text/plain; charset=gb2312\n", "柜员态度恶劣".encode("gb18030")),
            ("Content-Type: text/plain; charset=gb2312\n", "柜員態度惡劣𠮷".encode("gb18030")),
            ("Content-Type: text/plain; charset=nonsense\n", "柜员态度恶劣".encode()),
            ("", "柜员态度恶劣".encode("gb18030")),
        ],
    )
    def test_words_in_whatever_letters_they_came_are_read(self, head, content):
        found = mail.parse(b"Subject: x\n" + head.encode() + b"\n" + content)
        assert found.text.startswith("柜") and not found.garbled and len(found.text) >= 6

    def post(self, client, name, content):
        file = SimpleUploadedFile(name, content)
        return client.post(f"{TAKE}/mail", {"mail": file}, follow=True).content.decode()

    def test_two_mails_without_an_id_in_files_of_one_name_are_two(self, bank, sign_in):
        mei = sign_in("Mei")
        for text in (RUDE, WAITED, RUDE):
            self.post(mei, "mail.eml", f"Subject: x\n\n{text}".encode())
        assert {row.text for row in rows()} == {RUDE, WAITED} and count() == 2

    def test_long_ids_that_differ_at_their_end_are_two(self, bank, sign_in):
        mei = sign_in("Mei")
        for end in "ab":
            self.post(mei, "mail.eml", f"Message-ID: <{'x' * 90}{end}@bank>\n\n{RUDE}{end}".encode())
        assert count() == 2

    def test_what_is_left_out_or_unreadable_is_said(self, bank, sign_in):
        mei = sign_in("Mei")
        page = self.post(mei, "long.eml", f"Subject: x\n\n{'等' * 4001}".encode())
        assert "超过 4000 字" in page and len(rows()[0].text) == 4000
        half = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n5p+c5ZGY5oCB5bqm5oG25Y"
        assert "无法识别" in self.post(mei, "half.eml", half)
        assert "柜员态度恶" in {row.text[:5] for row in rows()}

    @pytest.mark.parametrize("content", [b"", b"x" * 100, b"Subject: x\n\n", b"x" * (3 * 2**20)])
    def test_a_file_that_is_no_mail_is_refused(self, bank, sign_in, content):
        page = self.post(sign_in("Mei"), "a.eml", content)
        assert ".eml" in page and count() == 0


class TestReport:
    @pytest.fixture
    def sun(self, bank, take, sign_in):
        client, self.base = sign_in("Sun"), f"/service/complaints/{take(RUDE).id}"
        client.post(f"{self.base}/do/accept")
        client.post(f"{self.base}/report/start")
        return client

    def written(self, **more):
        return {f"section-{one}": f"{one}已核实" for one in SECTIONS} | more

    def save(self, client, operation="save", **more):
        return client.post(f"{self.base}/report", self.written(**more) | {"operation": operation})

    @pytest.mark.parametrize(
        ("operation", "more", "words"),
        [
            ("save", {"section-remedy": "补" * 4001}, "过长"),
            ("save", {"section-ghost": "x"}, "过长"),
            ("submit", {"section-remedy": "补" * 4001}, "过长"),
            ("submit", {"section-remedy": " "}, "处理与客户反馈"),
        ],
    )
    def test_a_refusal_keeps_every_word_on_the_page(self, sun, operation, more, words):
        answer = self.save(sun, operation, **more)
        page = answer.content.decode()
        assert answer.status_code == 422 and words in told(answer)
        for text in self.written(**more).values():
            assert text == "x" or text.strip() in page

    def test_lines_count_once_however_the_browser_sends_their_ends(self, sun):
        assert self.save(sun, **{"section-remedy": "补\r\n" * 2000}).status_code == 302

    def test_who_saves_after_it_was_submitted_can_copy_the_own_words(self, sun):
        assert self.save(sun, "submit").status_code == 302
        late = self.save(sun, **{"section-facts": "迟到的一句话"})
        page = late.content.decode()
        assert late.status_code == 422 and "迟到的一句话" in page and "未保存" in page
        assert self.save(sun, "submit").status_code == 422

    def test_emoji_rare_names_and_typst_code_come_on_paper(self, sun):
        self.save(sun, **{"section-facts": '𠮷女士🙁 #import "x" $ _ \x00', "section-cause": "长" * 4000})
        answer = sun.get(f"{self.base}/report.pdf")
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        assert "［U+20BB7］女士［U+1F641］" in text.replace(" ", "") and '#import "x" $ _' in text

    def test_the_neighbour_branch_finds_nothing(self, sun, sign_in):
        for name in ("Stranger", "Bo"):
            client = sign_in(name)
            for page in ("", "/report", "/report.pdf"):
                assert client.get(f"{self.base}{page}").status_code == 404
            for page in ("/report", "/report/start", "/do/accept", "/do/extend"):
                assert client.post(f"{self.base}{page}", self.written()).status_code == 404


class TestDecisions:
    def test_a_refused_solution_keeps_what_was_done(self, bank, take, sign_in):
        taken = take(RUDE)
        sun, base = sign_in("Sun"), f"/service/complaints/{taken.id}"
        sun.post(f"{base}/do/accept")
        refused = sun.post(f"{base}/do/resolve", {"root_cause": "moon", "remedy": "已登门致歉并更换柜员" * 90})
        assert refused.status_code == 422 and "已登门致歉并更换柜员" * 90 in refused.content.decode()

    def test_a_damaged_photo_does_not_take_the_words_with_it(self, bank, take, sign_in):
        taken = take(RUDE)
        case, half = f"/cases/{taken.case}", SimpleUploadedFile("a.jpg", picture(0.5))
        refused = sign_in("Sun").post(f"{case}/comment", {"text": "已致电客户" * 200, "files": half})
        page = refused.content.decode()
        assert refused.status_code == 422 and "已致电客户" * 200 in page and "图片已损坏" in page
        assert f'hx-get="{case}/"' in page  # it goes on listening to the case, not to the verb
