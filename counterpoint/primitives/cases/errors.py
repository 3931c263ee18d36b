"""Why a step on a case is refused."""

from counterpoint.foundation.api import DomainError, Forbidden, Invalid


class WrongStage(DomainError):
    """The case is in a stage from which this step does not lead."""

    code = "wrong_stage"


class Recused(Forbidden):
    """The person is involved in the case and may not own, verify or decide it."""

    code = "recused"


class NeedsSecondPerson(DomainError):
    """The step needs somebody else than the one who did the first half."""

    code = "needs_second_person"


class MissingFields(Invalid):
    """Fields that the stage demands are empty; `details["fields"]` names them."""

    code = "missing_fields"


class PauseRefused(DomainError):
    """The type gives no such reason, or the time for waiting is used up."""

    code = "pause_refused"
