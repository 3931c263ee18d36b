"""What the supervisor moves: windows, people, breaks, devices, diversion."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Counter, Device, Forbidden, Invalid, NotFound, OrgUnit, Scope, User, colleagues
from counterpoint.onsite.actions.serving import CounterBusy
from counterpoint.onsite.assets import faults
from counterpoint.onsite.entry import Call
from counterpoint.onsite.localtime import minute_of
from counterpoint.onsite.models import Diversion, Duty, Ticket, Window
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.state import hall_of, plans_of
from counterpoint.onsite.values import (
    DeviceView,
    DiversionView,
    DutyView,
    WindowView,
    diversion_view,
    duty_view,
    window_view,
)
from counterpoint.onsite.verbs import CALL, REPORT, RUN

PLACES = frozenset({"counter", "lobby", "back_office", "gone"})


def window_open(
    *,
    scope: Scope,
    branch: OrgUnit,
    now: datetime,
    counter: int,
    user: UUID,
    services: tuple[str, ...] = (),
    key: str = "",
) -> WindowView:
    """Open a window and seat a person there; `services` narrows what it calls. Tellers open their own."""
    call = Call(scope, branch, now, key)
    return call.run(CALL, WindowView, open_window, counter=counter, user=user, services=tuple(services))


def window_close(*, scope: Scope, branch: OrgUnit, now: datetime, counter: int, key: str = "") -> WindowView:
    """Call nobody more here; a customer at the counter is finished first, then the person goes to the back office."""
    return Call(scope, branch, now, key).run(CALL, WindowView, close_window, counter=counter)


def person_move(
    *,
    scope: Scope,
    branch: OrgUnit,
    now: datetime,
    user: UUID,
    place: str,
    counter: int | None = None,
    key: str = "",
) -> DutyView:
    """Send a person to a counter (by number), the lobby, the back office, or off duty (``gone``)."""
    return Call(scope, branch, now, key).run(RUN, DutyView, _move, user=user, place=place, counter=counter)


def break_start(
    *, scope: Scope, branch: OrgUnit, now: datetime, user: UUID, minutes: int = 30, key: str = ""
) -> DutyView:
    """Begin a break; refused while a customer is at the person's counter."""
    return Call(scope, branch, now, key).run(CALL, DutyView, _break_start, user=user, minutes=minutes)


def break_move(*, scope: Scope, branch: OrgUnit, now: datetime, user: UUID, minute: int, key: str = "") -> DutyView:
    """Let the break that the roster plans for a person begin at another minute after midnight."""
    return Call(scope, branch, now, key).run(RUN, DutyView, _break_move, user=user, minute=minute)


def break_end(*, scope: Scope, branch: OrgUnit, now: datetime, user: UUID, key: str = "") -> DutyView:
    """Back to the counter left, or to the back office when somebody else sits there now."""
    return Call(scope, branch, now, key).run(CALL, DutyView, _break_end, user=user)


def device_fault(*, scope: Scope, branch: OrgUnit, now: datetime, device: str, key: str = "") -> DeviceView:
    """A device (by code) fails; with the last of its kind, diversion to it stops at once."""
    return Call(scope, branch, now, key).run(REPORT, DeviceView, _device, device=device, works=False)


def device_restored(*, scope: Scope, branch: OrgUnit, now: datetime, device: str, key: str = "") -> DeviceView:
    """A device works again."""
    return Call(scope, branch, now, key).run(REPORT, DeviceView, _device, device=device, works=True)


def diversion_set(
    *, scope: Scope, branch: OrgUnit, now: datetime, service: str, share: float, key: str = ""
) -> DiversionView:
    """Guide this share (0–1) of a service's customers to machines from now on."""
    return Call(scope, branch, now, key).run(RUN, DiversionView, guide, service=service, share=share)


def _counter(call: Call, number: int) -> Counter:
    row = Counter.objects.filter(org_unit=call.branch, number=number).first()
    if row is None:
        raise NotFound(_("There is no counter %(number)s here.") % {"number": number})
    return row


def _person(call: Call, user: UUID) -> User:
    posted = any(c.id == user for c in colleagues(scope=call.scope, org_unit=call.branch, on=call.on))
    row = User.objects.filter(pk=user, is_active=True).first() if posted else None
    if row is None:
        raise NotFound(_("There is no such person here."))
    return row


