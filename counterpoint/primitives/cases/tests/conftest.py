"""The example room, and short ways to open its cases."""

from functools import partial

import pytest

from counterpoint.primitives.cases import case_open
from counterpoint.primitives.cases.tests import examples
from counterpoint.primitives.content.testing import content_folder  # noqa: F401  (a fixture)


@pytest.fixture
def room(content_folder):  # noqa: F811
    """A folder with the example types."""
    content_folder("case_types", examples.text(examples.COMPLAINT), "complaint")
    content_folder("case_types", examples.text(examples.CHORE), "chore")
    return content_folder


@pytest.fixture
def complain(bank, room):
    """`complain(level="serious")` opens an example complaint at b01 as Ada, owned by Sun."""
    return partial(
        case_open, scope=bank.scope("Ada"), org_unit=bank.b01, type="example.complaint", now=bank.now,
        title="等候过长", level="serious", fields={"topic": "queue"},
    )  # fmt: skip
