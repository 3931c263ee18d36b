"""A longer deadline by decision of a second person, where a rule outside the house allows one."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, Scope
from counterpoint.primitives.cases import readings
from counterpoint.primitives.cases.actions import deed_on
from counterpoint.primitives.cases.errors import NeedsSecondPerson, WrongStage
from counterpoint.primitives.cases.types import OPEN_KINDS
from counterpoint.primitives.cases.values import CaseView


def case_extend(*, scope: Scope, case: UUID, clock: str, until: datetime, asked_by: UUID, now: datetime) -> CaseView:
    """Set a later deadline for a clock of the present cycle that runs and is not missed; the caller decides what
    `asked_by` asked for. Raises `NeedsSecondPerson`, `WrongStage`, `Invalid`."""
    with deed_on(scope, case, now, "verify", decides=True) as deed:
        deed.at_stage(*OPEN_KINDS)
        if scope.actor is None or asked_by == scope.actor:
            raise NeedsSecondPerson(_("Somebody else than who asked for it has to decide it."))
        reading = next((r for r in readings.read(deed.kind, deed.state, deed.hours) if r.clock == clock), None)
        if reading is None or reading.stopped_at is not None:
            raise WrongStage(_("This clock does not run."))
        if reading.due_at is None or reading.due_at <= now:
            raise WrongStage(_("The deadline is over; it cannot be extended any more."))
        if until <= reading.due_at:
            raise Invalid(_("An extension ends later than the deadline it replaces."), field="until")
        deed.apply("extended", clock=clock, until=until.isoformat())
        return deed.finish("extended", clock=clock, until=until.isoformat(), asked_by=str(asked_by))
