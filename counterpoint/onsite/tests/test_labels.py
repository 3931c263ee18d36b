"""Labels on things: sheets to print, and what a stranger who scans one can do: report, and nothing else."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.foundation.ratelimit import TooMany
from counterpoint.onsite.assets import labels, public, queries
from counterpoint.onsite.models import AssetFault
from counterpoint.onsite.tests.registered import broken, extinguisher, kiosk, where
from counterpoint.onsite.tests.test_assets import case_of, works
from counterpoint.primitives import cases


def rows(bank):
    return queries.register(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)


def sent(bank, code, *, after=timedelta(seconds=20), address="10.0.0.9", **form):
    """A report of a form that was opened at the bank's time."""
    stamp = public.stamp(code, bank.now)
    return public.report(code=code, now=bank.now + after, address=address, stamped=stamp, **form)


def test_a_sheet_carries_name_place_and_code_of_every_thing(bank):
    kiosk(bank)
    extinguisher(bank)
    found = rows(bank)
    for size in labels.SIZES.values():
        made = labels.sheet(found, [labels.address("https://bank.example/e/x", row) for row in found], size, "zh-hans")
        text = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
        assert all(word in text for word in ("一号叫号机", "灭火器一号", "立柱旁", "kiosk1", "fire-01"))


def test_used_labels_are_left_out_and_a_full_sheet_turns_the_page(bank):
    kiosk(bank)
    row = rows(bank)[0]
    many = [row] * 24
    addresses = ["https://bank.example/e/x#kiosk1"] * 24
    size = labels.SIZES["medium"]
    assert len(pypdf.PdfReader(io.BytesIO(labels.sheet(many, addresses, size, "en"))).pages) == 1
    assert len(pypdf.PdfReader(io.BytesIO(labels.sheet(many, addresses, size, "en", skip=1))).pages) == 2
    with pytest.raises(ValueError, match="At most"):
        labels.sheet([row] * 501, [], size, "en")


def test_the_code_on_a_label_is_ascii_and_reads_back(bank):
    cv2 = pytest.importorskip("cv2")
    segno = pytest.importorskip("segno")
    import numpy as np

    from counterpoint.onsite.assets.photo_checks import code_of
    from counterpoint.science import photos

    view = kiosk(bank)
    text = labels.address(f"https://bank.example/e/{view.public_code}", rows(bank)[0])
    assert text.isascii()
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="png", border=4, scale=6)
    seen = photos.codes(cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR))
    assert [code_of(one.text) for one in seen] == ["kiosk1"]
    assert code_of(f"https://bank.example/e/{view.public_code}") == view.public_code


def test_a_visitors_report_opens_a_case_but_takes_nothing_out_of_service(bank):
    view = kiosk(bank)
    fault = sent(bank, view.public_code, text="屏幕不亮")
    assert works(bank)
    assert not fault.sure
    assert case_of(bank, fault).stage_kind == "open"
    with scoped(bank.scope("Sun")):
        texts = [one.text for one in cases.timeline(scope=bank.scope("Sun"), case=fault.case)]
    assert "屏幕不亮" in texts
    confirmed = broken(bank)
    assert (confirmed.id, confirmed.sure, confirmed.case) == (fault.id, True, fault.case)
    assert not works(bank)


def test_reports_on_a_known_fault_only_count_it_up(bank):
    view = kiosk(bank)
    first = broken(bank)
    again = sent(bank, view.public_code)
    assert (again.id, again.reports, again.sure) == (first.id, 2, True)


@pytest.mark.parametrize(
    "how",
    [{"after": timedelta(seconds=1)}, {"after": timedelta(hours=2)}, {"trap": "http://spam"}],
)
def test_a_machine_does_not_get_through(bank, how):
    view = kiosk(bank)
    with pytest.raises(public.NotByHand):
        sent(bank, view.public_code, **how)
    other = extinguisher(bank)
    with pytest.raises(public.NotByHand):  # a stamp of another label
        public.report(
            code=view.public_code, now=bank.now + timedelta(seconds=9), address="1",
            stamped=public.stamp(other.public_code, bank.now),
        )  # fmt: skip
    with pytest.raises(public.NotByHand):
        public.report(code=view.public_code, now=bank.now, address="1", stamped="forged")


def test_an_address_and_a_label_have_their_allowance(bank):
    view = kiosk(bank)
    for _ in range(public.PER_ADDRESS):
        sent(bank, view.public_code)
    with pytest.raises(TooMany):
        sent(bank, view.public_code)
    with pytest.raises(TooMany):
        sent(bank, view.public_code, address="10.0.0.10")
    with scoped(bank.scope("Sun")):
        assert AssetFault.objects.get().reports == public.PER_ASSET


def test_the_page_behind_a_label_needs_no_account_and_shows_no_person(bank, clock):
    view = kiosk(bank)
    client, address = Client(), reverse("ticket:label", args=[view.public_code])
    page = client.get(address)
    assert page.status_code == 200
    assert "一号叫号机" in page.content.decode()
    stamp = page.context["found"].stamp
    clock.advance(seconds=30)
    form = {"extent": "full", "text": "没反应", "stamp": stamp, "website": ""}
    answer = client.post(address, form)
    assert answer.status_code == 200
    assert answer.context["done"]
    assert client.get(reverse("ticket:label", args=["2222222222"])).status_code == 404
    assert client.get("/e/UPPER").status_code == 404
    assert client.get(reverse("onsite:assets")).status_code == 302


def test_a_thing_out_of_use_has_no_page(bank):
    from counterpoint.onsite.assets.actions import asset_retire

    view = kiosk(bank)
    asset_retire(**where(bank), code="kiosk1")
    assert Client().get(reverse("ticket:label", args=[view.public_code])).status_code == 404