def _own(call: Call, user: UUID | None) -> None:
    free = call.scope.actor is None or call.scope.may(RUN, call.branch.path)
    if not free and user != call.scope.actor:
        raise Forbidden(_("Only the supervisor moves other people."))


def _free_for(call: Call, counter: Counter, user: UUID) -> None:
    """Windows are given over by the supervisor: a teller does not send a colleague away."""
    if call.scope.actor is None or call.scope.may(RUN, call.branch.path):
        return
    sitting = Duty.objects.filter(org_unit=call.branch, business_date=call.on, counter=counter, place="counter")
    if sitting.exclude(user=user).exists():
        raise Forbidden(_("This is another person's window. Ask the supervisor to move you there."))


def _window(call: Call, counter: Counter) -> Window:
    row = Window.objects.select_for_update().filter(org_unit=call.branch, counter=counter).first()
    if row is None:
        row = Window(org_unit=call.branch, counter=counter, since=call.now)
        row.save(force_insert=True)
    row.counter = counter
    return row


def _duty(call: Call, user: User) -> Duty:
    row = Duty.objects.filter(org_unit=call.branch, business_date=call.on, user=user).first()
    return row or Duty(org_unit=call.branch, business_date=call.on, user=user, place="back_office", since=call.now)


def _serving(call: Call, counter_id: object) -> Ticket | None:
    return Ticket.objects.filter(
        org_unit=call.branch, counter_id=counter_id, state__in=lifecycle.AT_COUNTER, vendor_ref=""
    ).first()


def _leave(call: Call, duty: Duty) -> None:
    """A person who is serving cannot go elsewhere."""
    ticket = _serving(call, duty.counter_id) if duty.place == "counter" else None
    if ticket is not None and ticket.server_id == duty.user_id:
        raise CounterBusy(_("%(label)s is still being served there. Finish it first.") % {"label": ticket.label})


def _seat(call: Call, user: User, counter: Counter, now: datetime) -> Duty:
    """Put the person on the chair; whoever sat there goes to the back office."""
    duty = _duty(call, user)
    if duty.place == "counter" and duty.counter_id == counter.pk:
        return duty
    _leave(call, duty)
    sitting = Duty.objects.filter(org_unit=call.branch, business_date=call.on, counter=counter, place="counter")
    for other in sitting.exclude(user=user):
        _leave(call, other)
        _place(other, "back_office", None, now)
    return _place(duty, "counter", counter, now)


def _place(duty: Duty, place: str, counter: Counter | None, now: datetime, until: datetime | None = None) -> Duty:
    duty.place, duty.counter, duty.since, duty.break_until = place, counter, now, until
    duty.save()
    return duty


def open_window(call: Call, *, counter: int, user: UUID, services: tuple[str, ...]) -> WindowView:
    """Seat the person and open; part of a call that has begun."""
    _own(call, user)
    unknown = set(services) - set(call.content.services)
    if unknown:
        raise Invalid(_("There is no service “%(key)s”.") % {"key": min(unknown)}, field="services")
    place, person = _counter(call, counter), _person(call, user)
    _free_for(call, place, user)
    window = _window(call, place)
    duty = _seat(call, person, place, call.now)
    if not window.open:
        window.since = call.now
    window.open, window.services = True, list(services)
    window.save()
    data = {"counter": counter, "user": str(user), "services": list(services)}
    call.note("onsite.window_opened", place.pk, **data)
    return window_view(window, duty)


def close_window(call: Call, *, counter: int) -> WindowView:
    """Close; part of a call that has begun."""
    place = _counter(call, counter)
    window = _window(call, place)
    duty = Duty.objects.filter(org_unit=call.branch, business_date=call.on, counter=place, place="counter").first()
    _own(call, duty.user_id if duty else None)
    window.open, window.since = False, call.now
    window.save()
    call.note("onsite.window_closed", place.pk, counter=counter, user=str(duty.user_id) if duty else None)
    if duty is not None and _serving(call, place.pk) is None:
        _place(duty, "back_office", None, call.now)
        duty = None
    return window_view(window, duty)


