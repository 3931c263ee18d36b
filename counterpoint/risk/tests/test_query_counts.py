"""The pages of the register and of the emergencies ask as much of the database with fifty rows as with five."""

from datetime import timedelta

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.primitives.playbooks.tests.asking import grown, questions
from counterpoint.risk import api
from counterpoint.risk.models import Risk
from counterpoint.risk.tests.test_emergencies import drill

pytestmark = pytest.mark.django_db
FEW, MANY = 5, 50
ONE = """
- key: risk.made_up_{n}
  version: 1
  source: made up for the test
  mark: D
  effective_from: 2020-01-01
  names: {{zh-hans: 风险{n}, en: Risk {n}}}
  what: {{zh-hans: 说明, en: What}}
  category: process
  likelihood: 3
  impact: 3
  owner: supervisor
  causes: [{{zh-hans: 原因, en: Cause}}]
  controls:
    - {{slug: look, names: {{zh-hans: 检查, en: Look}}, kind: detective, checklist: risk.test_cash}}
  errors: [cash]
"""


@pytest.fixture
def register(bank, content_folder):  # noqa: F811
    """A register of which only so many rows stand: `register(5)`."""
    content_folder("risks", "".join(ONE.format(n=n) for n in range(MANY)))
    sun = bank.scope("Sun")
    api.register_set_up(scope=sun, now=bank.now, branch=bank.b01)

    def keep(number):
        with scoped(sun):
            keys = [f"risk.made_up_{n}" for n in range(number)]
            Risk.objects.exclude(key__in=keys).update(retired_at=bank.now)
            Risk.objects.filter(key__in=keys).update(retired_at=None)
            return Risk.objects.filter(key="risk.made_up_0").get()

    return keep


@pytest.mark.parametrize("address", ["/risk/", "/risk/?category=process", "/risk/register.xlsx"])
def test_the_register(bank, register, sign_in, address):
    sun, counted = sign_in("Sun"), []
    for number in (FEW, MANY):
        register(number)
        counted.append(questions(sun, address))
    assert grown(*counted) == {}


@pytest.mark.parametrize(
    "address", ["/risk/incidents", "/risk/incidents?stage=all", "/risk/errors", "/risk/one/{risk}"]
)
def test_incidents_errors_and_one_risk(bank, register, sign_in, address):
    sun, counted = sign_in("Sun"), []
    risk = register(3)
    for number in (FEW, MANY - FEW):
        for n in range(number):
            api.incident_report(
                scope=bank.scope("Mei"), now=bank.now - timedelta(hours=1), branch=bank.b01, kind="human", error="cash",
                title=f"短款{n}", risks=(risk.key,),
            )  # fmt: skip
        counted.append(questions(sun, address.format(risk=risk.pk)))
    assert grown(*counted) == {}


def test_the_emergencies(bank, sign_in):
    sun, counted = sign_in("Sun"), []
    for number in (FEW, 15):
        for n in range(number):
            drill(bank, "risk.rumour", bank.now - timedelta(days=3 + n + 20 * len(counted)))
        counted.append(questions(sun, "/risk/emergencies"))
    assert grown(*counted) == {}


PLAN = """
- key: branch.made_up_{n}
  version: 1
  source: made up for the test
  mark: D
  effective_from: 2020-01-01
  names: {{zh-hans: 预案{n}, en: Plan {n}}}
  steps: [{{slug: only, names: {{zh-hans: 一步, en: Step}}, role: supervisor, within: {{minutes: 5}}}}]
  time_limit: {{minutes: 9, names: {{zh-hans: 时限, en: Limit}}}}
"""


@pytest.mark.parametrize("address", ["/risk/emergencies", "/plays/", "/plays/offline"])
def test_the_shelf_of_plans(bank, content_folder, sign_in, monkeypatch, address):  # noqa: F811
    monkeypatch.setattr("counterpoint.science.response.chance", lambda *_a, **_k: None)  # not what is counted here
    sun, counted = sign_in("Sun"), []
    for number in (FEW, MANY):
        content_folder("playbooks", "".join(PLAN.format(n=n) for n in range(number)))
        counted.append(questions(sun, address))
    assert grown(*counted) == {}
