"""A case from the first word to the end: who may do what, what it needs, what the journal keeps."""

from datetime import timedelta

import pytest

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, journal, scoped
from counterpoint.foundation.models import Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import (
    CaseFilter,
    MissingFields,
    NeedsSecondPerson,
    PauseRefused,
    Recused,
    WrongStage,
    case,
    case_accept,
    case_assign,
    case_close,
    case_comment,
    case_drop,
    case_erase,
    case_fields,
    case_involve,
    case_level,
    case_link,
    case_merge,
    case_milestone,
    case_move,
    case_open,
    case_pause,
    case_reopen,
    case_resolve,
    case_resume,
    case_verify,
    case_watch,
    cases,
    explain_deadline,
    register_listener,
    timeline,
)
from counterpoint.primitives.cases.opening import KeyTaken
from counterpoint.primitives.cases.state import fold, from_json
from counterpoint.primitives.cases.timeline import story
from counterpoint.primitives.cases.types import pinned

MINUTE = timedelta(minutes=1)


@pytest.fixture
def at(bank):
    """`at("Sun", 10)` gives scope and time of a deed ten minutes after opening."""
    return lambda name, minutes=0: {"scope": bank.scope(name), "now": bank.now + minutes * MINUTE}


def test_a_case_goes_from_opening_to_closing(bank, complain, at):
    opened = complain(text="客户说等了很久")
    assert (opened.stage_kind, opened.owner_name, opened.level) == ("open", "Sun", "serious")
    assert opened.due_at == bank.now + 30 * MINUTE
    accepted = case_accept(**at("Sun", 10), case=opened.id)
    assert (accepted.stage_kind, accepted.due_at) == ("doing", bank.now + 120 * MINUTE)
    resolved = case_resolve(**at("Sun", 60), case=opened.id, fields={"cause": "窗口少"}, text="已加开窗口")
    assert resolved.stage_kind == "resolved"
    case_verify(**at("Ada", 70), case=opened.id, passed=True)
    with pytest.raises(MissingFields) as refused:
        case_close(**at("Sun", 71), case=opened.id)
    assert refused.value.details["fields"] == ["satisfied"]
    closed = case_close(**at("Sun", 72), case=opened.id, fields={"satisfied": "yes"})
    assert (closed.stage_kind, closed.breaches, closed.due_at, closed.ended_at) == (
        "closed", 0, None, bank.now + 72 * MINUTE,
    )  # fmt: skip
    told = timeline(scope=bank.scope("Sun"), case=opened.id)
    assert [line.kind for line in told] == ["opened", "accepted", "resolved", "verified", "closed"]
    assert told[0].text == "客户说等了很久" and told[2].text == "已加开窗口"


def test_the_journal_knows_no_word_that_a_person_wrote(bank, complain, at):
    opened = complain(fields={"topic": "queue", "customer": "王小明"}, text="王小明很生气")
    case_comment(**at("Sun"), case=opened.id, text="王小明来电")
    case_drop(**at("Ada"), case=opened.id, reason="王小明撤回")
    with scoped(bank.scope("Hana")):
        told = repr([(e.subject, e.data) for e in journal.about(str(opened.id), "cases.")])
        heard = repr(list(Message.objects.values_list("title", "body")))
    assert "小明" not in told and "小明" not in heard and "等候过长" not in told + heard


def test_a_repeated_key_opens_once_and_refuses_another_kind(bank, complain, room):
    first, again = complain(key="k1"), complain(key="k1", title="另一件")
    assert first.id == again.id and again.title == "等候过长"
    with pytest.raises(KeyTaken):
        complain(key="k1", type="example.chore", level="", fields={})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"level": "none"}, "level"), ({"type": "no.such"}, "type"), ({"title": " "}, "title"),
        ({"fields": {"topic": "else"}}, "topic"), ({"fields": {"colour": "red", "topic": "fee"}}, "colour"),
        ({"fields": {"topic": "fee", "satisfied": "maybe"}}, "satisfied"),
    ],
)  # fmt: skip
def test_opening_says_what_is_wrong(complain, wrong, field):
    with pytest.raises(Invalid) as refused:
        complain(**wrong)
    assert refused.value.details["field"] == field


