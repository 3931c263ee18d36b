"""The shipped services and tiers are sound."""

from datetime import date

import pytest

from counterpoint.primitives.content import check, kind_of
from counterpoint.role.api import SKILLS, service_types, tiers

TODAY = date(2026, 11, 23)


def test_all_content_of_the_house_passes_its_check():
    assert [str(problem) for problem in check()] == []


def test_shares_of_tickets_add_up_to_one():
    assert sum(s.share for s in service_types(TODAY).values()) == pytest.approx(1.0)
    assert sum(t.share for t in tiers(TODAY).values()) == pytest.approx(1.0)


def test_every_service_has_three_names_and_a_known_skill():
    for service in service_types(TODAY).values():
        assert {"zh-hans", "zh-hant", "en"} <= set(service.names)
        assert service.skill in SKILLS


def test_the_first_called_tier_is_priority():
    assert list(tiers(TODAY)) == ["priority", "vip", "standard"]


def test_a_divertible_service_without_self_service_time_is_refused():
    good = service_types(TODAY)["transfer"]
    body = {name: value for name, value in good.__dict__.items() if name != "key"} | {"self_minutes": None}
    with pytest.raises(ValueError, match="self_minutes"):
        kind_of("service_types").value_of(good.key, body)
