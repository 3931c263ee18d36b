"""A day that is over is judged by the workers and told on a page that only its player sees."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from counterpoint.academy.debrief import decisions, judging, keeping, league_days, work
from counterpoint.academy.debrief.actions import StillPlayed, debrief_ask
from counterpoint.academy.drill import games, log, situation
from counterpoint.academy.drill.actions import drill_make
from counterpoint.academy.models import DrillReference, DrillSession, Judgement
from counterpoint.academy.models.drill import OVER
from counterpoint.foundation.api import NotFound, scoped
from counterpoint.role.models import CompetenceEvidence
from counterpoint.science import playing
from counterpoint.science.playing import datasets
from counterpoint.ui.leftovers import english_left

pytestmark = pytest.mark.django_db
SMALL = judging.Care(8, 1, 10)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Small searches: what is asked here is who sees what and when."""
    monkeypatch.setattr(judging, "DAYS", 2)
    monkeypatch.setattr(judging, "EXPECTED_FUTURES", 8)
    monkeypatch.setattr(judging, "floor", lambda _game: 1.0)
    monkeypatch.setattr(keeping, "CLOSELY", SMALL)
    monkeypatch.setattr(keeping, "AT_ONCE", SMALL)


def begun(bank, name="Sun", game=None, **more):
    return drill_make(
        scope=bank.scope(name), unit=bank.b01, game=game or datasets.tiny_game(1, 6), seed=1, now=bank.now,
        real=bank.now, key=str(uuid4()), **more,
    )  # fmt: skip


def over(bank, session, orders=(), name="Sun"):
    """Order something, then end the day."""
    with scoped(bank.scope(name)):
        for n, (second, act, inputs) in enumerate(orders):
            log.append(
                session, log.ORDER, second, act=act, inputs=inputs, actor=bank.people[name].pk, key=str(n), at=bank.now
            )  # fmt: skip
        session.state, session.over_at = OVER, bank.now
        session.save()
    return session


def judgements(bank, session):
    with scoped(bank.scope("Sun")):
        return {row.formula: row for row in Judgement.objects.filter(session=session)}


def test_a_day_is_judged_at_once_and_again_after_the_long_search(bank):
    session = over(bank, begun(bank))
    debrief_ask(scope=bank.scope("Sun"), session=session.pk, now=bank.now)
    found = judgements(bank, session)
    assert set(found) == {keeping.QUICKLY, keeping.FULLY}
    data = found[keeping.FULLY].data
    assert data["regret"] >= 0.0
    assert sum(one["after"] for one in data["points"]) == pytest.approx(data["regret"], abs=0.2)
    assert data["loss"]["total"] == pytest.approx(
        data["expected"][0] + data["skill"] + data["luck"], abs=0.05
    )  # fmt: skip
    assert debrief_ask(scope=bank.scope("Sun"), session=session.pk, now=bank.now) is None
    with scoped(bank.scope("Sun")):
        assert DrillReference.objects.get().method == judging.method_of(judging.FULL)


def test_a_better_day_that_somebody_played_becomes_what_others_are_held_against(bank, monkeypatch):
    """With a search of one try nothing is found; the day of a colleague who opened a window is."""
    monkeypatch.setattr(judging, "QUICK", 1)
    game = datasets.tiny_game(1, 6)
    good = over(bank, begun(bank, "Mei", game), [(32_460, "window-open", {"counter": "K2", "user": "p2"})], "Mei")
    plain = over(bank, begun(bank, "Sun", game))
    with scoped(bank.scope("Sun")):
        best = keeping.reference_of(plain, 1).best
        assert best.way == "own"
        assert [order.act for order in best.orders] == ["window-open"]
        assert keeping.orders_of(good) == best.orders


def test_a_day_that_is_still_played_is_not_judged_and_nobody_elses_is_seen(bank):
    session = begun(bank)
    with pytest.raises(StillPlayed):
        debrief_ask(scope=bank.scope("Sun"), session=session.pk, now=bank.now)
    for name in ("Mei", "Stranger", "Omar"):
        with pytest.raises(NotFound):
            debrief_ask(scope=bank.scope(name), session=over(bank, session).pk, now=bank.now)


def left(page):
    own = page[page.index('<main class="main"') : page.index("</main>")]
    return english_left(own, ["Sun", "UPS", "Excel", "K2", "P90"])


