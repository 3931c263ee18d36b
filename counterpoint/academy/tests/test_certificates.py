"""Certificates as verbs: a second person awards, what is missing is said, the end is told in time, the roster knows."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from counterpoint.academy import api
from counterpoint.academy.certificates import evidence
from counterpoint.academy.certificates.ticking import certificates_due
from counterpoint.academy.models import Certificate, LessonRun
from counterpoint.academy.rules.awarding import Evidence
from counterpoint.academy.tests.certified import COMPLAINTS, HALL, LOBBY, award, hire, learnt
from counterpoint.foundation import keys
from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives import content

OWN = ("id", "org_path")
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def keyed(settings, tmp_path):
    """An installation with its keys."""
    settings.KEYS = tmp_path / "keys"
    keys.create()


def at(day, hour=0, minute=1):
    """A moment of a day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def only():
    """The one certificate there is."""
    with unscoped("the test looks"):
        return Certificate.objects.select_related("org_unit", "user").get()


def told(kind):
    """Data of all journal entries of a kind."""
    with unscoped("the test looks"):
        return [one.data for one in JournalEntry.objects.filter(kind=kind).order_by("id")]


def messages(name, bank):
    with unscoped("the test looks"):
        return [one.title for one in Message.objects.filter(recipient=bank.people[name]).order_by("created_at", "id")]


def test_a_certificate_is_awarded_by_a_second_person_and_rests_on_what_was_done(bank):
    learnt(bank, "Omar")
    row = award(bank)
    assert (row.state, row.since, row.until) == ("valid", date(2026, 11, 23), date(2027, 11, 22))
    assert [one["source"] for one in row.evidence] == ["lessons"] * 4 + ["confirmed"]
    assert all(len(one["digest"]) == 64 for one in row.evidence[:4])
    assert row.evidence[4]["ref"] == str(bank.people["Ada"].pk)
    (entry,) = told("academy.certificate_awarded")
    assert entry["user"] == str(bank.people["Omar"].pk) and entry["evidence"] == 5 and entry["until"] == "2027-11-22"
    assert messages("Omar", bank) == ["已颁发：大堂现场上岗证"]


def test_what_is_missing_is_said_line_by_line_and_nothing_is_awarded(bank):
    learnt(bank, "Omar", HALL[:3])
    with pytest.raises(api.Missing) as missing:
        award(bank, confirmed=())
    assert missing.value.details["lines"] == [2, 3]
    with unscoped("the test counts"):
        assert not Certificate.objects.exists()


def test_nobody_awards_nor_revokes_the_own_certificate(bank):
    learnt(bank, "Ada", ("academy.service.levels", "academy.service.legal_clock"))
    with pytest.raises(api.SecondPersonNeeded):
        award(bank, holder="Ada", certificate=COMPLAINTS, confirmed=("handled_two",))
    hire(bank, "Tao", "hq_training", "hq")
    row = award(bank, holder="Ada", by="Tao", certificate=COMPLAINTS, confirmed=("handled_two",))
    with pytest.raises(api.SecondPersonNeeded):
        api.certificate_revoke(scope=bank.scope("Ada"), certificate=row.pk, reason="by myself", now=bank.now)


@pytest.mark.parametrize("by", ["Sun", "Mei", "Omar", "Hana", "Otto"])
def test_only_training_and_the_branch_head_award(bank, by):
    learnt(bank, "Omar")
    with pytest.raises(Forbidden):
        award(bank, by=by)


def test_a_stranger_neither_awards_nor_finds_it_and_outsiders_of_the_branch_get_none(bank):
    learnt(bank, "Omar")
    with pytest.raises(NotFound):
        award(bank, by="Stranger")
    with pytest.raises(Invalid):
        award(bank, holder="Bo")
    row = award(bank)
    for verb, more in ((api.certificate_revoke, {"reason": "no good"}), (api.show_name, {"shown": True})):
        with pytest.raises(NotFound):
            verb(scope=bank.scope("Stranger"), certificate=row.pk, now=bank.now, **more)


