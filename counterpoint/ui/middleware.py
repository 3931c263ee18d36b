"""Answers that reach a person as a page although the server has nothing to show."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from counterpoint.ui.problems import problem_page


class FormOnlyMiddleware:
    """Whoever opens an address that only takes forms, say after signing in again, reads so instead of an empty page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != 405 or request.method != "GET" or answer.content or "HX-Request" in request.headers:
            return answer
        page = problem_page(request, 405)
        page.headers["Allow"] = answer.headers["Allow"]
        return page
