"""The next drill is one that trains what was weakest, harder after a good day and easier after a bad one."""

from hypothesis import given
from hypothesis import strategies as st

from counterpoint.academy.rules.following import LEVELS, TRAINS, Scene, next_drill
from counterpoint.academy.rules.sheet import PARTS, Part

SCENES = {
    "hall": Scene(2, {"role.hall_steering": 1.0}), "fraud": Scene(2, {"role.fraud_watch": 1.0}),
    "fraud-hard": Scene(3, {"role.fraud_watch": 0.5}), "fraud-easy": Scene(1, {"role.fraud_watch": 0.4}),
}  # fmt: skip
SCORES = st.fixed_dictionaries({key: st.none() | st.integers(0, 100) for key in PARTS})


def parts(**scores):
    return tuple(Part(key, scores.get(key), 0.0, 0.0, 0.0) for key in PARTS)


def test_the_weakest_part_and_the_total_choose_the_day():
    weak = parts(service=90, risk=20, people=80, cost=70)
    assert next_drill(weak, 60, 2, SCENES, "hall").key == "fraud"
    for total, key, step in ((85, "fraud-hard", 1), (10, "fraud-easy", -1)):
        found = next_drill(weak, total, 2, SCENES, "hall")
        assert (found.key, found.step) == (key, step)
    found = next_drill(weak, 60, 2, SCENES, "fraud")
    assert found.key != "fraud" and (found.part, found.score) == ("risk", 20)
    assert next_drill(parts(service=10, risk=99), 60, 2, SCENES).key == "hall"


def test_where_nothing_is_known_or_nothing_trains_it_nothing_is_proposed():
    assert next_drill(parts(), 0, 2, SCENES) is None
    assert next_drill(parts(people=1), 50, 2, SCENES) is None
    assert next_drill(parts(service=1), 50, 2, {}) is None


@given(SCORES, st.integers(0, 100), st.integers(*LEVELS), st.sampled_from(["", *SCENES]))
def test_a_proposal_always_trains_the_weakest_part(scores, total, level, played):
    found = next_drill(parts(**scores), total, level, SCENES, played)
    if found is None:
        return
    assert scores[found.part] == found.score == min(one for one in scores.values() if one is not None)
    assert set(TRAINS[found.part]) & set(SCENES[found.key].competencies)
    assert SCENES[found.key].level == level + found.step
