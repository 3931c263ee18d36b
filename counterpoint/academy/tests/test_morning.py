"""The morning sheet carries the three minutes of the day, the same that the academy's page shows."""

import pytest
from django.utils import translation

from counterpoint.academy.learning.morning import micro

pytestmark = pytest.mark.django_db


def test_the_morning_sheet_and_its_paper_carry_the_lesson_of_the_day(bank, sign_in):
    with translation.override("zh-hans"):
        lesson = micro(bank.b01, bank.now.date())
    sun = sign_in("Sun")
    for address in ("/sheets/morning", "/academy/"):
        text = sun.get(address).content.decode()
        assert "晨会三分钟" in text and lesson.name in text and lesson.url in text
    assert sun.get("/sheets/morning.pdf").content.startswith(b"%PDF")