def test_a_field_demanded_at_opening_is_demanded(complain):
    with pytest.raises(MissingFields):
        complain(fields={})


def test_who_is_involved_never_owns_verifies_or_decides(bank, complain, at):
    sun = bank.people["Sun"].pk
    opened = complain(involved=[sun])
    assert opened.owner_name != "Sun"  # the only supervisor is recused: the role is sought above, nobody holds it
    for verb, more in (
        (case_accept, {}), (case_resolve, {"fields": {"cause": "x"}}), (case_pause, {"reason": "waiting_customer"}),
        (case_level, {"level": "minor", "reason": "x"}), (case_drop, {"reason": "x"}), (case_move, {"stage": "doing"}),
    ):  # fmt: skip
        with pytest.raises(Recused):
            verb(**at("Sun"), case=opened.id, **more)
    with pytest.raises(Recused):
        case_assign(**at("Ada"), case=opened.id, owner=sun)
    with pytest.raises(Recused):
        complain(involved=[sun], owner=sun)
    case_comment(**at("Sun"), case=opened.id, text="我的说明")  # but is heard
    case_accept(**at("Ada"), case=opened.id)
    case_resolve(**at("Ada"), case=opened.id, fields={"cause": "x"})
    with pytest.raises(Recused):
        case_verify(**at("Sun"), case=opened.id, passed=True)


def test_naming_the_owner_as_involved_takes_the_case_from_them(bank, complain, at):
    opened = complain()
    assert case_involve(**at("Ada"), case=opened.id, people=[bank.people["Sun"].pk]).owner is None


def test_who_fixed_it_does_not_verify_it(bank, complain, at):
    opened = complain()
    case_accept(**at("Sun", 1), case=opened.id)
    case_resolve(**at("Sun", 2), case=opened.id, fields={"cause": "x"})
    with pytest.raises(NeedsSecondPerson):
        case_verify(**at("Sun", 3), case=opened.id, passed=True)
    with pytest.raises(NeedsSecondPerson):
        case_close(**at("Sun", 3), case=opened.id, fields={"satisfied": True})
    back = case_verify(**at("Ada", 32), case=opened.id, passed=False, text="没有解决")
    assert back.stage_kind == "doing"
    assert back.due_at == bank.now + 150 * MINUTE  # the half hour of waiting for the verifier does not count


def test_lowering_the_level_needs_a_second_person_raising_it_does_not(bank, complain, at):
    opened = complain()
    assert case_level(**at("Sun", 1), case=opened.id, level="grave", reason="人多").level == "grave"
    proposed = case_level(**at("Sun", 2), case=opened.id, level="minor", reason="误判")
    assert proposed.level == "grave"
    with pytest.raises(NeedsSecondPerson):
        case_level(**at("Sun", 3), case=opened.id, level="minor", reason="误判")
    lowered = case_level(**at("Ada", 3), case=opened.id, level="minor", reason="同意")
    assert lowered.level == "minor" and lowered.due_at == bank.now + 120 * MINUTE


def test_a_pause_has_a_reason_and_an_end(bank, complain, at):
    opened = complain()
    with pytest.raises(PauseRefused):
        case_pause(**at("Sun", 1), case=opened.id, reason="lunch")
    paused = case_pause(**at("Sun", 10), case=opened.id, reason="waiting_customer")
    assert paused.paused
    with pytest.raises(PauseRefused):
        case_pause(**at("Sun", 11), case=opened.id, reason="waiting_customer")
    resumed = case_resume(**at("Sun", 25), case=opened.id)
    assert not resumed.paused and resumed.due_at == bank.now + 45 * MINUTE
    legal = {c.clock: c for c in case(**at("Sun", 26), case=opened.id).clocks}["legal"]
    assert legal.state == "running"  # the legal clock does not care about pauses


