"""A room above adds links to a page below it, and only where it wants."""

from django.template import Context, Template
from django.test import RequestFactory

from counterpoint.ui import links


def test_a_link_stands_where_it_was_registered_and_for_whom_its_source_says(monkeypatch):
    monkeypatch.setattr(links, "_places", {})
    source = lambda _request, subject: links.Link("Learn <this>", f"/x/{subject}") if subject else None  # noqa: E731
    for _again in range(2):
        links.register("place", source)
    request = RequestFactory().get("/")
    assert [one.url for one in links.at("place", request, 7)] == ["/x/7"]
    assert links.at("place", request) == links.at("elsewhere", request, 7) == []
    drawn = Template('{% load ui %}{% links "place" subject %}').render(Context({"request": request, "subject": 7}))
    assert 'href="/x/7"' in drawn and "Learn &lt;this&gt;" in drawn
    assert Template('{% load ui %}{% links "elsewhere" %}').render(Context({"request": request})).strip() == ""
