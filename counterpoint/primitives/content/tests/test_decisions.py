"""Headquarters changes a definition: one person proposes, another decides, nothing old is touched."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.primitives.content import actions, get, version
from counterpoint.primitives.content.drafts import body_text
from counterpoint.primitives.content.models import ContentVersion

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def do(bank, name, verb, **more):
    scope = bank.scope(name)
    with scoped(scope):
        return getattr(actions, f"content_{verb}")(scope=scope, now=bank.now, **more)


def propose(bank, draft, name="Hana", at="hq"):
    return do(bank, name, "propose", org_unit=bank.units[at], draft=draft)


def decided(bank, draft):
    row = propose(bank, draft)
    return do(bank, "Henry", "approve", proposal=row.pk)


def told(bank, on=TODAY, name="Sun"):
    with scoped(bank.scope(name)):
        return get("tiers", "standard", on)


def journal(bank):
    with scoped(bank.scope("Hana")):
        entries = JournalEntry.objects.filter(kind__startswith="primitives.content").order_by("id")
        return [(entry.kind.rpartition("_")[2], entry.data) for entry in entries]


def test_a_decided_version_rules_the_branches_and_the_old_one_stays_on_record(headquarters, draft):
    assert told(headquarters).value.promise_minutes == 15
    row = propose(headquarters, draft())
    assert told(headquarters).value.promise_minutes == 15
    row = do(headquarters, "Henry", "approve", proposal=row.pk)
    now = told(headquarters)
    assert (now.version, now.value.promise_minutes, now.decided) == (2, 12, str(row.pk))
    assert told(headquarters, TODAY - timedelta(days=1)).value.promise_minutes == 15
    with scoped(headquarters.scope("Sun")):
        assert version("tiers", "standard", 1).value.promise_minutes == 15
        assert version("tiers", "standard", 2).value.promise_minutes == 12


def test_a_version_of_tomorrow_rules_from_tomorrow_on(headquarters, draft):
    decided(headquarters, draft(effective_from=TOMORROW))
    assert told(headquarters).value.promise_minutes == 15
    assert told(headquarters, TOMORROW).value.promise_minutes == 12


def test_a_version_with_an_end_leaves_nothing_in_force_after_it(headquarters, draft):
    decided(headquarters, draft(effective_to=TOMORROW))
    assert told(headquarters).value.promise_minutes == 12
    with pytest.raises(ValueError, match="in force"):
        told(headquarters, TOMORROW)


def test_nobody_decides_on_their_own_proposal(headquarters, draft):
    row = propose(headquarters, draft())
    for verb, more in (("approve", {}), ("reject", {"reason": "no"})):
        with pytest.raises(Invalid, match="Another person"):
            do(headquarters, "Hana", verb, proposal=row.pk, **more)
    assert told(headquarters).value.promise_minutes == 15


def test_only_compliance_confirms_that_a_rule_is_verified(headquarters, draft):
    row = propose(headquarters, draft(mark="V"))
    with pytest.raises(Forbidden):
        do(headquarters, "Henry", "approve", proposal=row.pk)
    do(headquarters, "Cora", "approve", proposal=row.pk)
    assert told(headquarters).may_stop


@pytest.mark.parametrize("name", ["Mei", "Sun", "Ada", "Rita", "Otto", "Sysadmin"])
def test_only_headquarters_proposes_and_decides(headquarters, draft, name):
    with pytest.raises(Forbidden):
        propose(headquarters, draft(), name)
    row = propose(headquarters, draft())
    for verb, more in (("approve", {}), ("reject", {"reason": "x"}), ("withdraw", {"reason": "x"})):
        with pytest.raises((Forbidden, NotFound)):
            do(headquarters, name, verb, proposal=row.pk, **more)
    assert fresh(headquarters, row).state == ContentVersion.State.PROPOSED


def fresh(bank, row):
    with scoped(bank.scope("Hana")):
        return ContentVersion.objects.get(pk=row.pk)


def test_a_proposal_belongs_to_headquarters_not_to_a_branch(headquarters, draft):
    with pytest.raises(Invalid, match="at headquarters"):
        propose(headquarters, draft(), at="b01")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"promise_minutes": 0}, "promise_minutes: must be more than 0"),
        ({"effective_from": TODAY - timedelta(days=1)}, "cannot begin in the past"),
        ({"effective_to": TODAY}, "ends before"),
        ({"key": "Big Key"}, "key: use small letters"),
        ({"pack": "C N"}, "pack: "),
        ({"mark": "X"}, "mark: "),
        ({"source": " "}, "source: "),
        ({"why": ""}, "Say why"),
        ({"kind": "ghosts"}, "ghosts"),
        ({"text": "names: {zh-hans: 普通}\n"}, "priority: is missing"),
        ({"text": "just words"}, "group of fields"),
        ({"text": "version: 3"}, "version: stands above"),
        ({"text": "a: &x 1\nb: *x"}, "anchors"),
        ({"promise_minutes": 15, "source": "service standards, suggested waits; calibrate locally"}, "nothing differs"),
    ],
)
def test_a_draft_that_cannot_rule_is_refused_with_the_field(headquarters, draft, more, words):
    with pytest.raises(Invalid) as refused:
        propose(headquarters, draft(**more))
    assert words in str(refused.value)
    assert journal(headquarters) == []


def test_worked_examples_must_hold_before_it_is_proposed(headquarters, draft):
    text = "value: 500\nunit: minutes\nhard: true\nexamples: [{given: 500, excess: 20}]\n"
    rule = draft(kind="parameters", key="roster.day.max_minutes", pack="cn", text=text)
    with pytest.raises(Invalid, match="given: 500, excess: 20"):
        propose(headquarters, rule)
    with pytest.raises(Invalid, match="at least one worked example"):
        propose(headquarters, draft(kind=rule.kind, key=rule.key, pack="cn", text=text.partition("examples")[0]))


def test_a_reference_to_nothing_is_refused(headquarters, draft):
    text = (
        "names: {zh-hans: 演练}\nhints: {zh-hans: 演练}\n"
        "surges: [{service: ghosts, count: 3, from: '09:00', to: '10:00'}]\n"
    )
    with pytest.raises(Invalid, match="service_types “ghosts”"):
        propose(headquarters, draft(kind="rehearsals", key="ghosts", text=text))


def test_what_others_refer_to_or_the_house_needs_may_not_end(headquarters, draft):
    with scoped(headquarters.scope("Hana")):
        cash, hall = get("service_types", "cash_withdrawal", TODAY), get("advice", "hall", TODAY)
    with pytest.raises(Invalid, match="rehearsals payday"):
        propose(headquarters, draft(kind="service_types", key=cash.key, text=body_text(cash), effective_to=TOMORROW))
    with pytest.raises(Invalid, match="cannot work without"):
        propose(headquarters, draft(kind="advice", key="hall", text=body_text(hall), effective_to=TOMORROW))


def test_one_proposal_at_a_time_and_the_same_again_is_the_same(headquarters, draft):
    row = propose(headquarters, draft())
    assert propose(headquarters, draft()).pk == row.pk
    with pytest.raises(Invalid, match="waits for a decision"):
        propose(headquarters, draft(promise_minutes=10))
    do(headquarters, "Hana", "withdraw", proposal=row.pk, reason="better numbers")
    assert propose(headquarters, draft(promise_minutes=10)).pk != row.pk


def test_a_decided_version_may_be_withdrawn_until_its_first_day(headquarters, draft):
    row = decided(headquarters, draft(effective_from=TOMORROW))
    do(headquarters, "Hana", "withdraw", proposal=row.pk, reason="not yet")
    assert told(headquarters, TOMORROW).value.promise_minutes == 15
    row = decided(headquarters, draft(promise_minutes=11))
    assert row.version == 3
    with pytest.raises(Invalid, match="has been in force"):
        do(headquarters, "Hana", "withdraw", proposal=row.pk, reason="too late")


def test_what_a_decided_definition_refers_to_is_not_withdrawn_before_it(headquarters, draft):
    with scoped(headquarters.scope("Hana")):
        service = get("service_types", "transfer", TODAY)
    new = draft(kind="service_types", key="gold_transfer", text=body_text(service), effective_from=TOMORROW)
    story = (
        "names: {zh-hans: 演练}\nhints: {zh-hans: 演练}\n"
        "surges: [{service: gold_transfer, count: 3, from: '09:00', to: '10:00'}]\n"
    )
    made = decided(headquarters, new)
    play = decided(headquarters, draft(kind="rehearsals", key="gold", text=story, effective_from=TOMORROW))
    with pytest.raises(Invalid, match="rehearsals gold"):
        do(headquarters, "Hana", "withdraw", proposal=made.pk, reason="x")
    do(headquarters, "Hana", "withdraw", proposal=play.pk, reason="x")
    do(headquarters, "Hana", "withdraw", proposal=made.pk, reason="x")


def test_a_later_decision_begins_no_earlier_than_the_one_before(headquarters, draft):
    decided(headquarters, draft(effective_from=TOMORROW))
    with pytest.raises(Invalid, match="begins on 2026-11-24"):
        propose(headquarters, draft(promise_minutes=10))


def test_a_proposal_decided_late_begins_on_the_day_of_the_decision(headquarters, draft):
    row = propose(headquarters, draft())
    later = headquarters.now + timedelta(days=3)
    scope = headquarters.scope("Henry")
    with scoped(scope):
        row = actions.content_approve(scope=scope, proposal=row.pk, now=later)
    assert row.effective_from == TODAY + timedelta(days=3)


def test_p_a1_each_decision_has_exactly_one_entry_and_a_refused_one_none(headquarters, draft):
    row = propose(headquarters, draft())
    do(headquarters, "Henry", "approve", proposal=row.pk)
    do(headquarters, "Henry", "approve", proposal=row.pk)
    with pytest.raises(Invalid):
        do(headquarters, "Cora", "approve", proposal=row.pk)
    second = propose(headquarters, draft(promise_minutes=9))
    do(headquarters, "Cora", "reject", proposal=second.pk, reason="too short")
    with pytest.raises(Invalid):
        do(headquarters, "Hana", "withdraw", proposal=second.pk, reason="late")
    third = propose(headquarters, draft(promise_minutes=8))
    do(headquarters, "Hana", "withdraw", proposal=third.pk, reason="mistake")
    assert [what for what, _data in journal(headquarters)] == [
        "proposed", "approved", "proposed", "rejected", "proposed", "withdrawn",
    ]  # fmt: skip
    assert all("short" not in str(data) for _what, data in journal(headquarters))


def test_who_decides_without_a_reason_is_asked_for_one(headquarters, draft):
    row = propose(headquarters, draft())
    for verb, name in (("reject", "Cora"), ("withdraw", "Hana")):
        with pytest.raises(Invalid, match="Say why"):
            do(headquarters, name, verb, proposal=row.pk, reason=" ")


def test_a_new_definition_begins_with_version_one(headquarters, draft):
    row = decided(headquarters, draft(key="student", effective_from=TODAY))
    with scoped(headquarters.scope("Sun")):
        assert (row.version, get("tiers", "student", TODAY).version) == (1, 1)


def test_a_packs_own_version_never_takes_the_number_of_the_common_one(headquarters, draft):
    row = decided(headquarters, draft(pack="cn", promise_minutes=13))
    assert row.version == 2
    with scoped(headquarters.scope("Sun")):
        assert version("tiers", "standard", 1, "cn").value.promise_minutes == 15
        assert get("tiers", "standard", TODAY, "cn").value.promise_minutes == 13
        assert get("tiers", "standard", TODAY, "intl").value.promise_minutes == 15