def test_the_time_for_pauses_runs_out(bank, complain, at):
    opened = complain()
    day = 24 * 60
    case_pause(**at("Sun", 10), case=opened.id, reason="waiting_customer")
    late = case(**at("Sun", 10 + 2 * day), case=opened.id)
    assert not late.case.paused  # the cap of two working days ended the pause, also when no tick has run
    case_resume(**at("Sun", 12 + 2 * day), case=opened.id)
    with pytest.raises(PauseRefused):
        case_pause(**at("Sun", 13 + 2 * day), case=opened.id, reason="waiting_customer")


def test_steps_from_the_wrong_stage_change_nothing(bank, complain, at):
    opened = complain()
    before = timeline(scope=bank.scope("Sun"), case=opened.id)
    for verb, more in (
        (case_close, {}), (case_verify, {"passed": True}), (case_resume, {}), (case_reopen, {"reason": "x"}),
        (case_move, {"stage": "closed"}), (case_move, {"stage": "nowhere"}),
    ):  # fmt: skip
        with pytest.raises(WrongStage):
            verb(**at("Ada"), case=opened.id, **more)
    assert timeline(scope=bank.scope("Sun"), case=opened.id) == before


def test_merging_keeps_the_earlier_start_and_every_breach(bank, complain, at):
    first, second = complain(), complain(now=bank.now + 45 * MINUTE, scope=bank.scope("Ada"))
    case_accept(**at("Sun", 40), case=first.id)  # ten minutes late
    merged = case_merge(**at("Ada", 50), case=first.id, into=second.id)
    assert merged.id == second.id and merged.breaches == 2  # its own, from the earlier start, and the carried one
    gone = case(**at("Ada", 51), case=first.id)
    assert gone.case.stage_kind == "dropped" and gone.merged_into == second.id
    with pytest.raises(WrongStage):
        case_reopen(**at("Ada", 52), case=first.id, reason="x")


def test_links_watchers_and_milestones(bank, complain, at):
    first, second = complain(), complain(title="另一件")
    case_link(**at("Sun"), case=first.id, other=second.id, kind="duplicate")
    case_watch(**at("Omar"), case=first.id)
    case_milestone(**at("Sun", 5), case=first.id, slug="answered")
    case_milestone(**at("Sun", 6), case=first.id, slug="answered")
    with pytest.raises(Invalid):
        case_milestone(**at("Sun"), case=first.id, slug="nothing")
    detail = case(**at("Sun", 7), case=second.id)
    assert [(link.kind, link.case.id) for link in detail.links] == [("duplicate", first.id)]
    assert [name for _id, name in case(**at("Sun", 7), case=first.id).watchers] == ["Omar"]
    clocks = {c.clock: c for c in case(**at("Sun", 7), case=first.id).clocks}
    assert clocks["legal"].state == "kept" and clocks["solution"].state == "running"


def test_another_branch_sees_nothing(bank, complain, at):
    opened = complain()
    assert cases(scope=bank.scope("Bo"), filters=CaseFilter(), now=bank.now).total == 0
    with pytest.raises(NotFound):
        case(**at("Bo"), case=opened.id)
    with pytest.raises(NotFound):
        case_accept(**at("Stranger"), case=opened.id)
    assert cases(scope=bank.scope("Rita"), filters=CaseFilter(), now=bank.now).total == 1
    with pytest.raises(Forbidden):
        case_accept(**at("Otto"), case=opened.id)


