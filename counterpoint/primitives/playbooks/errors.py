"""Why a step of a play was refused."""

from counterpoint.foundation.api import DomainError


class NotRunning(DomainError):
    """The play is paused or over; go on with it first, or start another."""

    code = "play_not_running"


class NotReady(DomainError):
    """The step cannot begin yet, or is already settled."""

    code = "step_not_ready"


class AlreadyRunning(DomainError):
    """The same plan runs here already; `details["play"]` is its id."""

    code = "play_already_running"


class NotByHand(DomainError):
    """The plan says that no person starts it; a case, a figure, a date or another system does."""

    code = "play_not_by_hand"
