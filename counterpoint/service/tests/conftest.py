"""Short ways to take complaints in."""

import pytest

from counterpoint.service.api import Intake, complaint_take

WAITED = "在大厅等了大概二十分钟,只开一个窗口,希望中午多开一个"
RUDE = "3号窗口的柜员态度恶劣,问一句就不耐烦,把身份证扔给我"
STOLEN = "我账户里三万元被人转走了,银行到现在说不知道"


@pytest.fixture
def take(bank):
    """`take(text)` takes a complaint in at b01 as Mei, by word of mouth."""
    count = iter(range(1000))

    def one(text=WAITED, who="Mei", at=None, key="", branch=None, **more):
        intake = Intake(**{"channel": "counter", "text": text, **more})
        return complaint_take(
            scope=bank.scope(who), org_unit=branch or bank.b01, intake=intake, key=key or f"key{next(count)}",
            now=at or bank.now,
        )  # fmt: skip

    return one
