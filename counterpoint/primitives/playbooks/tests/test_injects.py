"""What a drill is given: at its time, in the room only, answered against the clock; a real play is given nothing."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from counterpoint.foundation import notify
from counterpoint.foundation.api import scoped
from counterpoint.foundation.errors import Invalid, NotFound
from counterpoint.foundation.models import Channel, Message
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.primitives.playbooks import definition, injects, lessons, reach, ticking
from counterpoint.primitives.playbooks.models import PlayInject
from counterpoint.primitives.playbooks.tests import plans
from counterpoint.primitives.playbooks.tests.conftest import item

INJECTS = [
    {"slug": "smoke", "minutes": 2, "role": "teller", "text": plans.words("SMOKE-IN-THE-VAULT"),
     "answer": {"minutes": 3, "words": plans.words("KEEP-THE-DOOR-SHUT")}},
    {"slug": "press", "minutes": 4, "role": "branch_head", "text": plans.words("A-REPORTER-CALLS")},
]  # fmt: skip


@pytest.fixture
def given(shelf):
    """The fire plan with news for its drills."""
    book = plans.read({**plans.FIRE, "injects": INJECTS})
    shelf(item(book))
    return book


def start(bank, mode="drill", **more):
    return door.play_start(
        scope=bank.scope("Sun"), org_unit=bank.b01, playbook="test.fire", now=bank.now, mode=mode, **more
    ).id


def news(bank, play, at):
    return [one.slug for one in door.play(scope=bank.scope("Sun"), play=play, now=at).injects]


def react(bank, play, at, slug="smoke", text="关门", who="Mei"):
    return door.inject_react(scope=bank.scope(who), play=play, inject=slug, now=at, text=text)


def test_news_comes_in_at_its_time_and_not_before(bank, given, later):
    play = start(bank)
    for minutes, expected in ((0, []), (1.9, []), (2, ["smoke"]), (3, ["smoke"]), (4, ["smoke", "press"])):
        ticking.plays_tick(later(minutes))
        assert news(bank, play, later(minutes)) == expected, minutes
    kinds = [line.kind for line in door.play(scope=bank.scope("Sun"), play=play, now=later(5)).log]
    assert kinds.count("play_inject_shown") == 2


def test_a_real_play_is_given_nothing_and_the_database_refuses_it(bank, given, later):
    drill, real = start(bank), start(bank, "real")
    for minutes in (2, 4, 30):
        ticking.plays_tick(later(minutes))
    assert news(bank, drill, later(30)) and not news(bank, real, later(30))
    with scoped(bank.scope("Sun")):
        row = PlayInject.objects.filter(play=drill).first()
        with pytest.raises(DatabaseError), transaction.atomic():
            PlayInject(org_unit=row.org_unit, play_id=real, slug="smoke", due_at=bank.now).save(force_insert=True)
        with pytest.raises(DatabaseError), transaction.atomic():
            PlayInject.objects.filter(pk=row.pk).update(play_id=real)
        assert not PlayInject.objects.filter(play=real).exists()


def test_reactions_are_timed_and_the_report_lists_each_inject(bank, given, later):
    play = start(bank)
    for minutes in (2, 4):
        ticking.plays_tick(later(minutes))
    react(bank, play, later(6.5))
    door.play_abort(scope=bank.scope("Sun"), play=play, now=later(9), reason="enough")
    found = door.report(scope=bank.scope("Sun"), play=play, now=later(20))
    assert [(one.inject.slug, one.minutes, one.who) for one in found.injects] == [
        ("smoke", 4.5, "Mei"), ("press", None, "")
    ]  # fmt: skip
    assert [(one.key, one.number) for one in found.findings if "inject" in one.kind] == [("inject_late:smoke", 1.5)]
    late = next(one for one in found.findings if one.kind == "inject_late")
    assert "SMOKE-IN-THE-VAULT" in lessons.finding_text(found.book, late, "en")


def test_an_expected_reaction_that_never_came_is_a_finding_and_news_that_never_came_in_is_none(bank, given, later):
    quiet = start(bank)
    ticking.plays_tick(later(2))
    door.play_abort(scope=bank.scope("Sun"), play=quiet, now=later(5.5), reason="enough")
    early = start(bank)
    ticking.plays_tick(later(2))
    door.play_abort(scope=bank.scope("Sun"), play=early, now=later(4), reason="its time was not over")
    short = start(bank)
    door.play_abort(scope=bank.scope("Sun"), play=short, now=later(1), reason="enough")
    ticking.plays_tick(later(30))
    told = {play: door.report(scope=bank.scope("Sun"), play=play, now=later(40)) for play in (quiet, early, short)}
    kinds = {play: [one.key for one in found.findings if "inject" in one.kind] for play, found in told.items()}
    assert kinds == {quiet: ["inject_none:smoke"], early: [], short: []}
    assert [one.inject.shown_at for one in told[short].injects] == [None, None]


def test_a_reaction_is_said_once_in_words_and_stays_out_of_the_journal(bank, given, later):
    play = start(bank)
    with pytest.raises(NotFound):
        react(bank, play, later(1))
    ticking.plays_tick(later(4))
    with pytest.raises(Invalid):
        react(bank, play, later(4.5), text="  ")
    react(bank, play, later(5), text="王先生去关门")
    react(bank, play, later(6), text="again")
    with pytest.raises(door.NotReady):
        react(bank, play, later(6), who="Omar")
    react(bank, play, later(6), slug="press", text="", who="Ada")
    log = door.play(scope=bank.scope("Sun"), play=play, now=later(7)).log
    told = [line for line in log if line.kind == "play_inject_reacted"]
    assert [(line.who, line.text) for line in told] == [("Mei", "王先生去关门"), ("Ada", "")]
    assert not any(line.data["late"] for line in told)
    assert "王先生" not in str([line.data for line in log])
    with pytest.raises(NotFound):
        react(bank, play, later(7), who="Stranger")


def test_while_the_drill_stands_still_nothing_comes_in_and_no_time_runs(bank, given, later):
    play, sun = start(bank), bank.scope("Sun")
    ticking.plays_tick(later(2))
    door.play_pause(scope=sun, play=play, now=later(3))
    ticking.plays_tick(later(20))
    assert news(bank, play, later(20)) == ["smoke"]
    door.play_resume(scope=sun, play=play, now=later(23))
    for minutes, expected in ((23.9, 1), (24, 2)):
        ticking.plays_tick(later(minutes))
        assert len(news(bank, play, later(minutes))) == expected
    react(bank, play, later(24.5))
    one = door.report(scope=sun, play=play, now=later(25)).injects[0]
    assert one.minutes == 2.5 and not one.inject.late(later(25))


def through_everything(bank, later, play):
    """A drill with its pages, its overruns, its news and its limit, and a way out for all that wants to leave."""
    for minutes in (0, 2, 4, 6, 21):
        ticking.plays_tick(later(minutes))
    door.inject_react(scope=bank.scope("Mei"), play=play, inject="smoke", now=later(22), text="关门")
    door.play_complete(scope=bank.scope("Sun"), play=play, now=later(23))
    notify.deliver_due(now=later(60))


@pytest.fixture
def left(bank, monkeypatch):
    """What left the house: the branch has a channel, its deliveries are kept here."""
    with scoped(bank.scope("Sun")):
        Channel(org_unit=bank.b01, name="WeCom", url="kept by the test").save()
    sent = []
    monkeypatch.setattr(notify, "_deliver", lambda message: sent.append(message) or "")
    return sent


def test_nothing_of_a_drill_leaves_through_a_real_channel(bank, given, later, left):
    through_everything(bank, later, start(bank))
    assert left == []
    with scoped(bank.scope("Hana")):
        rows = list(Message.objects.all())
    assert rows and all(one.recipient_id and one.channel_id is None for one in rows)
    everything = " ".join(f"{one.title} {one.body}" for one in rows)
    assert "SMOKE-IN-THE-VAULT" not in everything and "A-REPORTER-CALLS" not in everything


def test_a_real_play_does_use_the_channel(bank, given, later, left):
    start(bank, "real")
    for minutes in (0, 21):
        ticking.plays_tick(later(minutes))
    notify.deliver_due(now=later(60))
    assert len(left) == 2


def loud(play, book, row, now):
    notify.send(org_unit=play.org_unit, dedupe=f"x:{row.pk}", title="x", body=book.news[row.slug].name("en"), now=now)
    return show(play, book, row, now)


def careless(play, book, what, now):
    notify.send(org_unit=play.org_unit, dedupe=f"x:{play.pk}:{what}", title=what, body="", now=now)


show = injects.show
BROKEN = {
    "a drill's start and limit are told to the channel": (reach, "to_channel", careless),
    "news is told to the channel": (injects, "show", loud),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_drill_that_leaks_would_be_found(bank, given, later, left, monkeypatch, broken):
    monkeypatch.setattr(*BROKEN[broken])
    through_everything(bank, later, start(bank))
    assert left


def test_the_room_shows_news_takes_the_reaction_and_the_report_tells_it(sign_in, bank, given, clock):
    mei, sun = sign_in("Mei"), sign_in("Sun")
    sun.post(reverse("primitives:play-start"), {"playbook": "test.fire", "mode": "drill"})
    play = door.plays(scope=bank.scope("Sun"))[0].id
    page = reverse("primitives:play", args=[play])
    assert "SMOKE-IN-THE-VAULT" not in sun.get(page).content.decode()
    clock.advance(minutes=2)
    ticking.plays_tick(clock.now())
    shown = sun.get(page).content.decode()
    assert "SMOKE-IN-THE-VAULT" in shown and "form-news-smoke" in shown and "KEEP-THE-DOOR-SHUT" not in shown
    phone = reverse("primitives:play-mine", args=[play])
    assert "form-news-smoke" in mei.get(phone).content.decode()
    clock.advance(minutes=1)
    sent = {"inject": "smoke", "text": "关门等消防", "next": phone}
    mei.post(reverse("primitives:play-do", args=[play, "react"]), sent)
    shown = sun.get(page).content.decode()
    assert "form-news-smoke" not in shown and "关门等消防" in shown and "KEEP-THE-DOOR-SHUT" in shown
    sun.post(reverse("primitives:play-do", args=[play, "complete"]), {})
    report = sun.get(reverse("primitives:play-report", args=[play])).content.decode()
    assert "关门等消防" in report and "A-REPORTER-CALLS" in report and "1.0" in report and "未导入" in report
    assert sun.get(reverse("primitives:play-report-pdf", args=[play])).content[:4] == b"%PDF"


def test_the_plan_tells_how_many_but_not_what(sign_in, bank, given):
    for address in (reverse("primitives:plan", args=["test.fire"]), reverse("primitives:plays-offline")):
        assert "SMOKE" not in sign_in("Sun").get(address).content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"role": "king"}, "injects.0.role: 没有“king”这个岗位"), ({"slug": "Über"}, "小写字母"),
        ({"minutes": -1}, "injects.0.minutes: 不得小于 0"), ({"answer": {"minutes": 0}}, "answer.minutes: 须大于 0"),
        ({"text": {"en": "x"}}, "injects.0.text: 缺少简体中文名称"), ({"slug": "press"}, "injects: 以下短名称重复"),
        ({"text": {"zh-hans": "x"}}, "injects.0.text: 须同时有中文和英文"),
    ],
)  # fmt: skip
def test_a_wrong_inject_is_refused_in_words(change, says):
    with pytest.raises(ValueError, match=says):
        plans.read({**plans.FIRE, "injects": [{**INJECTS[0], **change}, INJECTS[1]]})


QUEUE = """
key: branch.card_machine
version: 1
source: a branch's own plan
mark: D
effective_from: 2020-01-01
names: {zh-hans: 吞卡高峰, en: Cards kept by the machine}
steps:
  - slug: calm
    names: {zh-hans: 安抚客户, en: Calm customers}
    role: lobby_manager
