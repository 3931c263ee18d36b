"""The zero byte never comes further than the door: PostgreSQL keeps no text with it, and nobody types it."""

from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from counterpoint.foundation.middleware import ZeroByteMiddleware

ASK = RequestFactory()


def arrived(request):
    found = []
    ZeroByteMiddleware(lambda one: found.append(one) or HttpResponse())(request)
    return found[0]


def test_an_address_comes_without_it_and_else_as_it_was():
    request = arrived(ASK.get("/x?q=a%00b&n=1&n=2%00"))
    assert dict(request.GET.lists()) == {"q": ["ab"], "n": ["1", "2"]}
    untouched = ASK.get("/x?q=a%20b")
    assert arrived(untouched).GET is untouched.GET


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", None])
def test_a_form_comes_without_it_and_keeps_the_rest(kind):
    sent = {"reason": "客户\x00来电", "other": "原样"}
    if kind:
        request = arrived(ASK.post("/x", urlencode(sent), content_type=kind))
    else:
        request = arrived(ASK.post("/x", sent))
    assert request.POST["reason"] == "客户来电" and request.POST["other"] == "原样"
    with pytest.raises(AttributeError, match="immutable"):
        request.POST["reason"] = "x"


def test_what_is_no_form_is_left_alone():
    request = arrived(ASK.post("/x", b'{"a": "\\u0000"}', content_type="application/json"))
    assert request.body == b'{"a": "\\u0000"}'


def test_a_reason_with_it_is_kept_without_it(bank, client):
    client.force_login(bank.people["Sun"])
    assert client.get("/cases/?q=%00&type=%00x").status_code == 200


@pytest.mark.parametrize("address", ["/rounds/sync", "/rounds/photos/ab"])
def test_a_form_where_a_message_is_expected_is_refused_not_a_fault_of_the_server(bank, client, address):
    client.force_login(bank.people["Sun"])
    answer = client.post(address, {"reason": "x"})
    assert answer.status_code == 400 and "请求无法识别" in answer.content.decode()


@pytest.mark.parametrize("address", ["/academy/lesson/a%00b", "/k%00", "/static/a%00.js", "/practice/w00000000/a%00"])
def test_an_address_that_holds_it_leads_nowhere(bank, client, address):
    client.force_login(bank.people["Sun"])
    assert client.get(address).status_code == 404
