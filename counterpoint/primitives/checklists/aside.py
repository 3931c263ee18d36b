"""What phones sent and what could not take effect: seen with its round in words, and settled by a leader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, scoped, text_hash
from counterpoint.primitives.checklists import catalogue
from counterpoint.primitives.checklists.actions import RoundClosed, link_evidence
from counterpoint.primitives.checklists.calling import NOTED, QUARANTINED, SETTLED, Call, answered_once, id_of
from counterpoint.primitives.checklists.definition import Checklist, Item
from counterpoint.primitives.checklists.models import Round, SyncItem
from counterpoint.primitives.checklists.queries import names_of, quarantined
from counterpoint.primitives.checklists.values import Done
from counterpoint.primitives.checklists.verbs import ASSIGN, VIEW

LATE = (QUARANTINED, SETTLED, NOTED)


@dataclass(frozen=True)
class Aside:
    """A message with what it is about: the round and the item where they are known, and who captured it."""

    message: SyncItem
    round: Round | None
    definition: Checklist | None
    item: Item | None
    person: str

    @property
    def may_note(self) -> bool:
        """Whether it is an answer that fits its question and only came too late."""
        late = (QUARANTINED, "answer", RoundClosed.code)
        return self.item is not None and (self.message.state, self.message.kind, self.message.reason) == late

    @property
    def files(self) -> list[str]:
        """Digests of its pictures."""
        return list(self.message.body.get("files", []))

    @property
    def value(self) -> Any:
        """What was answered."""
        return self.message.body.get("value")


def asides(*, scope: Scope, org_unit: OrgUnit, most: int = 100) -> list[Aside]:
    """What could not take effect (yet) at the branch, newest first."""
    with scoped(scope):
        return _told(org_unit, quarantined(scope=scope, org_unit=org_unit, most=most))


def late_answers(*, scope: Scope, row: Round) -> list[Aside]:
    """Answers of phones that came after the round was handed in, oldest first; settled ones stay in sight here."""
    scope.require(VIEW, row.org_path)
    with scoped(scope):
        found = SyncItem.objects.filter(org_unit=row.org_unit, kind="answer", round_ref__in=row.refs)
        return _told(row.org_unit, list(found.filter(state__in=LATE).order_by("id")))


def aside_settle(*, scope: Scope, org_unit: OrgUnit, message: int, now: datetime) -> None:
    """A leader has seen it and done what was to do: it leaves the list and stays in sight at its round."""
    call, row = Call(scope, org_unit, now), _message(scope, org_unit, message)

    def act() -> Done:
        if _taken(row, SETTLED):
            digest = text_hash(row.key)[:16]
            call.note("sync_settled", digest, device=row.device, key=digest, reason=row.reason)
        return Done()

    answered_once(call, ASSIGN, "settle", {}, Done, act)


def aside_note(*, scope: Scope, org_unit: OrgUnit, message: int, now: datetime) -> None:
    """A leader takes an answer that came after its round was handed in over into the round's record, as a note with its
    pictures. What counted counts: score and verdicts stay. `Invalid` for what is no such answer."""
    call, row = Call(scope, org_unit, now), _message(scope, org_unit, message)

    def act() -> Done:
        if row.state == NOTED:
            return Done()
        one = _told(org_unit, [row])[0]
        if not one.may_note or one.round is None or one.item is None:
            raise Invalid(_("Only an answer that came after its round was handed in can become a note."))
        if _taken(row, NOTED):
            about = Round.objects.select_for_update().select_related("org_unit").get(pk=one.round.pk)
            about.result = about.result | {"notes": [*about.result.get("notes", []), _note(call, row)]}
            about.save(update_fields=["result", "org_path"])
            link_evidence(call, about, one.item.slug, row.body.get("files", []))
            call.note(
                "answer_noted", about.pk, round=str(about.pk), item=one.item.slug, entry=row.key, seq=row.seq,
                device=row.device, was_by=str(row.person or ""),
            )  # fmt: skip
        return Done()

    answered_once(call, ASSIGN, "note", {}, Done, act)


def _message(scope: Scope, org_unit: OrgUnit, message: int) -> SyncItem:
    with scoped(scope):
        row = SyncItem.objects.filter(org_unit=org_unit, pk=message, state__in=LATE).first()
    if row is None:
        raise NotFound(_("There is no such message here."))
    return row


def _taken(row: SyncItem, state: str) -> bool:
    """Of two leaders one decides: who moves it first."""
    return bool(SyncItem.objects.filter(pk=row.pk, state=QUARANTINED).update(state=state))


def _note(call: Call, row: SyncItem) -> dict[str, Any]:
    return {
        "item": row.body["item"], "value": row.body.get("value"), "files": row.body.get("files", []),
        "person": str(row.person or ""), "received_at": row.received_at.isoformat(),
        "by": str(call.scope.actor or ""), "at": call.now.isoformat(),
    }  # fmt: skip


def _told(org_unit: OrgUnit, rows: list[SyncItem]) -> list[Aside]:
    rounds = _rounds(org_unit, {row.round_ref for row in rows if row.round_ref})
    people = names_of(row.person for row in rows)
    found = []
    for row in rows:
        about = rounds.get(row.round_ref)
        definition = catalogue.told(about) if about else None
        item = definition.item(str(row.body.get("item", ""))) if definition else None
        person = people.get(row.person, "") if row.person else ""
        found.append(Aside(row, about, definition, item, person))
    return found


def _rounds(org_unit: OrgUnit, refs: Iterable[str]) -> dict[str, Round]:
    """Rounds by every name that a phone may have used."""
    names = list(refs)
    ids = [one for one in map(id_of, names) if one]
    rows = Round.objects.filter(org_unit=org_unit)
    found = (*rows.filter(pk__in=ids), *rows.filter(key__in=names))
    return {ref: row for row in found for ref in row.refs}