def test_a_held_certificate_is_renewed_in_its_last_ninety_days_and_loses_no_day(bank):
    learnt(bank, "Omar")
    first = award(bank)
    early = at(first.until - timedelta(days=91), 10)
    with pytest.raises(api.AlreadyHeld):
        award(bank, now=early)
    second = award(bank, now=early + timedelta(days=1))
    assert second.renews_id == first.pk and second.until == date(2028, 11, 22)
    with unscoped("the test looks"):
        first.refresh_from_db()
    assert first.state == "renewed" and first.next_due_at is None
    assert second.public_code != first.public_code


def test_reminders_come_once_each_to_holder_and_supervisor_and_then_the_end(bank):
    learnt(bank, "Omar")
    until = award(bank).until
    for left in (91, 90, 89, 60, 30, 30, 7, 6, 0):
        certificates_due(at(until - timedelta(days=left)))
    assert [one["days"] for one in told("academy.certificate_reminded")] == [90, 30, 7]
    assert len(messages("Omar", bank)) == 4 and len(messages("Sun", bank)) == 3
    assert only().state == "valid"
    assert certificates_due(at(until + timedelta(days=1))) == 1 and certificates_due(at(until + timedelta(days=1))) == 0
    assert only().state == "expired" and len(told("academy.certificate_expired")) == 1
    assert messages("Sun", bank)[-1] == "Omar：“大堂现场上岗证”已到期"


def test_a_clock_that_stood_still_reminds_once_and_not_three_times(bank):
    learnt(bank, "Omar")
    until = award(bank).until
    certificates_due(at(until - timedelta(days=5)))
    assert [one["days"] for one in told("academy.certificate_reminded")] == [7]


def test_it_ends_with_its_last_day_on_the_wall_of_the_branch(bank):
    learnt(bank, "Omar")
    until = award(bank).until
    certificates_due(at(until, 23, 59))
    assert only().state == "valid"
    certificates_due(at(until + timedelta(days=1), 0, 0))
    assert only().state == "expired"


def test_a_revocation_needs_a_reason_ends_at_once_and_keeps_the_reason_out_of_the_journals_data(bank):
    learnt(bank, "Omar")
    row = award(bank)
    here = {"scope": bank.scope("Ada"), "certificate": row.pk, "now": bank.now}
    with pytest.raises(Invalid):
        api.certificate_revoke(**here, reason="  ")
    api.certificate_revoke(**here, reason="签到造假")
    with pytest.raises(Invalid):
        api.certificate_revoke(**here, reason="once more")
    (entry,) = told("academy.certificate_revoked")
    assert "签到造假" not in str(entry) and "private" in entry
    assert only().state == "revoked"
    with pytest.raises(Forbidden):
        api.certificate_revoke(**here | {"scope": bank.scope("Sun")}, reason="no right")


def test_after_a_revocation_everything_is_asked_for_again(bank):
    learnt(bank, "Omar")
    row = award(bank)
    api.certificate_revoke(scope=bank.scope("Ada"), certificate=row.pk, reason="签到造假", now=bank.now)
    with pytest.raises(api.Missing):
        award(bank, confirmed=())
    assert award(bank).renews_id is None


def test_only_the_holder_switches_the_name_on(bank):
    learnt(bank, "Omar")
    row = award(bank)
    with pytest.raises(NotFound):
        api.show_name(scope=bank.scope("Ada"), certificate=row.pk, shown=True, now=bank.now)
    for _twice in range(2):
        api.show_name(scope=bank.scope("Omar"), certificate=row.pk, shown=True, now=bank.now)
    assert only().show_name and len(told("academy.certificate_named")) == 1


def test_what_was_certified_cannot_be_changed_in_the_database(bank):
    learnt(bank, "Omar")
    row = award(bank)
    with unscoped("the test attacks"):
        mine = Certificate.objects.filter(pk=row.pk)
        for change in ({"until": row.until + timedelta(days=1)}, {"badge": "x"}, {"evidence": []}):
            with pytest.raises(DatabaseError), transaction.atomic():
                mine.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            mine._raw_delete(mine.db)
        mine.update(state="revoked", reason="some")
        with pytest.raises(DatabaseError), transaction.atomic():
            mine.update(state="valid")


