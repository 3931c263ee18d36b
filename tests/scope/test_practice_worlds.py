"""A practice world: made from live branches, entered by its address, with a time of its own, and left by one button."""

from datetime import timedelta

import pytest
from django.http import HttpResponse

from counterpoint.foundation import access, jobs, journal, notify, practice
from counterpoint.foundation.errors import Invalid, NotFound
from counterpoint.foundation.models import (
    Channel,
    Counter,
    Device,
    JobRun,
    JournalEntry,
    Message,
    OpeningHours,
    OrgUnit,
    Post,
    PracticeWorld,
    SpecialDay,
    User,
    Zone,
)  # fmt: skip
from counterpoint.foundation.scope import ScopeError, in_practice, scoped, unscoped
from counterpoint.primitives.cases import case_assign, case_open
from counterpoint.ui import excel, pdf
from tests.scope.crawl import rows_of
from tests.scope.world import MORNING, REAL, at, enter, make


@pytest.fixture
def furnished(bank):
    """The first branch with a zone, a device that is in use, one that is not, and a closed day."""
    with scoped(bank.scope("Sysadmin")):
        zone = Zone(org_unit=bank.b01, code="hall", name="大堂", kind="waiting")
        zone.save()
        Counter.objects.filter(org_unit=bank.b01, number=1).update(zone=zone)
        Device(org_unit=bank.b01, code="k1", name="取号机", kind="kiosk", zone=zone).save()
        Device(org_unit=bank.b01, code="k0", name="旧机", kind="kiosk", retired_at=bank.now).save()
        SpecialDay(org_unit=bank.b01, date="2026-12-31", closed=True, reason="盘点").save()
    return bank


def scope_in(world, bank, who="Sun"):
    found = access.practice_scope(bank.people[who], world.org_unit.code, REAL)
    return found[1] if found else None


def test_a_world_is_a_copy_of_its_branch_and_the_branch_is_untouched(furnished):
    bank = furnished
    before = rows_of(bank.units["hq"])
    world = make(bank)
    with scoped(scope_in(world, bank)):
        branch = OrgUnit.objects.get(kind="branch")
        copied = {counter.number: counter.zone and counter.zone.code for counter in Counter.objects.all()}
        assert copied == {1: "hall", 2: None, 3: None, 4: None}
        assert [(one.code, one.zone.code) for one in Device.objects.all()] == [("k1", "hall")]
        assert OpeningHours.objects.count() == 6 and SpecialDay.objects.get().reason == "盘点"
        held = {(post.user.name, post.role) for post in Post.objects.select_related("user")}
        assert JournalEntry.objects.count() == 1 and journal.verify(world.org_unit).ok
    assert branch.stands_for_id == bank.b01.pk and branch.name == "人民路支行（演练）"
    assert held == {
        ("柜员甲", "teller"),
        ("大堂经理甲", "lobby_manager"),
        ("网点负责人甲", "branch_head"),
        ("Sun", "supervisor"),
    }
    assert rows_of(bank.units["hq"]) == before


def test_two_worlds_share_their_made_up_colleagues_and_see_nothing_of_each_other(bank):
    first, second = make(bank), make(bank, "Mei", roles=("teller",))
    assert first.org_path != second.org_path
    assert User.objects.filter(puppet=True).count() == 3
    with scoped(scope_in(first, bank)):
        assert not OrgUnit.objects.filter(path__startswith=second.org_path).exists()
    assert scope_in(second, bank) is None and scope_in(first, bank, "Mei") is None


def test_colleagues_of_the_branches_of_a_world_are_different_people(bank):
    world = make(
        bank, "Rita", source=(bank.b01, bank.b02), puppets=("teller", "teller"), top_roles=("regional_manager",)
    )
    with scoped(scope_in(world, bank, "Rita")):
        names = [post.user.name for post in Post.objects.filter(role="teller").select_related("user")]
    assert sorted(names) == ["柜员丁", "柜员丙", "柜员乙", "柜员甲"]


@pytest.mark.parametrize("chosen", ["foreign", "none", "twice", "region"])
def test_a_world_is_made_only_of_branches_of_the_makers_own_scope(bank, chosen):
    source = {"foreign": (bank.b03,), "none": (), "twice": (bank.b01, bank.b01), "region": (bank.east,)}[chosen]
    with pytest.raises((NotFound, Invalid)):
        make(bank, "Rita", source=source)
    with unscoped("test", practice=True):
        assert not PracticeWorld.objects.exists()


def test_the_page_of_a_world_is_that_of_the_house_in_its_frame(bank):
    world = make(bank)
    page = enter(bank).get(f"{at(world)}/desk")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'data-mode="drill"' in text and "第一课" in text and "人民路支行（演练）" in text
    assert f'data-live="{at(world)}/live/' in text and 'href="/"' in text and "退出演练" in text
    assert "2026-11-25" in text or "11-25" in text or "10:00" in text


