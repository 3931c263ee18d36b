"""What tests of certificates tell their stories with: lessons learnt, a trainer at headquarters, an award."""

from datetime import date

from counterpoint.academy import api
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.models import LessonRun
from counterpoint.foundation import access, actions, roles
from counterpoint.foundation.api import scoped
from counterpoint.foundation.scope import unscoped

LOBBY, COMPLAINTS = "academy.certificate.lobby", "academy.certificate.complaints"
HALL = ("academy.onsite.looking", "academy.onsite.diversion", "academy.onsite.closed_loop", "academy.onsite.pre_open")
ORIGIN = "https://bank.example"


def learnt(bank, name, lessons=HALL, unit=None):
    """The person has passed these lessons just now."""
    unit = unit or bank.b01
    held = shelf(unit, unit.date_at(bank.now)).lessons
    with unscoped("the test has a person learn"):
        for key in lessons:
            LessonRun(
                org_unit=unit, user=bank.people[name], lesson=key, version=held[key].version, pack=unit.rule_pack,
                state="passed", started_at=bank.now, passed_at=bank.now,
                taught=[[one.kind, one.key, one.version] for one in held[key].value.rules],
            ).save(force_insert=True)  # fmt: skip


def hire(bank, name, role, where):
    """Somebody more than the fixed cast: Tao of headquarters' training."""
    root = access.system_scope(tuple(roles.table()))
    with scoped(root):
        user = actions.person_add(
            scope=root, now=bank.now, org_unit=bank.units[where], staff_no=name.lower(), name=name,
            password="branch-day-1030",
        )  # fmt: skip
        actions.post_grant(
            scope=root, now=bank.now, org_unit=bank.units[where], user=user, role=role, since=date(2026, 1, 1)
        )
    bank.people[name] = user


def award(bank, holder="Omar", by="Ada", certificate=LOBBY, confirmed=("opened_alone",), unit=None, now=None):
    """`by` awards the certificate."""
    return api.certificate_award(
        scope=bank.scope(by), unit=unit or bank.b01, user=bank.people[holder].pk, certificate=certificate,
        confirmed=frozenset(confirmed), origin=ORIGIN, now=now or bank.now,
    )  # fmt: skip
