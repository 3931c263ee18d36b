"""Every page that a supervisor can open speaks her language and no other. But for its places, the test's bank has Latin
names and texts, so whatever is Chinese on an English page is the product's own."""

import pytest
from django.test import Client

from counterpoint.foundation import policy
from counterpoint.foundation.middleware import LANGUAGE_COOKIE
from counterpoint.ui.leftovers import chinese_left, simplified_left
from tests.scope import crawl

PAGES_EXPECTED = 80
LEFT = {"en": chinese_left, "zh-hant": simplified_left}


def pages(bank, language):
    """Every page of the branch by address, once for each row of its parameters."""
    client = Client(raise_request_exception=False)
    client.force_login(bank.people["Stranger"])
    client.cookies[LANGUAGE_COOKIE] = language
    values = crawl.foreign_values(bank.b03)
    for route, _callback, _policy in policy.routes():
        if route.startswith(("/static/", "/live/", *crawl.ENDS_THE_SESSION)):
            continue
        for address in list(crawl.addresses(route, values))[:2]:
            answer = client.get(address)
            if answer.status_code == 200 and "text/html" in answer.get("Content-Type", "") and not answer.streaming:
                yield address, without_places(bank, answer.content.decode())
                break


def without_places(bank, html):
    """The page without the names of the bank's own places."""
    for unit in bank.units.values():
        html = html.replace(unit.name, "")
    return html


@pytest.mark.parametrize("language", LEFT)
def test_no_page_keeps_words_of_another_language(bank, language):
    crawl.plant(bank)
    seen, left = 0, {}
    for address, html in pages(bank, language):
        assert "<html" not in html[:200] or f'lang="{language}"' in html[:200], address
        seen += 1
        if found := LEFT[language](html):
            left[address] = found[:5]
    assert left == {}
    assert seen > PAGES_EXPECTED
