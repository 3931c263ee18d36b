"""What the first branch found on its rounds and put right, and what the machine saw in the photos.

Lived through: the rounds are answered item by item, the pictures are drawn and sent, the checks on photos are run as
the job runs them, and each failed item's rectification is repaired, photographed anew, looked at by somebody else and
closed. One is still open, one was opened again. All simulated and labelled; the same seed gives the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from counterpoint.config.demo import pictures
from counterpoint.config.demo.bank import demo_scope
from counterpoint.config.demo.lived_rounds import LABEL, Place, Slot, gear_answers, label_of
from counterpoint.config.demo.rounds import drawn, due_dates, due_round, picture_put
from counterpoint.foundation.api import User, calendar, files, nearest_holders, scope_of, scoped
from counterpoint.foundation.models import JobRun
from counterpoint.onsite.models import Asset
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists.definition import OF, SIGNATURE
from counterpoint.primitives.checklists.definition import Item as Asked
from counterpoint.primitives.checklists.effects import PHOTO_JOB, look
from counterpoint.primitives.checklists.models import Evidence
from counterpoint.primitives.content import Item, get

PREFIX, GEAR = "onsite.", "extinguisher_monthly"
DONE, AGAIN, OPEN = "done", "again", "open"
STEP = timedelta(seconds=40)
Drawer = Callable[["Walk", date, str], bytes]  # of the date of the round, for the answer


@dataclass(frozen=True)
class Walk:
    """A round that was lived: its last slot at least `ago` days before today, what was `wrong`, the cause and what was
    done about it, how far that went, and photos that are not as they should be (`odd`, by item)."""

    check: str
    ago: int
    thing: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    cause: str = "other"
    remedy: str = ""
    state: str = DONE
    hours: tuple[float, float, float] = (-0.2, 0.05, 0.5)  # after it was due: taken over, repaired, looked at
    odd: Mapping[str, Drawer] = field(default_factory=dict)


def _blurred(walk: Walk, on: date, _until: str) -> bytes:
    return pictures.sent(pictures.blurred(pictures.gauge(f"{walk.thing}:{on}", walk.thing)))


def _another(walk: Walk, on: date, _until: str) -> bytes:
    """The label of the thing beside it."""
    return pictures.sent(pictures.gauge(f"{walk.thing}:{on}", "fire-01", red=True))


def _short(walk: Walk, on: date, until: str) -> bytes:
    return pictures.sent(pictures.certificate(f"{walk.thing}:{on}:valid", pictures.short(date.fromisoformat(until))))


def _hall(_walk: Walk, _on: date, _until: str) -> bytes:
    return pictures.sent(pictures.spot("hall"))


def _hall_again(_walk: Walk, _on: date, _until: str) -> bytes:
    """The photo of an earlier evening, made smaller."""
    return pictures.sent(pictures.spot("hall"), 0.8)


MORNING = (15.2, 17.0, 20.5)  # what was found at closing is taken over the next morning
WALKS = (
    Walk("closing", 96, wrong={"power_off": "no"}, cause="handling", remedy="关闭饮水机电源，贴提示卡", hours=MORNING),
    Walk("patrol_15", 61, wrong={"exit": "no"}, cause="handling", remedy="移走安全出口旁的宣传架"),
    Walk("closing", 33, wrong={"self_service": "no"}, cause="software", remedy="重启存取款一体机", state=AGAIN,
         hours=MORNING, odd={"hall_photo": _hall}),
    Walk("patrol_13", 20, wrong={"self": "no"}, cause="wear", remedy="更换存取款一体机密码键盘的防窥罩"),
    Walk(GEAR, 14, "fire-01", odd={"gauge": _blurred}),
    Walk(GEAR, 14, "fire-02", {"pressure": "red"}, "consumable", "送维保单位充装，换回后指针在绿区", hours=(1, 26, 28),
         odd={"gauge": _another, "valid": _short}),
    Walk("closing", 1, wrong={"cctv_night": "no"}, state=OPEN, hours=MORNING, odd={"hall_photo": _hall_again}),
)  # fmt: skip


@dataclass(frozen=True)
class Crew:
    """Who walks, who puts right, who looks."""

    front: User
    supervisor: User
    head: User


def slots(place: Place, since: date) -> frozenset[Slot]:
    """The rounds that are lived, for who writes the others."""
    return frozenset((item.key, walk.thing, on) for walk, item, on, _due in _planned(place, since))


def _planned(place: Place, since: date) -> Iterator[tuple[Walk, Item, date, datetime]]:
    """Each walk on the last slot of its check that lies so many days ago; none where the past is too short."""
    today, hours = place.branch.date_at(place.until), calendar.Hours(place.plan.hours)
    for walk in WALKS:
        item = get("checklists", PREFIX + walk.check, today - timedelta(days=walk.ago), place.branch.rule_pack)
        for on, due in due_dates(item, hours, since, today - timedelta(days=walk.ago - 1))[-1:]:
            yield walk, item, on, due


def live(place: Place, since: date) -> int:
    """Live the rounds in the order of their days; returns how many. Call in a transaction, after the register."""
    roles = ("lobby_manager", "supervisor", "branch_head")
    crew = Crew(*(nearest_holders(role=role, org_unit=place.branch, on=place.until)[0] for role in roles))
    with scoped(demo_scope()):
        things = list(Asset.objects.filter(org_unit=place.branch).select_related("device", "device__zone"))
    known, count = {one.device.code: one for one in things}, 0
    for walk, item, _on, due in sorted(_planned(place, since), key=lambda row: row[3]):
        if walk.thing and walk.thing not in known:
            continue
        for case in _walked(place, crew, walk, item, due, things):
            _mended(place, crew, walk, case, due)
        count += 1
    return count


def _walked(place: Place, crew: Crew, walk: Walk, item: Item, due: datetime, things: Sequence[Asset]) -> list[UUID]:
    """Answer and submit the round, have its photos looked at; the cases that its failed items opened."""
    on, at = place.branch.date_at(due), due - timedelta(minutes=25)
    row = due_round(item, place.branch, on, due, walk.thing)
    with scoped(demo_scope()):
        row.save(force_insert=True)
    own = next((gear_answers(one, on) for one in things if one.device.code == walk.thing), {})
    for asked in item.value.items:
        at += STEP
        value = walk.wrong.get(asked.slug, own[asked.slug] if own else _answer(place, asked, things))
        pictured = asked.evidence == "always" or (asked.evidence == "on_fail" and asked.slug in walk.wrong)
        sent = [_sent(place, crew, walk, asked, on, str(value), at)] if pictured else []
        checklists.answer_put(**_by(crew.front, at), round=row.pk, item=asked.slug, value=value, files=sent)
        alike = [one.device.code for one in things if asked.asset and one.device.kind == asked.asset]
        if asked.slug in walk.wrong and not own and len(alike) > 1:
            checklists.answer_put(
                **_by(crew.front, at), round=row.pk, item=f"{asked.slug}{OF}", value=alike[0], files=[]
            )
    scored = checklists.round_submit(**_by(crew.front, at + STEP), round=row.pk)
    _looked_at(crew, row.pk, at + 2 * STEP)
    return [one.case for one in scored.failed if one.case is not None]


def _by(user: User, at: datetime) -> dict[str, Any]:
    return {"scope": scope_of(user, at), "now": at}


def _answer(place: Place, asked: Asked, things: Sequence[Asset]) -> Any:
    """An answer that is in order."""
    if asked.kind == "scan":
        return label_of(place.branch, asked, things)
    return {"yes_no": "yes", "photo": "", SIGNATURE: ""}.get(asked.kind, LABEL)


def _sent(place: Place, crew: Crew, walk: Walk, asked: Asked, on: date, value: str, at: datetime) -> str:
    """The photo that goes with an answer; its digest."""
    if asked.slug in walk.odd:
        content = walk.odd[asked.slug](walk, on, value)
    elif asked.kind == SIGNATURE:
        content = drawn(SIGNATURE, f"{crew.front.staff_no} {on}")
    elif asked.kind == "date":
        lines = pictures.valid_until(date.fromisoformat(value))
        content = pictures.sent(pictures.certificate(f"{walk.thing}:{on}:valid", lines))
    elif asked.slug == "gauge":
        content = pictures.sent(pictures.gauge(f"{walk.thing}:{on}", walk.thing))
    else:
        content = pictures.sent(pictures.spot(f"{walk.check}:{on}:{asked.slug}"))
    return picture_put(place.branch, crew.front, "photo", at, content)


def _looked_at(crew: Crew, round: UUID, at: datetime) -> None:
    """What the job of each photo would find at its time, found now; a date that was read as it was answered is
    confirmed by the supervisor."""
    with scoped(demo_scope()):
        sent = list(Evidence.objects.filter(round=round).values_list("pk", flat=True))
        asked = JobRun.objects.filter(key__in=[f"{PHOTO_JOB}:{pk}" for pk in sent])
        asked.exclude(state=JobRun.State.DONE).update(state=JobRun.State.DONE, progress=1.0, finished_at=at)
    for pk in sent:
        here = scope_of(crew.front, at)
        with scoped(here):
            look({"evidence": str(pk)}, scope=here, report=lambda _share, _words: None, now=at)
    later = at + timedelta(minutes=30)
    with scoped(demo_scope()):
        seen = list(Evidence.objects.filter(round=round))
    for one in seen:
        if any((found["check"], found["verdict"]) == ("date", "fine") for found in one.checks):
            checklists.photo_confirm(**_by(crew.supervisor, later), evidence=one.pk, confirmed=True)


def _mended(place: Place, crew: Crew, walk: Walk, case: UUID, due: datetime) -> None:
    """Taken over and, unless it is still open, put right; what was thought to be mended comes back once."""
    cases.case_accept(**_by(crew.supervisor, due + timedelta(hours=walk.hours[0])), case=case)
    if walk.state == OPEN:
        return
    _closed(place, crew, walk, case, due)
    if walk.state == AGAIN:
        back = due + timedelta(days=4)
        cases.case_reopen(**_by(crew.head, back), case=case, reason=f"当晚又黑屏，未真正修好【{LABEL}】")
        cases.case_accept(**_by(crew.supervisor, back + timedelta(hours=walk.hours[0])), case=case)
        _closed(place, crew, walk, case, back)


def _closed(place: Place, crew: Crew, walk: Walk, case: UUID, since: datetime) -> None:
    """Repaired with a new photo, looked at by the head of the branch, closed."""
    fixed, seen = (since + timedelta(hours=hours) for hours in walk.hours[1:])
    name, lead = f"{walk.check}:{since}:mended", _by(crew.supervisor, fixed)
    picture = pictures.gauge(name, walk.thing) if walk.thing else pictures.spot(name)
    with scoped(lead["scope"]):
        photo = files.store(**lead, org_unit=place.branch, name="mended.jpg", content=pictures.sent(picture))
    told, fields = f"{walk.remedy}【{LABEL}】", {"cause": walk.cause}
    cases.case_resolve(**lead, case=case, fields=fields, text=told, files=[photo.pk])
    cases.case_verify(**_by(crew.head, seen), case=case, passed=True)
    cases.case_close(**_by(crew.supervisor, seen + timedelta(minutes=10)), case=case)