def test_the_page_says_at_once_what_is_ready_and_the_rest_when_it_is(bank, sign_in):
    item = league_days.known(bank.b01, bank.b01.date_at(bank.now))["academy.scenario.absentee"]
    session = begun(bank, game=games.game_of_scenario(item.value, seed=3))
    base, sun = f"/academy/drill/{session.pk}/debrief", sign_in("Sun")
    assert "还没有演练完" in sun.get(base).content.decode()
    over(bank, session)
    page = sun.get(base).content.decode()
    assert "什么都不做" in page and "评判这一天" in page and left(page) == []
    with scoped(bank.scope("Sun")):
        keeping.judge(session, judging.QUICK, bank.now)
    page = sun.get(base).content.decode()
    assert "人·分钟 ±" in page and "号窗" in page and "关键时刻" in page and left(page) == []
    assert "下一个练习" in page
    proposed = re.search(r'name="scenario" value="(academy[.]scenario[.]\w+)"', page)
    assert proposed and proposed[1] != "academy.scenario.absentee" and "接着演练这一天" in page
    with scoped(bank.scope("Sun")):
        held = DrillSession.objects.count()
    assert sun.post("/academy/drill/new", {"scenario": proposed[1]}).status_code == 302
    with scoped(bank.scope("Sun")):
        assert DrillSession.objects.count() == held + 1
        assert DrillSession.objects.order_by("-begun_at", "-id").first().scenario in (proposed[1], "")
    assert sign_in("Mei").get(base).status_code == 404


def test_all_decisions_of_a_day_are_listed_with_interval_and_the_hall_just_before(bank, sign_in):
    opened, shut = ("window-open", {"counter": "K2", "user": "p2"}), ("window-close", {"counter": "K2"})
    orders = [(32_460 + 600 * n, *(opened, shut)[n % 2]) for n in range(4)]
    session = over(bank, begun(bank, game=datasets.tiny_game(1, 6)), orders)
    base, sun = f"/academy/drill/{session.pk}/debrief", sign_in("Sun")
    assert sun.get(f"{base}/decisions").status_code == 404, "nothing is judged yet"
    with scoped(bank.scope("Sun")):
        judged = keeping.judge(session, judging.QUICK, bank.now)
        game, given = keeping.game_of(session), keeping.orders_of(session)
    found = decisions.decisions(judged.data, game, given)
    assert [one.second for one in found] == sorted(point["second"] for point in judged.data["points"])
    assert sum(len(one.given) for one in found) == len(given)
    assert all(one.low <= one.saved <= one.high for one in found)
    for one in found:
        day = playing.play(game, [order for order in given if order.second < one.second], one.second / 60, log=False)
        assert one.hall == situation.situation(day), "what was known then, and nothing later"
    page = sun.get(f"{base}/decisions").content.decode()
    assert page.count("<tr") == len(found) + 1 and "下达前的大厅" in page and left(page) == []
    assert f"{base}/decisions" in sun.get(base).content.decode()
    sheet = load_workbook(BytesIO(sun.get(f"{base}/decisions.xlsx").content)).active
    assert sheet.max_row >= len(found) + 1
    assert sign_in("Mei").get(f"{base}/decisions").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_the_debrief_speaks_the_other_languages(bank, sign_in, language):
    session = over(bank, begun(bank))
    sun = sign_in("Sun")
    sun.cookies["counterpoint-language"] = language
    page = sun.get(f"/academy/drill/{session.pk}/debrief").content.decode()
    assert ("Nothing ordered" if language == "en" else "什麼都不做") in page


def test_a_day_that_nobody_asked_for_is_judged_by_the_tick_once(bank):
    session = over(bank, begun(bank))
    running = begun(bank)
    assert work.due(bank.now) == 1
    assert set(judgements(bank, session)) == {keeping.QUICKLY, keeping.FULLY}
    assert work.due(bank.now) == 0 and not judgements(bank, running)


def test_judging_that_broke_off_is_told_and_begun_again_only_by_hand(bank, sign_in, monkeypatch):
    session = over(bank, begun(bank))

    def broken(*_given):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "judge", broken)
        assert work.due(bank.now) == 1
    assert work.due(bank.now) == 0 and not judgements(bank, session)
    base, sun = f"/academy/drill/{session.pk}/debrief", sign_in("Sun")
    assert "评判中断了" in sun.get(base).content.decode()
    assert sun.post(f"{base}/ask").status_code == 302
    assert set(judgements(bank, session)) == {keeping.QUICKLY, keeping.FULLY}


def test_a_carefully_judged_first_play_is_evidence_of_competence_and_later_ones_are_not(bank):
    session = over(bank, begun(bank))
    with scoped(bank.scope("Sun")):
        keeping.judge(session, judging.FULL, bank.now)
        rows = list(CompetenceEvidence.objects.filter(user=bank.people["Sun"]))
    (row,) = rows
    assert (row.competency, row.source, row.ref) == ("role.hall_steering", "simulator", f"academy.drill:{session.pk}")
    assert 0 <= row.score <= 1
    bank.now += timedelta(minutes=1)
    again = over(bank, begun(bank))
    with scoped(bank.scope("Sun")):
        keeping.judge(again, judging.FULL, bank.now)
        assert CompetenceEvidence.objects.filter(user=bank.people["Sun"]).count() == 1
