"""What complaints refuse, with what to do next."""

from counterpoint.foundation.api import DomainError, Invalid


class KeyTaken(DomainError):
    """The same key came with another complaint."""

    code = "key_taken"


class ReportMissing(DomainError):
    """A complaint of this level is closed only with its report at the region."""

    code = "report_missing"


class SecondPersonNeeded(DomainError):
    """Who asked or wrote may not decide it."""

    code = "second_person_needed"


class Over(DomainError):
    """It is decided, answered or taken up already."""

    code = "over"


class NotProven(Invalid):
    """The browser's proof of work is missing, stale or wrong."""

    code = "not_proven"


class MailUnreadable(Invalid):
    """The file is no e-mail with a text."""

    code = "mail_unreadable"


class MustBeKept(DomainError):
    """The time for which a complaint's file has to be kept is not over."""

    code = "must_be_kept"