def _move(call: Call, *, user: UUID, place: str, counter: int | None) -> DutyView:
    if place not in PLACES or (place == "counter") != (counter is not None):
        raise Invalid(_("Name a counter, the lobby, the back office, or off duty."), field="place")
    person = _person(call, user)
    if counter is not None:
        duty = _seat(call, person, _counter(call, counter), call.now)
    else:
        duty = _duty(call, person)
        _leave(call, duty)
        _place(duty, place, None, call.now)
    call.note("onsite.person_moved", user, user=str(user), place=place, counter=counter)
    return duty_view(duty)


def _break_start(call: Call, *, user: UUID, minutes: int) -> DutyView:
    _own(call, user)
    if not 1 <= minutes <= 120:
        raise Invalid(_("A break lasts between 1 and 120 minutes."), field="minutes")
    duty = _duty(call, _person(call, user))
    _leave(call, duty)
    _place(duty, "break", duty.counter, call.now, call.now + timedelta(minutes=minutes))
    number = duty.counter.number if duty.counter else None
    call.note("onsite.break_started", user, user=str(user), minutes=minutes, counter=number)
    return duty_view(duty)


def _break_move(call: Call, *, user: UUID, minute: int) -> DutyView:
    return duty_view(move_break(call, user=user, minute=minute))


def move_break(call: Call, *, user: UUID, minute: int) -> Duty:
    """Note the other time; part of a call that has begun."""
    duty = _duty(call, _person(call, user))
    plan = plans_of(scope=call.scope, branch=call.branch, on=call.on, now=call.now).get(user)
    if plan is None or plan.lunch is None:
        raise Invalid(_("The roster plans no break for this person any more."))
    if not minute_of(call.branch, call.now) <= minute <= plan.end - (plan.lunch[1] - plan.lunch[0]):
        raise Invalid(_("The break must begin from now on and end within the shift."), field="minute")
    call.note("onsite.break_moved", user, user=str(user), minute=minute)
    return duty


def _break_end(call: Call, *, user: UUID) -> DutyView:
    _own(call, user)
    duty = _duty(call, _person(call, user))
    if duty.place != "break":
        raise Invalid(_("This person is not on a break."))
    taken = (
        duty.counter is not None
        and Duty.objects.filter(
            org_unit=call.branch, business_date=call.on, counter=duty.counter, place="counter"
        ).exists()
    )
    back = duty.counter if not taken else None
    _place(duty, "counter" if back else "back_office", back, call.now)
    call.note("onsite.break_ended", user, user=str(user), counter=back.number if back else None)
    return duty_view(duty)


def _device(call: Call, *, device: str, works: bool) -> DeviceView:
    row = Device.objects.select_for_update().filter(org_unit=call.branch, code=device, retired_at=None).first()
    if row is None:
        raise NotFound(_("There is no device “%(code)s” here.") % {"code": device})
    row.in_service = works
    row.save(update_fields=["in_service", "org_path"])
    call.note(f"onsite.device_{'restored' if works else 'failed'}", row.pk, device=device, kind=row.kind)
    faults.followed(call, row, works=works)
    others = Device.objects.filter(org_unit=call.branch, kind=row.kind, in_service=True).exists()
    off = tuple(key for key, s in call.content.services.items() if s.device == row.kind) if not others else ()
    return DeviceView(device=device, kind=row.kind, in_service=works, diversion_off=off)


def guide(call: Call, *, service: str, share: float) -> DiversionView:
    """Set the share; part of a call that has begun."""
    known = call.content.services.get(service)
    if known is None:
        raise Invalid(_("There is no service “%(key)s”.") % {"key": service}, field="service")
    if not 0 <= share <= known.divertible:
        raise Invalid(
            _("At most %(share)d %% of these customers can use a machine.") % {"share": round(100 * known.divertible)},
            field="share",
        )
    row, _made = Diversion.objects.update_or_create(
        org_unit=call.branch, service=service, defaults={"share": share, "set_at": call.now}
    )
    call.note("onsite.diversion_set", service, service=service, share=share)
    hall = hall_of(scope=call.scope, branch=call.branch, now=call.now)
    return diversion_view(row, hall.effective_diversion(service))