def test_who_has_no_post_in_a_world_finds_no_such_page(bank):
    world = make(bank)
    assert enter(bank, "Ada").get(f"{at(world)}/desk").status_code == 404
    assert enter(bank).get("/practice/waaaaaaaa/desk").status_code == 404
    text = enter(bank, "Ada").get(f"{at(world)}/desk").content.decode()
    assert 'href="/"' in text and "/practice/" not in text


def test_who_is_not_signed_in_is_sent_to_the_real_sign_in(bank):
    from tests.scope.world import WorldClient

    world = make(bank)
    answer = WorldClient().get(f"{at(world)}/cases/")
    assert answer.status_code == 302 and answer["Location"] == f"/sign-in?next={at(world)}/cases/"
    assert WorldClient().get(f"{at(world)}/cases/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize(
    "page", ["/account", "/setup", "/journal", "/sign-in", "/api/v1/cases", "/c/b01", "/demo", "/healthz",
             "/plays/worker.js", "/rounds/worker.js", "/practice/waaaaaaaa/desk"]
)  # fmt: skip
def test_what_is_no_part_of_practice_does_not_exist_there(bank, page):
    world = make(bank)
    assert enter(bank).get(f"{at(world)}{page}").status_code == 404


def test_a_world_that_is_over_is_entered_by_nobody(bank):
    world = make(bank)
    scope = scope_in(world, bank)
    for _press in range(2):
        practice.world_retire(scope=scope, world=world, now=bank.now)
    assert enter(bank).get(f"{at(world)}/desk").status_code == 404
    with scoped(scope):
        assert [entry.kind for entry in JournalEntry.objects.order_by("id")] == [
            "foundation.practice_made", "foundation.practice_ended",
        ]  # fmt: skip


def test_somebody_else_is_let_in_with_one_post_there_and_nothing_of_the_bank_changes(bank):
    world, house = make(bank), practice.house(make(bank, "Mei", roles=("teller",)))
    omar, before = bank.people["Omar"], rows_of(bank.units["hq"])
    assert enter(bank, "Omar").get(f"{at(world)}/desk").status_code == 404
    for _press in range(2):
        practice.world_join(
            scope=practice.house(world), world=world, person=omar.pk, role="lobby_manager", now=bank.now
        )
    assert enter(bank, "Omar").get(f"{at(world)}/desk").status_code == 200
    inside = scope_in(world, bank, "Omar")
    assert inside.roots == (world.org_path,)
    with scoped(inside):
        assert [post.role for post in Post.objects.filter(user=omar)] == ["lobby_manager"]
        kinds = [entry.kind for entry in JournalEntry.objects.order_by("id")]
        assert kinds == ["foundation.practice_made", "foundation.practice_joined"]
    assert rows_of(bank.units["hq"]) == before and practice.astray() == []
    with pytest.raises(NotFound):  # the house of another world does not see this one
        practice.world_join(scope=house, world=world, person=omar.pk, role="teller", now=bank.now)
    practice.world_retire(scope=practice.house(world), world=world, now=bank.now)
    assert enter(bank, "Omar").get(f"{at(world)}/desk").status_code == 404


def test_a_made_up_colleague_is_let_in_nowhere(bank):
    world = make(bank)
    puppet = User.objects.filter(puppet=True).first()
    with pytest.raises(User.DoesNotExist):
        practice.world_join(
            scope=practice.house(world), world=world, person=puppet.pk, role="wealth_manager", now=bank.now
        )


def test_a_branch_chosen_in_a_world_is_not_that_of_the_live_tab(bank):
    world = make(bank, "Rita", source=(bank.b01, bank.b02), roles=("supervisor",), top_roles=("regional_manager",))
    client = enter(bank, "Rita")
    client.post("/branch", {"branch": "b02"})
    with scoped(scope_in(world, bank, "Rita")):
        codes = list(OrgUnit.objects.filter(kind="branch").order_by("path").values_list("code", flat=True))
    assert client.post(f"{at(world)}/branch", {"branch": codes[0]}).status_code == 302
    assert client.session["branch"] == "b02" and client.session["practice-branch"] == codes[0]
    assert client.post(f"{at(world)}/branch", {"branch": "b01"}).status_code == 404


def test_the_clock_of_a_block_is_nobody_elses(clock):
    from counterpoint.foundation import clock as clocks

    with clocks.at(MORNING):
        assert clocks.now() == MORNING == clocks.current().now()
        assert not isinstance(clocks.current(), clocks.SystemClock)
    assert clocks.now() == clock.now()


def test_a_worlds_time_runs_on_its_own_line_and_never_back():
    world = PracticeWorld(base_real=REAL, base_world=MORNING, speed=2.0, ran_at=MORNING)
    assert world.now(REAL + timedelta(minutes=3)) == MORNING + timedelta(minutes=6)
    assert world.now(REAL - timedelta(minutes=3)) == MORNING


def test_the_house_itself_keeps_to_the_world(bank):
    world = make(bank)
    with practice.inside(world, MORNING):
        assert access.system_scope(("a",)).roots == (world.org_path,)
        assert access.system_scope(("a",)).grants["a"] == (world.org_path,)
        with pytest.raises(ScopeError), scoped(access.system_scope(())):
            Counter(org_unit=bank.b01, number=9, kind="cash").save()
    assert access.system_scope(()).roots == ("/",)


