"""What is remembered of SQLite's values is what Django makes of them."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.models import OrgUnit
from counterpoint.foundation.scope import scoped
from counterpoint.foundation.sqlite import values

INSTANTS = st.none() | st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9000, 1, 1))


@given(instant=INSTANTS, text=st.booleans(), aware=st.booleans(), uuid=st.none() | st.uuids())
def test_the_values_are_those_of_django(instant, text, aware, uuid):
    ours, theirs = values.Operations(connection), values.DatabaseOperations(connection)
    given = instant.replace(tzinfo=UTC) if instant and aware else instant
    given = given.isoformat(" ") if given and text else given
    for _twice in range(2):
        found = ours.convert_datetimefield_value(given, None, connection)
        assert found == theirs.convert_datetimefield_value(given, None, connection)
        assert found is None or found.utcoffset().total_seconds() == 0
        text_id = uuid and uuid.hex
        assert ours.convert_uuidfield_value(text_id, None, connection) == uuid


@given(instant=st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_the_driver_parses_what_django_wrote(instant):
    for _twice in range(2):
        assert values._instant(instant.isoformat(" ").encode()) == instant
    assert values._instant(b"noon") is None


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="what SQLite gives back")
def test_a_row_that_is_read_twice_shares_what_never_changes(bank):
    with scoped(bank.scope("Sun")):
        first, again = OrgUnit.objects.get(pk=bank.b01.pk), OrgUnit.objects.get(pk=bank.b01.pk)
    assert first.pk == again.pk == bank.b01.pk and first.pk is again.pk
