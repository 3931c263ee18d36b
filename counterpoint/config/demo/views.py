"""The page that moves the demo's clock."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from counterpoint.config.demo import controls, snapshot, story
from counterpoint.foundation.api import clock, policy
from counterpoint.role.api import prepare


@policy.allow("foundation.demo.control")
def controls_page(request: Any) -> HttpResponse:
    """Speed, pause, and back to 10:30."""
    if settings.PROFILE not in {"demo", "test"}:
        raise Http404
    home = Path(settings.HOME)
    if request.method == "POST":
        return _act(request, home)
    now, real = clock.now(), clock.SystemClock().now()
    prepare(request, now)
    pace = controls.demo_clock(home).pace(real)
    speeds = [(speed, _name(speed)) for speed in story.SPEEDS]
    context = {"now": now, "speed": pace.speed if pace else 1.0, "speeds": speeds, "can_rewind": snapshot.kept(home)}
    return render(request, "demo/controls.html", context)


def _act(request: Any, home: Path) -> HttpResponse:
    if "rewind" in request.POST and snapshot.kept(home):
        controls.ask_rewind(home)
        messages.success(request, _("Back to 10:30. The pages are away for about ten seconds."))
    elif request.POST.get("speed", "") in {f"{speed:g}" for speed in story.SPEEDS}:
        speed = float(request.POST["speed"])
        controls.speed_set(home, clock.SystemClock().now(), speed)
        messages.success(request, _("Demo time: %(speed)s.") % {"speed": _name(speed)})
    return redirect("demo:controls")


def _name(speed: float) -> str:
    return f"{speed:g}×" if speed else _("Pause")