def test_the_list_narrows(bank, complain, at):
    first, second = complain(), complain(level="minor", title="排队机故障", source="onsite.device:7")
    now = bank.now + 31 * MINUTE

    def found(**parts):
        return {c.id for c in cases(scope=bank.scope("Ada"), filters=CaseFilter(**parts), now=now).rows}

    assert found() == {first.id, second.id}
    assert found(level="minor") == found(text="排队机") == found(source="onsite.device:") == {second.id}
    assert found(late=True) == {first.id}
    assert found(owner=bank.people["Sun"].pk) == {first.id, second.id} and found(owner="none") == set()
    assert found(type="example.chore") == set() == found(branch="b02")
    case_accept(**at("Sun", 40), case=first.id)
    assert found(stage="doing") == {first.id} and found(stage="unfinished") == {first.id, second.id}
    assert found(text=first.label) == {first.id}
    page = cases(scope=bank.scope("Ada"), filters=CaseFilter(size=1, page=9), now=now)
    assert (page.total, page.number, page.pages, len(page.rows)) == (2, 2, 2, 1)


def test_rooms_hear_of_their_cases_in_the_same_transaction(bank, complain, at, monkeypatch):
    from counterpoint.primitives.cases import writing

    heard = []
    monkeypatch.setattr(writing, "_listeners", [])
    register_listener(lambda kind, view, now: heard.append((kind, view.stage_kind)))
    opened = complain()
    case_accept(**at("Sun"), case=opened.id)
    assert heard == [("opened", "open"), ("accepted", "doing")]


def test_the_row_is_the_fold_of_its_journal(bank, complain, at):
    from counterpoint.primitives.cases.models import Case

    first, second = complain(), complain(received_at=bank.now - 20 * MINUTE)
    case_pause(**at("Sun", 3), case=first.id, reason="waiting_customer")
    case_resume(**at("Sun", 9), case=first.id)
    case_level(**at("Sun", 10), case=first.id, level="minor", reason="误判")
    case_merge(**at("Ada", 12), case=first.id, into=second.id)
    case_accept(**at("Sun", 15), case=second.id)
    case_resolve(**at("Sun", 16), case=second.id, fields={"cause": "x"})
    case_verify(**at("Ada", 17), case=second.id, passed=True)
    case_close(**at("Ada", 18), case=second.id, fields={"satisfied": False})
    case_reopen(**at("Ada", 19), case=second.id, reason="未解决")
    for one in (first, second):
        with scoped(bank.scope("Ada")):
            row = Case.objects.get(pk=one.id)
        kind = pinned(row.type, row.version, row.pack, row.org_path)
        assert fold(kind, story(scope=bank.scope("Ada"), case=one.id)) == from_json(row.state)


def test_a_private_field_is_shown_and_can_be_erased(bank, complain, at):
    opened = complain(fields={"topic": "fee", "customer": "王小明"})
    assert "customer" not in opened.fields
    assert {f.slug: f.shown for f in case(**at("Sun"), case=opened.id).fields}["customer"] == "王小明"
    case_fields(**at("Sun"), case=opened.id, fields={"customer": "王大明"})
    case_drop(**at("Ada"), case=opened.id, reason="误开")
    case_erase(**at("Ada"), case=opened.id)
    detail = case(**at("Sun"), case=opened.id)
    assert {f.slug: f.shown for f in detail.fields}["customer"] == ""
    assert all(not line.text for line in timeline(scope=bank.scope("Sun"), case=opened.id))
    with unscoped("test"):
        assert journal.verify(bank.b01).ok


def test_a_deadline_set_by_hand_and_its_explanation(bank, room, at):
    chore = case_open(
        **at("Ada"), org_unit=bank.b01, type="example.chore", title="换灯", due_override=bank.now + 50 * MINUTE
    )
    assert chore.due_at == bank.now + 50 * MINUTE
    told = explain_deadline(scope=bank.scope("Ada"), case=chore.id, clock="done")
    assert told.due_at == chore.due_at and told.allowed == 50 * MINUTE and told.lines[-1].total == 50 * MINUTE
    with pytest.raises(NotFound):
        explain_deadline(scope=bank.scope("Ada"), case=chore.id, clock="nothing")


def test_a_time_of_receipt_without_its_time_zone_is_refused(complain, bank):
    with pytest.raises(Invalid) as refused:
        complain(received_at=(bank.now - timedelta(hours=1)).replace(tzinfo=None))
    assert refused.value.details["field"] == "received_at"
