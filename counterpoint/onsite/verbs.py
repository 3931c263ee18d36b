"""Who may do what in the hall."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles

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
ASSETS = "onsite.asset.view"
CAMERAS = "onsite.camera.view"  # what no camera sees is not for everybody
ASSET_EDIT = "onsite.asset.edit"
RECTIFICATION = "onsite.rectification"  # the prefix of the rights of its cases
MEND_OPEN = f"{RECTIFICATION}.open"
MEND_VIEW = f"{RECTIFICATION}.view"
MEND_MANAGE = f"{RECTIFICATION}.manage"
MEND_HANDLE = f"{RECTIFICATION}.handle"

LIVE = "foundation.org.view"  # the live stream of the branch
KIOSK_VERBS = (TAKE, VIEW, LIVE)
SCREEN_VERBS = (VIEW, LIVE)
MACHINE_VERBS = (TAKE, CALL, LEAVE, VIEW, REPORT, INGEST, LIVE)
MAINTENANCE_VERBS = (ASSETS, REPORT, LIVE)

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
        ASSETS: roles.BRANCH | roles.READERS,
        CAMERAS: roles.LEADERS | roles.ABOVE | {"lobby_manager", "auditor"},
        ASSET_EDIT: roles.LEADERS | roles.ABOVE,
        MEND_VIEW: roles.BRANCH | roles.READERS,
        MEND_OPEN: roles.BRANCH | roles.ABOVE,
        MEND_HANDLE: roles.BRANCH | roles.ABOVE,
        f"{RECTIFICATION}.verify": roles.BRANCH | roles.ABOVE,
        MEND_MANAGE: roles.LEADERS | roles.ABOVE,
    }
)

enrolment.register(
    (
        enrolment.Use("kiosk", _("Kiosk: takes tickets"), KIOSK_VERBS, enrolment.BRANCH, "onsite:kiosk"),
        enrolment.Use("queue", _("Queue machine: takes and calls tickets"), MACHINE_VERBS, enrolment.BRANCH),
        enrolment.Use(
            "maintenance",
            _("Maintenance system: reads the asset register, reports faults"),
            MAINTENANCE_VERBS,
            enrolment.BRANCH,
        ),
        enrolment.Use("screen", _("Calling screen: shows numbers"), SCREEN_VERBS, enrolment.BRANCH, "onsite:screen"),
    )
)
