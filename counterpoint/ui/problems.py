"""Error pages that say what happened and what to do. They need no database, session or navigation."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counterpoint.ui import reader
from counterpoint.ui.context import theme_of


@dataclass(frozen=True)
class Problem:
    """What an error page says; `retry` offers the same address again."""

    title: str | Promise
    happened: str | Promise
    todo: str | Promise
    retry: bool = False


PROBLEMS: dict[str, Problem] = {
    "400": Problem(
        _("The request could not be read"),
        _("The browser sent something this page does not understand. Nothing was changed."),
        _("Go back, reload the page and enter it again. If a link brought you here, the link is broken."),
    ),
    "403": Problem(
        _("You may not do this"),
        _("Your rights at this branch do not include this step. Nothing was changed."),
        _("Ask the branch head to grant the right, or ask a colleague who holds it."),
    ),
    "missing": Problem(
        _("Something is missing for this"),
        _("Your rights at this branch do not include this step. Nothing was changed."),
        _("See what it takes; your branch head knows who may do it meanwhile."),
    ),
    "csrf": Problem(
        _("The form had expired"),
        _("The page was open too long or you signed in again elsewhere. Nothing was saved."),
        _("Go back, reload the page and send the form again; copy long text first."),
    ),
    "404": Problem(
        _("Nothing here"),
        _("The address does not exist, or it belongs to a branch outside your reach."),
        _("Check the address, or start from the desk and open it from there."),
    ),
    "405": Problem(
        _("Only a form leads here"),
        _("This address takes what a form or a button sends; there is no page to look at. Nothing was changed."),
        _("Go back to the page with the form, or start from the desk."),
    ),
    "lti": Problem(
        _("The learning system's message does not hold"),
        _("It is too old, was used already, began in another browser or is not signed as agreed. Nothing was changed."),
        _("Start again from the learning system, and let it open the lesson in a window of its own."),
    ),
    "lti-other": Problem(
        _("This account belongs to somebody else here"),
        _("The account of the learning system is linked to another person, or you may not learn here."),
        _("Sign in as yourself, or ask headquarters' training to look at the link."),
    ),
    "500": Problem(
        _("The server stumbled"),
        _("An unexpected fault was logged with its time. What you had already saved is safe."),
        _("Try again. If it happens twice, tell the administrator when it happened."),
        retry=True,
    ),
    "503": Problem(
        _("The server is busy"),
        _("It could not finish within its time limit. Nothing was changed."),
        _("Wait a few seconds and try again. For the queue, keep calling by the paper list meanwhile."),
        retry=True,
    ),
    "507": Problem(
        _("The server's disk is full"),
        _("Nothing can be saved until there is room. Your entry was refused as a whole, not half saved."),
        _("Tell the administrator now. Reading still works; write on paper what must not wait."),
        retry=True,
    ),
}


def problem_page(
    request: HttpRequest, status: int, *, key: str = "", happened: str = "", link: str = ""
) -> HttpResponse:  # fmt: skip
    """The page for an HTTP status, with other words for what happened and the name of a page that helps where given.
    Rendered without request context, so a broken database cannot break it."""
    problem = PROBLEMS.get(key or str(status), PROBLEMS["500"])
    context = {
        "problem": problem,
        "status": status,
        "happened": happened or problem.happened,
        "link": link,
        "language": reader.language(),
        "theme": theme_of(request),
        "path": request.get_full_path() if problem.retry and request.method == "GET" else "",
        "reference": getattr(request, "request_id", ""),
    }
    return HttpResponse(render_to_string("ui/problem.html", context), status=status)
