"""Who may do what in the hall."""

from counterpoint.foundation.api import roles

VIEW = "onsite.hall.view"
RUN = "onsite.hall.run"
TAKE = "onsite.ticket.take"
CALL = "onsite.ticket.call"
LEAVE = "onsite.ticket.leave"
REPORT = "onsite.device.report"
DAY = "onsite.day.run"
IMPORT = "onsite.history.import"
INGEST = "onsite.events.ingest"
REPLAY = "onsite.replay.run"
WHATIF = "onsite.whatif.ask"
TRUST = "onsite.twin.judge"

LIVE = "foundation.org.view"  # the live stream of the branch
KIOSK_VERBS = (TAKE, VIEW, LIVE)
SCREEN_VERBS = (VIEW, LIVE)
MACHINE_VERBS = (TAKE, CALL, LEAVE, VIEW, REPORT, INGEST, LIVE)

roles.declare(
    {
        VIEW: roles.BRANCH | roles.ABOVE | {"auditor"},
        RUN: roles.LEADERS | {"lobby_manager"},
        TAKE: roles.LEADERS | {"lobby_manager"},
        CALL: roles.BRANCH,
        LEAVE: roles.LEADERS | {"lobby_manager"},
        REPORT: roles.BRANCH,
        DAY: roles.LEADERS,
        IMPORT: roles.LEADERS | roles.ABOVE,
        INGEST: (),
        REPLAY: roles.LEADERS | roles.ABOVE,
        WHATIF: roles.LEADERS | roles.ABOVE,
        TRUST: roles.LEADERS | roles.ABOVE | {"auditor"},
    }
)