def test_a_job_of_a_world_runs_in_the_world_and_at_its_time(bank, monkeypatch, settings):
    settings.JOBS_INLINE = True
    world, seen = make(bank), []

    def handler(payload, *, scope, report, now):
        seen.append((scope.roots, now, access.system_scope(()).roots, in_practice()))

    monkeypatch.setitem(jobs._handlers, "test.practice", handler)
    scope = scope_in(world, bank)
    for who in (scope, access.system_scope(tuple(scope.grants), (world.org_path,))):
        with scoped(who):
            row = jobs.enqueue(
                scope=who, org_unit=world.org_unit, kind="test.practice", key=str(who.actor), payload={}, now=MORNING
            )
        assert row.state == JobRun.State.DONE
    assert seen == [((world.org_path,), MORNING, (world.org_path,), True)] * 2
    practice.world_retire(scope=scope, world=world, now=bank.now)
    with scoped(scope):
        row = jobs.enqueue(scope=scope, org_unit=world.org_unit, kind="test.practice", key="x", payload={}, now=MORNING)
    assert row.state == JobRun.State.FAILED and len(seen) == 2


@pytest.mark.parametrize(
    ("given", "marked"),
    [
        ('attachment; filename="cases.xlsx"', "attachment; filename*=utf-8''DRILL-%E6%BC%94%E7%BB%83-cases.xlsx"),
        ('inline; filename="a b.pdf"', "inline; filename*=utf-8''DRILL-%E6%BC%94%E7%BB%83-a%20b.pdf"),
        ("attachment; filename*=utf-8''%E8%A1%A8.xlsx",
         "attachment; filename*=utf-8''DRILL-%E6%BC%94%E7%BB%83-%E8%A1%A8.xlsx"),
    ],
)  # fmt: skip
def test_a_file_that_leaves_a_world_says_so_in_its_name(given, marked):
    answer = HttpResponse(headers={"Content-Disposition": given})
    assert practice.marked(answer).headers["Content-Disposition"] == marked
    assert "Content-Disposition" not in practice.marked(HttpResponse()).headers


def test_sheets_and_papers_made_in_practice_carry_the_mark(bank, tmp_path):
    from io import BytesIO

    from openpyxl import load_workbook
    from pypdf import PdfReader

    template = tmp_path / "one.typ"
    template.write_text('#import "report.typ": report\n#show: report.with(title: "x")\nHello')
    sheet = excel.Sheet("s", ["a"], [[1]], title="t")

    def made():
        cells = [cell.value for row in load_workbook(BytesIO(excel.workbook([sheet]))).active for cell in row]
        return cells, PdfReader(BytesIO(pdf.render(template, {}))).pages[0].extract_text()

    world = make(bank)
    with scoped(scope_in(world, bank)):
        cells, text = made()
    assert any("演练" in str(one) or "PRACTICE" in str(one) for one in cells) and ("演练" in text or "PRACTICE" in text)
    with scoped(bank.scope("Sun")):
        cells, text = made()
    assert cells == ["t", "a", 1] and "演练" not in text and "PRACTICE" not in text


def test_a_message_of_a_world_goes_to_nobody_outside(bank):

    with scoped(bank.scope("Sysadmin")):
        Channel(org_unit=bank.units["hq"], name="x", url="x").save()
        live = notify.send(org_unit=bank.b01, dedupe="live", title="x", body="", now=bank.now)
        assert live.channel is not None
        Message.objects.all().update(next_due_at=None)
    world = make(bank)
    with scoped(scope_in(world, bank)):
        row = notify.send(org_unit=world.org_unit, dedupe="x", title="x", body="", now=MORNING)
        assert row.channel is None
        Message.objects.filter(pk=row.pk).update(next_due_at=MORNING, sent_at=None)
    assert notify.deliver_due(now=bank.now + timedelta(days=9)) == 0


def test_inside_a_world_a_person_is_what_they_are_there_and_a_case_can_be_given_to_a_colleague(bank):
    """Asked from the bank, the same person holds the bank's posts only."""
    world = make(bank, "Mei", roles=("branch_head",), puppets=("lobby_manager",))
    mine = scope_in(world, bank, "Mei")
    assert access.roles_of(bank.people["Mei"], bank.now) == {"teller"}
    with scoped(mine):
        assert access.roles_of(bank.people["Mei"], bank.now) == {"branch_head"}
        colleague = practice.people_in(world, "lobby_manager")[0]
        branch = OrgUnit.objects.get(kind="branch")
    assert access.roles_of(colleague, bank.now) == frozenset()
    here = {"scope": mine, "now": bank.now}
    case = case_open(**here, org_unit=branch, type="primitives.task", title="x")
    assert case_assign(**here, case=case.id, owner=colleague.pk).owner == colleague.pk
    with pytest.raises(Invalid):
        case_assign(**here, case=case.id, owner=bank.people["Ada"].pk)