def test_without_the_key_nothing_is_awarded_and_the_remedy_is_named(bank, settings, tmp_path):
    learnt(bank, "Omar")
    settings.KEYS = tmp_path / "empty"
    with pytest.raises(Invalid, match="keys create"):
        award(bank)


def test_a_part_of_the_academy_brings_its_own_evidence(bank, monkeypatch):
    """The port that exams, drills and the shadow licence are read by."""
    monkeypatch.setattr(evidence, "_readers", dict(evidence._readers))
    supervisor = "academy.certificate.supervisor"
    item = next(one for one in content.every("certificates") if one.key == supervisor)
    lessons = (
        "academy.rhythm.meetings",
        "academy.rhythm.targets",
        "academy.planning.forecast",
        "academy.planning.roster",
    )
    learnt(bank, "Sun", lessons)
    with pytest.raises(api.Missing) as missing:
        award(bank, holder="Sun", certificate=supervisor)
    assert missing.value.details["lines"] == [3, 4, 5]
    asked = []

    def exams(one):
        asked.append(one)
        return [Evidence("exam", key, one.on, "sitting", "d" * 64, {"passed": 1, "score": 0.9}) for key in one.keys]

    evidence.register("exam", exams)
    evidence.register(
        "scenarios",
        lambda one: [
            Evidence("scenarios", key, one.on, f"{n}", "", {"regret": 5}) for n in (1, 2) for key in sorted(one.keys)
        ],
    )
    evidence.register(
        "shadow", lambda one: [Evidence("shadow", "", one.on, "", "", {"days": 20, "regimes": 4, "regret": 5})]
    )
    row = award(bank, holder="Sun", certificate=supervisor)
    assert asked[0].user == bank.people["Sun"].pk and asked[0].keys == {item.value.criteria[2].exam}
    assert {one["source"] for one in row.evidence} == {"lessons", "exam", "scenarios", "shadow"}


def test_a_lesson_whose_rule_has_changed_does_not_count_until_the_change_was_learnt(bank, monkeypatch):
    learnt(bank, "Omar")
    monkeypatch.setattr("counterpoint.academy.learning.queries.changed_since", lambda run, on: ("changed",))
    with pytest.raises(api.Missing):
        award(bank)


def test_evidence_is_read_inside_the_awarding_persons_scope(bank):
    """What the person did at another branch is not seen by this branch's head."""
    learnt(bank, "Omar", unit=bank.b03)
    with pytest.raises(api.Missing):
        award(bank)
    with unscoped("the test looks"):
        assert LessonRun.objects.filter(user=bank.people["Omar"]).count() == 4


def test_two_certificates_that_give_one_skill_do_not_take_it_from_each_other(bank, monkeypatch):
    from counterpoint.academy.certificates.granting import settle
    from counterpoint.team import api as team

    with scoped(bank.scope("Sun")):
        team.staff_profile_set(
            scope=bank.scope("Sun"), now=bank.now, branch=bank.b01, user=bank.people["Omar"], skills=[]
        )
    learnt(bank, "Omar")
    row = award(bank)
    with unscoped("the test copies"):
        Certificate(
            **{one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if one.name not in OWN}
            | {"key": "academy.certificate.supervisor", "public_code": "x" * 16, "status_index": 1,
               "until": row.until - timedelta(days=40)}
        ).save(force_insert=True)  # fmt: skip

    def held():
        (one,) = next(p for p in team.staff(scope=bank.scope("Sun"), branch=bank.b01) if p.name == "Omar").skills
        return one.level, one.expires_on, one.certificate

    ada = bank.scope("Ada")
    with scoped(ada):
        settle(scope=ada, unit=bank.b01, user=bank.people["Omar"], key=LOBBY, skills=["lobby"], now=bank.now)
    assert held() == (3, row.until - timedelta(days=40), "academy.certificate.supervisor")
    with unscoped("the test looks"):
        other = Certificate.objects.get(key="academy.certificate.supervisor")
    api.certificate_revoke(scope=ada, certificate=other.pk, reason="签到造假", now=bank.now)
    assert held() == (2, row.until, LOBBY)
    api.certificate_revoke(scope=ada, certificate=row.pk, reason="签到造假", now=bank.now)
    assert held() == (2, date(2026, 11, 22), LOBBY)
