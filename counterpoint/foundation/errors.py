"""Anticipated errors: shown to the person as a message, never as a stack trace."""


class DomainError(Exception):
    """Something the person can understand and act on.

    `code` is stable for programs; the message says what happened, which rule, and what to do next.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(DomainError):
    """The thing does not exist for this caller; out-of-scope and absent look the same."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """The caller may see the thing but not do this with it."""

    code = "forbidden"
    status = 403


class Invalid(DomainError):
    """The input breaks a rule; `details` may name the field."""

    code = "invalid"
    status = 422
