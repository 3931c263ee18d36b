"""The `shell` that every template sees. Robust on requests that no middleware has touched (error pages)."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from counterpoint.foundation.api import clock, hours_of, lookout, prefix
from counterpoint.ui import navigation, reader
from counterpoint.ui.dayline import BranchDay, DayLine, day_line
from counterpoint.ui.words import MODES, PHASE_NAMES, for_scripts

THEME_COOKIE = "counterpoint-theme"
LANGUAGE_COOKIE = "counterpoint-language"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Shell:
    """Everything the frame around a page needs."""

    nav: tuple[navigation.NavGroup, ...]
    phone: tuple[navigation.NavLink, ...]
    personal: tuple[navigation.NavLink, ...]
    language: str
    languages: tuple[tuple[str, str], ...]
    theme: str
    mode: str
    mode_name: Any
    demo: bool
    branch: Any
    branches: Any
    branch_url: str
    person: str
    sign_out_url: str
    leave_url: str
    day: DayLine | None
    phases: dict[str, Any]
    live_url: str
    words: dict[str, str]
    path: str
    troubles: tuple[tuple[str, str], ...] = ()


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor. Reads, when present: request.scope, branch, branches, branch_day, mode, live_url, user."""
    groups = navigation.groups(request)
    world = getattr(request, "world", None)
    mode = getattr(request, "mode", "live") if world is None else "drill"  # also where a page means its own
    return {
        "shell": Shell(
            nav=tuple(group for group in groups if group.key != navigation.PERSONAL),
            phone=navigation.phone_links(groups),
            personal=tuple(link for group in groups if group.key == navigation.PERSONAL for link in group.links),
            language=reader.language(),
            languages=tuple(settings.LANGUAGES),
            theme=theme_of(request),
            mode=mode,
            mode_name=MODES.get(mode, mode),
            demo=getattr(settings, "PROFILE", "") == "demo",
            branch=getattr(request, "branch", None),
            branches=getattr(request, "branches", ()),
            branch_url=_address("foundation:switch-branch"),
            person=_person(request),
            sign_out_url=prefix.outside(_address("foundation:sign-out")),
            leave_url=prefix.outside(_address("role:desk")) if world is not None else "",
            day=_day(request),
            phases=PHASE_NAMES,
            live_url=_live_url(request),
            words=for_scripts(),
            path=request.get_full_path(),
            troubles=_troubles(request),
        )
    }


def _troubles(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """What the lookout saw, for those who lead and those who run the server; in a practice world nobody minds."""
    found, scope = lookout.lookout.troubles(), getattr(request, "scope", None)
    if not found or scope is None or getattr(request, "world", None) is not None or not scope.may(lookout.SEE):
        return ()
    zone = timezone.get_current_timezone()
    return tuple(lookout.told(one, one.since.astimezone(zone) if one.since else None) for one in found)


def _address(name: str, *parts: str) -> str:
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""


def theme_of(request: HttpRequest) -> str:
    """Theme from the cookie, so that the first byte already has the right colours."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def _day(request: HttpRequest) -> DayLine | None:
    day = getattr(request, "branch_day", None) or _todays_hours(getattr(request, "branch", None))
    return day_line(day) if day is not None else None


def _todays_hours(branch: Any) -> BranchDay | None:
    """Today's first opening and last closing of the branch, in its own time zone."""
    if not branch:
        return None
    hours, now = hours_of(branch), clock.now()
    zone = ZoneInfo(hours.time_zone)
    spans = hours.spans(hours.today(now), provisional=True)
    opens, closes = (spans[0][0].astimezone(zone), spans[-1][1].astimezone(zone)) if spans else (None, None)
    return BranchDay(now.astimezone(zone), opens, closes)


def _live_url(request: HttpRequest) -> str:
    """The stream of the caller's branch, unless the page names another or none."""
    branch = getattr(request, "branch", None)
    default = _address("foundation:live", branch.code) if branch else ""
    return str(getattr(request, "live_url", default))


def _person(request: HttpRequest) -> str:
    """The signed-in person's name without touching the session on pages that have no scope."""
    scope = getattr(request, "scope", None)
    if scope is None or getattr(scope, "actor", None) is None:
        return ""
    label = getattr(scope, "actor_label", "")
    return str(label or getattr(request, "user", ""))
