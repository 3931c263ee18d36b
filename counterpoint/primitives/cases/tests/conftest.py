"""The example room, and short ways to open its cases."""

from functools import partial

import pytest

from counterpoint.primitives.cases import case_open
from counterpoint.primitives.cases.tests import examples


@pytest.fixture
def room(tmp_path):
    """A room with the example types."""
    with examples.rooms(tmp_path) as folder:
        yield folder


@pytest.fixture
def complain(bank, room):
    """`complain(level="serious")` opens an example complaint at b01 as Ada, owned by Sun."""
    return partial(
        case_open, scope=bank.scope("Ada"), org_unit=bank.b01, type="example.complaint", now=bank.now,
        title="等候过长", level="serious", fields={"topic": "queue"},
    )  # fmt: skip
