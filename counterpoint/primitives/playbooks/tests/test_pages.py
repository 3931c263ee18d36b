"""Pages of the playbooks: started, worked, reported, printed; a stranger finds nothing."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse

from counterpoint.primitives import playbooks as door
from counterpoint.primitives.playbooks.tests.test_plays import start


def address(name, *args):
    return reverse(f"primitives:{name}", args=args)


def text_of(answer):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def test_where_nothing_was_played_yet_the_plans_are_offered(sign_in, bank, fire):
    page = sign_in("Sun").get(address("plays")).content.decode()
    assert address("plan", "test.fire") in page
    start(bank)
    assert address("plan", "test.fire") not in sign_in("Sun").get(address("plays")).content.decode()


def test_a_drill_from_the_plan_to_the_report(sign_in, bank, fire, clock):
    sun = sign_in("Sun")
    assert sun.get(address("plan", "test.fire")).status_code == 200
    went = sun.post(address("play-start"), {"playbook": "test.fire", "mode": "drill"})
    play = door.plays(scope=bank.scope("Sun"))[0].id
    assert went.url == address("play", play)
    page = sun.get(went.url)
    assert 'data-mode="drill"' in page.content.decode()
    for step, fields in (
        ("alarm", {}), ("lead_out", {}), ("lock_cash", {}), ("head_count", {"answer": "yes", "value-people": "12"}),
        ("stand_down", {}),
    ):  # fmt: skip
        assert sun.post(address("play-do", play, "done"), {"step": step, **fields}).status_code == 302
    assert door.play(scope=bank.scope("Sun"), play=play, now=clock.now()).state == "completed"
    report = sun.get(address("play-report", play)).content.decode()
    assert "100" in report and "12" in report
    assert "test.fire" in text_of(sun.get(address("play-report-pdf", play)))


def test_a_real_play_wears_its_own_frame(sign_in, bank, fire):
    play = start(bank).id
    page = sign_in("Sun").get(address("play", play)).content.decode()
    assert "play-frame-real" in page and 'data-mode="live"' in page
    assert sign_in("Sun").get(address("play-now", play)).status_code == 200


def test_a_person_sees_the_step_of_their_role_on_the_phone(sign_in, bank, fire, later):
    play = start(bank).id
    mei, omar = sign_in("Mei"), sign_in("Omar")
    assert 'id="form-alarm-1"' in mei.get(address("play-mine", play)).content.decode()
    assert "form-alarm-1" not in omar.get(address("play-mine", play)).content.decode()
    mei.post(address("play-do", play, "done"), {"step": "alarm", "next": address("play-mine", play)})
    assert 'id="form-lock_cash-1"' in mei.get(address("play-mine", play)).content.decode()


def test_what_stands_on_paper_is_entered_with_its_times(sign_in, bank, fire, clock):
    play = start(bank, claimed_at=bank.now - timedelta(minutes=20)).id
    sun, mei = sign_in("Sun"), bank.people["Mei"].pk
    assert sun.get(address("play-paper", play)).status_code == 200
    sent = {"at-alarm": "10:10", "by-alarm": str(mei), "at-lead_out": "10:12", "at-lock_cash": "10:11"}
    assert sun.post(address("play-paper", play), sent).status_code == 302
    steps = {s.slug: s for s in door.play(scope=bank.scope("Sun"), play=play, now=clock.now()).steps}
    assert steps["alarm"].done_by == mei and steps["alarm"].done_at == bank.now
    assert steps["alarm"].at < bank.now - timedelta(minutes=18)
    assert steps["head_count"].state == "open"
    for wrong in ({"at-stand_down": "10:15"}, {"at-head_count": "later"}, {}):
        assert sun.post(address("play-paper", play), wrong, follow=True).status_code == 200
    assert door.play(scope=bank.scope("Sun"), play=play, now=clock.now()).steps[3].state == "open"


def test_plans_are_printed_and_read_offline(sign_in, bank):
    mei = sign_in("Mei")
    sheet = text_of(mei.get(address("plan-pdf", "risk.fire_evacuation")))
    assert "火警疏散" in sheet and "请大家跟我" in sheet and "时间" in sheet
    page = mei.get(address("plays-offline")).content.decode()
    assert "核心系统故障" in page and "Mei" in page
    assert mei.get(address("plays-worker")).headers["Content-Type"] == "text/javascript"
    assert mei.get(address("plays-manifest")).json()["start_url"] == address("plays-offline")


@pytest.mark.parametrize("name", ["play", "play-now", "play-mine", "play-report", "play-report-pdf", "play-paper"])
def test_a_stranger_finds_nothing(sign_in, bank, fire, name):
    play = start(bank).id
    assert sign_in("Stranger").get(address(name, play)).status_code == 404
    assert sign_in("Stranger").post(address("play-do", play, "seen"), {"step": "alarm"}).status_code == 404


def test_the_list_is_narrowed_and_exported(sign_in, bank, fire):
    start(bank)
    rita = sign_in("Rita")
    assert "test.fire" in rita.get(address("plays")).content.decode()
    assert 'class="data"' not in rita.get(address("plays") + "?mode=drill").content.decode()
    assert rita.get(address("plays") + "?export=1").content[:2] == b"PK"
    assert sign_in("Sun").get(address("plays") + "?mode=real&state=nonsense").status_code == 200


def test_a_refusal_is_said_and_nothing_is_lost(sign_in, bank, fire):
    play = start(bank).id
    sun = sign_in("Sun")
    answer = sun.post(address("play-do", play, "abort"), {"reason": ""}, follow=True)
    assert "理由" in answer.content.decode() or "原因" in answer.content.decode()
    assert sun.post(address("play-do", play, "nonsense")).status_code == 404
    again = sun.post(address("play-start"), {"playbook": "test.fire", "mode": "real"})
    assert again.url == address("play", play)


def test_every_press_of_a_leader(sign_in, bank, fire):
    play = start(bank).id
    sun = sign_in("Sun")
    for name, sent in (
        ("seen", {"step": "alarm"}), ("note", {"text": "smoke"}), ("pause", {}), ("resume", {}),
        ("skip", {"step": "alarm", "reason": "no bell"}), ("complete", {}),
    ):  # fmt: skip
        sun.post(address("play-do", play, name), sent)
    found = door.play(scope=bank.scope("Sun"), play=play, now=bank.now)
    assert found.state == "completed" and [line.kind for line in found.log][1:] == [
        "play_acknowledged", "play_noted", "play_paused", "play_resumed", "play_step_skipped", "play_completed",
    ]  # fmt: skip