injects:
  - slug: second_card
    minutes: 5
    role: lobby_manager
    text: {zh-hans: 又有两位客户的卡被吞, en: Two more cards are kept}
    answer: {minutes: 5, words: {zh-hans: 停用该机并张贴告示, en: Close the machine and put up a notice}}
"""


def test_a_plan_with_news_is_one_file_added_at_run_time(content_folder, bank, later, sign_in):  # noqa: F811
    content_folder("playbooks", QUEUE)
    sun = bank.scope("Sun")
    begun = {"scope": sun, "org_unit": bank.b01, "playbook": "branch.card_machine", "now": bank.now}
    drill = door.play_start(**begun, mode="drill").id
    real = door.play_start(**begun).id
    ticking.plays_tick(later(5))
    assert news(bank, drill, later(5)) == ["second_card"] and news(bank, real, later(5)) == []
    react(bank, drill, later(8), slug="second_card", text="停用该机", who="Omar")
    door.step_done(scope=sun, play=drill, step="calm", now=later(9))
    found = door.report(scope=sun, play=drill, now=later(9))
    assert [(one.inject.slug, one.minutes) for one in found.injects] == [("second_card", 3.0)]
    page = sign_in("Sun").get(reverse("primitives:play-report", args=[drill])).content.decode()
    assert "又有两位客户的卡被吞" in page and "停用该机并张贴告示" in page


@pytest.mark.parametrize("key", ["risk.system_outage", "risk.flood"])
def test_the_products_own_news_comes_in_and_can_be_answered(bank, key, later):
    sun = bank.scope("Sun")
    play = door.play_start(scope=sun, org_unit=bank.b01, playbook=key, now=bank.now, mode="drill").id
    book = definition.playbooks(bank.b01.date_at(bank.now), "cn")[key].value
    assert len(book.injects) >= 5
    for one in book.injects:
        ticking.plays_tick(later(one.minutes))
        react(bank, play, later(one.minutes + 1), slug=one.slug)
    done = door.report(scope=sun, play=play, now=later(60)).injects
    assert [one.minutes for one in done] == [1.0] * len(book.injects)
