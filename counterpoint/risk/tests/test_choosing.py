"""An incident gets its risks by hand, proposals first; a risk leaves the register with a reason and a second look."""

import pytest

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, journal, scoped
from counterpoint.primitives.cases import NeedsSecondPerson, WrongStage, case_close, case_verify
from counterpoint.risk import api
from counterpoint.risk.models import Risk, RiskIndicator
from counterpoint.risk.register import choosing, kinds

pytestmark = pytest.mark.django_db
WHY = "本网点没有现金业务和金库，由中心网点统一办理。"


@pytest.fixture
def register(bank):
    api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    return bank


def risk(bank, key="risk.fire"):
    with scoped(bank.scope("Sun")):
        return Risk.objects.get(key=key, org_unit=bank.b01)


def incident(bank, title="客户拿伪造存单要求取款", **more):
    given = {"kind": "human", "error": "cash", "level": "minor"} | more
    return api.incident_report(scope=bank.scope("Mei"), now=bank.now, branch=bank.b01, title=title, **given)


def choices(bank, view, text="", who="Sun"):
    return choosing.choices(scope=bank.scope(who), now=bank.now, incident=view.id, text=text)


def test_proposals_come_first_by_error_then_by_words(bank, register):
    found = choices(bank, incident(bank))
    assert [one.key for one in found.proposed][:2] == ["risk.cash_difference", "risk.forged_papers"]
    assert [one.why for one in found.proposed][:2] == ["error", "words"]
    assert len(found.rows) == len(kinds.risks(bank.b01, bank.now)) and not found.chosen
    fire = choices(bank, incident(bank), text="火灾")
    assert "risk.fire" in {one.key for one in fire.rows} and len(fire.rows) < 6


def test_what_is_chosen_on_the_page_presses_and_stays_on_top(bank, register, sign_in):
    view, sun = incident(bank), sign_in("Sun")
    here = f"/risk/incidents/{view.id}/risks"
    assert here in sun.get(f"/cases/{view.id}/").content.decode()
    assert here in sun.get("/risk/incidents").content.decode()
    page = sun.get(here).content.decode()
    assert page.index("risk.cash_difference") < page.index("risk.forged_papers") < page.index("risk.power_loss")
    before = risk(bank, "risk.forged_papers").residual
    answer = sun.post(f"/risk/incidents/{view.id}/link", {"risks": ["risk.forged_papers"]})
    assert answer.headers["Location"] == f"/cases/{view.id}/"
    assert risk(bank, "risk.forged_papers").residual > before and risk(bank, "risk.cash_difference").residual == 8
    kept = choices(bank, view, text="火灾")
    assert [one.key for one in kept.chosen] == ["risk.forged_papers"]


def test_only_risks_of_the_register_can_be_named_and_only_by_who_handles_incidents(bank, register, sign_in):
    view = incident(bank)
    with pytest.raises(Invalid):
        api.incident_link(scope=bank.scope("Sun"), now=bank.now, incident=view.id, risks=("risk.moon",))
    for who in ("Mei", "Bo", "Stranger"):
        assert sign_in(who).get(f"/risk/incidents/{view.id}/risks").status_code == 404
        assert sign_in(who).post(f"/risk/incidents/{view.id}/link", {"risks": ["risk.fire"]}).status_code == 404


def test_the_form_takes_risks_from_a_leader_and_offers_the_chooser_when_none_is_named(bank, register, sign_in):
    sun = sign_in("Sun")
    given = {"kind": "human", "error": "cash", "level": "minor", "title": "短款"}
    assert 'name="risks"' in sun.get("/risk/incidents/report").content.decode()
    assert 'name="risks"' not in sign_in("Mei").get("/risk/incidents/report").content.decode()
    assert sun.post("/risk/incidents/report", given | {"idempotency_key": "a"}).headers["Location"].endswith("/risks")
    named = sun.post("/risk/incidents/report", given | {"risks": ["risk.fire"], "idempotency_key": "b"})
    assert named.headers["Location"] == "/risk/incidents" and risk(bank).residual > 10


def test_a_risk_leaves_after_a_reason_and_a_second_look(bank, register, sign_in):
    row, sun, ada = risk(bank), sign_in("Sun"), sign_in("Ada")
    sun.post(f"/risk/one/{row.pk}/retire", {"reason": WHY, "idempotency_key": "r"})
    assert risk(bank).retired_at is None
    assert WHY in ada.get(f"/risk/one/{row.pk}").content.decode()
    assert sun.post(f"/risk/one/{row.pk}/retire/decide", {"answer": "yes"}).status_code == 404
    ada.post(f"/risk/one/{row.pk}/retire/decide", {"answer": "yes", "reason": "属实"})
    assert risk(bank).retired_at == bank.now
    assert "risk.fire" not in {one.key for one in api.risks(scope=bank.scope("Sun"), now=bank.now)}
    with scoped(bank.scope("Sun")):
        assert [entry.data["risk"] for entry in journal.about(str(row.pk), "risk.retired")] == ["risk.fire"]
    assert api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01) == []


def test_who_asked_does_not_look_and_a_refused_request_leaves_the_risk(bank, register):
    ada, row = {"scope": bank.scope("Ada"), "now": bank.now, "risk": risk(bank).pk}, risk(bank)
    with pytest.raises(Invalid):
        api.risk_retire_ask(**ada, reason="没有")
    asked = api.risk_retire_ask(**ada, reason=WHY)
    assert api.risk_retire_ask(**ada, reason=WHY).id == asked.id
    with pytest.raises(NeedsSecondPerson):
        api.risk_retire_decide(**ada, agreed=True)
    rita = ada | {"scope": bank.scope("Rita")}
    assert api.risk_retire_decide(**rita, agreed=False, reason="仍有火灾可能").stage_kind == "dropped"
    assert risk(bank).retired_at is None
    with pytest.raises(WrongStage):
        api.risk_retire_decide(**rita, agreed=True)
    for who, refused in (("Bo", NotFound), ("Mei", NotFound), ("Otto", Forbidden)):
        with pytest.raises(refused):
            api.risk_retire_ask(scope=bank.scope(who), now=bank.now, risk=row.pk, reason=WHY)


def test_the_case_s_own_page_ends_in_the_same_place(bank, register):
    asked = api.risk_retire_ask(scope=bank.scope("Sun"), now=bank.now, risk=risk(bank).pk, reason=WHY)
    case_verify(scope=bank.scope("Ada"), case=asked.id, passed=True, now=bank.now)
    assert risk(bank).retired_at is None
    case_close(scope=bank.scope("Ada"), case=asked.id, now=bank.now)
    assert risk(bank).retired_at == bank.now


def test_every_control_is_tested_and_an_indicator_that_came_later_is_read(bank, register):
    bodies = [item.value for item in kinds.risks(bank.b01, bank.now).values()]
    assert [c.slug for body in bodies for c in body.controls if not (c.checklist or c.playbook)] == []
    with scoped(bank.scope("Sun")):
        RiskIndicator.objects.filter(metric="team.certificates_valid").delete()
    api.evidence_collect(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    with scoped(bank.scope("Sun")):
        assert RiskIndicator.objects.filter(risk=risk(bank, "risk.counterfeit")).get().period
