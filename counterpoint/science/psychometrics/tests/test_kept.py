"""What a night fits is the same by day, through JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from counterpoint.science import psychometrics as p
from counterpoint.science.psychometrics.tests import lsat
from counterpoint.science.psychometrics.tests.drawn import drawn_items


@pytest.mark.parametrize("known", [p.fit(lsat.answers(lsat.SECTION_6)).items, drawn_items(4, 1)])
def test_items_come_back_with_their_errors_or_without(known):
    again = p.restore_items(json.loads(json.dumps(p.keep_items(known), allow_nan=False)))
    assert again.names == known.names
    for name in ("slope", "difficulty", "slope_error", "difficulty_error"):
        assert np.array_equal(getattr(again, name), getattr(known, name), equal_nan=True)


def test_a_learner_model_comes_back_and_foretells_the_same():
    rng = np.random.default_rng(1)
    student, item = np.repeat(np.arange(30), 20), rng.integers(0, 15, 600)
    log = p.Attempts(student, item, item % 3, rng.integers(0, 2, 600))
    model = p.fit_learner(log)
    again = p.restore_learner(json.loads(json.dumps(p.keep_learner(model))))
    assert np.array_equal(again.chances(log), model.chances(log))
    kept = p.keep_learner(model)
    with pytest.raises(ValueError, match="fit it again"):
        p.restore_learner(kept | {"weights": kept["weights"][:-1]})
