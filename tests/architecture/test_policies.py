"""A route without a declared policy fails the build, and the check has teeth."""

from types import SimpleNamespace

from django.http import HttpResponse
from django.urls import path

from counterpoint.foundation import policy


def test_every_route_declares_its_policy():
    assert policy.check_policies() == []
    assert len(policy.routes()) > 0


def test_a_bare_view_and_an_undeclared_verb_are_found(monkeypatch):
    def bare(request):
        return HttpResponse()

    @policy.allow("nobody.declared.this")
    def wrong(request):
        return HttpResponse()

    patterns = [path("bare", bare), path("wrong", wrong)]
    monkeypatch.setattr(policy, "get_resolver", lambda: SimpleNamespace(url_patterns=patterns))
    assert {error.id for error in policy.check_policies()} == {"counterpoint.E001", "counterpoint.E002"}
