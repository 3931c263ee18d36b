"""Incidents as rows: by their risks, in the reader's words, and told anew when somebody says more of an old one."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from counterpoint.foundation.api import scoped
from counterpoint.primitives.cases import case_accept, case_drop, case_level, case_resolve
from counterpoint.primitives.metrics import Touch, cells, needs, relation, relations, value
from counterpoint.risk import api
from counterpoint.risk.models import Risk
from counterpoint.risk.register import counted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEY = "risk.risk_incidents"


@pytest.fixture
def register(bank):
    """b01's register, set up by Sun."""
    api.register_set_up(scope=bank.scope("Sun"), now=bank.now - 90 * DAY, branch=bank.b01)
    return bank


def report(bank, at=None, **more):
    words = {"kind": "fraud", "error": "scam", "title": "劝阻汇款", "level": "near_miss"} | more
    return api.incident_report(scope=bank.scope("Mei"), now=at or bank.now, branch=bank.b01, **words)


def link(bank, view, *risks):
    api.incident_link(scope=bank.scope("Sun"), now=bank.now, incident=view.id, risks=risks)


def rows(bank, who="Sun", key=KEY):
    since = bank.now.date() - 60 * DAY
    found = relations.read(key, scope=bank.scope(who), branch=bank.b01, since=since, until=bank.now.date() + DAY)
    return found.to_dict("records")


def of_risk(bank, who="Sun"):
    return sorted((row["risk"], row["level"]) for row in rows(bank, who))


def test_an_incident_is_a_row_of_each_risk_that_it_presses_on(bank, register):
    report(bank)
    report(bank, error="impersonation", level="minor")
    assert of_risk(bank) == [
        ("risk.elder_scam", "near_miss"), ("risk.forged_papers", "minor"), ("risk.identity", "minor"),
    ]  # fmt: skip
    assert len(rows(bank, key="risk.incidents")) == 2
    first = next(row for row in rows(bank) if row["risk"] == "risk.elder_scam")
    told = [first[name] for name in ("date", "kind", "error", "near_miss", "hour")]
    assert told == [bank.now.date(), "fraud", "scam", True, 10]


def test_it_follows_the_risks_that_people_name_and_leaves_with_a_dropped_incident(bank, register):
    view = report(bank, error="", level="serious")
    assert of_risk(bank) == []
    link(bank, view, "risk.cheque_fraud", "risk.elder_scam")
    assert of_risk(bank) == [("risk.cheque_fraud", "serious"), ("risk.elder_scam", "serious")]
    link(bank, view, "risk.cheque_fraud")
    assert of_risk(bank) == [("risk.cheque_fraud", "serious")]
    case_level(scope=bank.scope("Sun"), case=view.id, level="grave", reason="金额大", now=bank.now)
    assert of_risk(bank) == [("risk.cheque_fraud", "grave")]
    case_drop(scope=bank.scope("Sun"), case=view.id, reason="误报", now=bank.now)
    assert of_risk(bank) == []


def test_a_branch_without_a_register_has_no_rows_of_risks(bank):
    report(bank)
    assert of_risk(bank) == [] and len(rows(bank, key="risk.incidents")) == 1


def test_a_risk_that_left_the_register_keeps_what_was_counted(bank, register):
    report(bank)
    with scoped(bank.scope("Sun")):
        Risk.objects.filter(key="risk.elder_scam").update(retired_at=bank.now)
    assert of_risk(bank) == [("risk.elder_scam", "near_miss")]


def test_another_branch_reads_none_of_them(bank, register):
    report(bank)
    assert of_risk(bank, "Rita") == of_risk(bank, "Mei") == [("risk.elder_scam", "near_miss")]
    assert of_risk(bank, "Bo") == of_risk(bank, "Stranger") == []


@pytest.mark.parametrize(("column", "word", "zh", "en"), [
    ("risk", "risk.elder_scam", "老年客户遭遇电信网络诈骗", "Elderly customers scammed"),
    ("level", "near_miss", "未遂事件（及时发现，没有造成后果）", "Near miss, no harm"),
    ("error", "seal", "印章或重要空白凭证保管不当", "Seal or blank voucher not kept safe"),
    ("kind", "fraud", "外部欺诈", "External fraud"),
    ("risk", "risk.unknown", "risk.unknown", "risk.unknown"),
    ("hour", 10, "10", "10"),
])  # fmt: skip
def test_values_are_said_in_the_readers_words(db, column, word, zh, en):
    for tongue, wanted in (("zh-hans", zh), ("en", en)):
        with translation.override(tongue):
            assert relation(KEY).value_name(column, word) == wanted


@pytest.mark.parametrize("key", ["risk.incidents", KEY])
def test_an_entry_about_an_incident_touches_the_weeks_in_which_it_may_have_been_opened(key):
    on = date(2026, 11, 23)
    touched = list(relation(key).days(Touch("cases.level", on, {"type": counted.TYPE})))
    assert touched[0] == on and on - 40 * DAY in touched
    assert list(relation(key).days(Touch("cases.level", on, {"type": "primitives.task"}))) == []
    assert all(relation(key).touched_by(f"cases.{word}") for word in ("opened", "resolved", "closed", "fields_set"))
    assert not relation(key).touched_by("cases.commented")


def month(bank, metric):
    here = {"scope": bank.scope("Sun"), "org_unit": bank.b01, "grain": "month", "period": date(2026, 11, 1)}
    return value(**here, metric=metric, now=bank.now).value


def refreshed(bank):
    parts = needs.parts_of([needs.metric(key, bank.now.date()) for key in ("risk.losses", "risk.scams_stopped")])
    cells.refresh(scope=bank.scope("Sun"), branch=bank.b01, parts=parts, now=bank.now, growth=9)


def test_what_is_told_of_an_old_incident_shows_in_the_number_of_its_day(bank, register):
    """The loss is known days after the incident; people name its risks when they look into it."""
    view = report(bank, at=bank.now - 15 * DAY, error="", level="minor")
    refreshed(bank)
    assert (month(bank, "risk.losses"), month(bank, "risk.scams_stopped")) == (None, None)
    sun = {"scope": bank.scope("Sun"), "now": bank.now, "case": view.id}
    case_accept(**sun)
    case_resolve(**sun, fields={"cause": "客户坚持汇款", "fix": "协助止付", "loss": 300})
    link(bank, view, "risk.elder_scam")
    assert (month(bank, "risk.losses"), month(bank, "risk.scams_stopped")) == (300, 0)
    refreshed(bank)
    assert (month(bank, "risk.losses"), month(bank, "risk.scams_stopped")) == (300, 0)
