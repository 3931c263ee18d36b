"""Series flow by key."""

from datetime import date

import pandas as pd
import pytest

from counterpoint.foundation.api import Scope
from counterpoint.primitives import metrics

SCOPE = Scope(actor=None, roots=("/hq/b01/",))
ASK = {"scope": SCOPE, "branch": None, "since": date(2026, 1, 1), "until": date(2026, 1, 2)}


def test_a_registered_source_is_read_with_the_callers_scope():
    seen = []

    def read(scope, branch, since, until):
        seen.append(scope)
        return pd.DataFrame({"n": [1]})

    metrics.register(metrics.Source("test.n", ("n",), "customers", read))
    assert metrics.fetch("test.n", **ASK)["n"].tolist() == [1]
    assert seen == [SCOPE]


def test_an_unknown_key_and_a_missing_column_are_named():
    with pytest.raises(metrics.UnknownSource, match="nobody"):
        metrics.fetch("nobody.knows", **ASK)
    metrics.register(metrics.Source("test.bad", ("n",), "x", lambda *a: pd.DataFrame({"m": [1]})))
    with pytest.raises(ValueError, match="n"):
        metrics.fetch("test.bad", **ASK)
