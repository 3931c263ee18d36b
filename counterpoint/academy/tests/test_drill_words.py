"""Nothing of a drill is told by its code: people, services, kinds of customers of every model branch, answers."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import translation

from counterpoint.academy.catalogue.branch_models import BRANCH_MODELS
from counterpoint.academy.drill import words
from counterpoint.primitives.content import items
from counterpoint.role import api as role

ON = date(2026, 11, 23)
MODELS = {key: item.value for key, item in items(BRANCH_MODELS, ON, "cn").items()}


@pytest.mark.parametrize("key", sorted(MODELS))
def test_everybody_and_everything_of_a_model_branch_has_a_name(key):
    body = MODELS[key]
    with translation.override("zh-hans"):
        names = words.people(one.code for one in body.staff)
        assert len(set(names.values())) == len(body.staff)
        assert not [name for name in names.values() if any(sign.isascii() and sign.isalpha() for sign in name)]
        assert not [name for name in names.values() if name.startswith("同事")]
    assert {one.key for one in body.services} <= set(role.service_types(ON, "cn"))
    assert {one.key for one in body.tiers} <= set(role.tiers(ON, "cn"))


def test_people_are_told_by_their_work_or_by_a_sign():
    with translation.override("zh-hans"):
        told = words.people(["T3", "teller3", "W1", "p1", "anna", *(f"p{n}" for n in range(2, 11)), "T"])
    assert told["T3"] == told["teller3"] == "柜员 3" and told["W1"] == "理财经理 1"
    assert [told["p1"], told["anna"], told["p10"], told["T"]] == ["同事甲", "同事乙", "同事甲2", "同事乙2"]


def test_an_answer_stands_in_the_log_in_the_words_in_which_it_was_offered():
    names = SimpleNamespace(
        person=str, service=str, ticket=lambda _number: "",
        answers=lambda inject, choice: {("stop", "call_police"): "报警"}.get((inject, choice), ""),
    )  # fmt: skip
    with translation.override("zh-hans"):
        assert words.line("answer", {"inject": "stop", "choice": "call_police"}, names).endswith("报警")
        assert words.line("answer", {"inject": "other", "choice": "call_police"}, names).endswith("call police")
