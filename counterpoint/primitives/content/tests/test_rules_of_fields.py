"""Rules that stand at a field in several kinds: known roles, short names of which no two are the same, one limit."""

import pytest
from django.utils import translation

from counterpoint.primitives.content import every, kind_of
from counterpoint.primitives.content.bodies import BodyError
from counterpoint.primitives.content.yaml_text import plain


def first(kind, name):
    """The plain body of the first definition of a kind that has a field."""
    return plain(dict(next(item.body for item in every(kind) if item.body.get(name))))


@pytest.mark.parametrize(
    ("kind", "name", "change", "told"),
    [
        ("metrics", "owner", lambda owner: "king", "owner: 没有“king”这个岗位"),
        ("metrics", "thresholds", lambda rows: [rows[0], rows[0]], "thresholds: 以下短名称重复"),
        ("boards", "roles", lambda roles: [*roles, "king"], "没有“king”这个岗位"),
        ("risks", "controls", lambda rows: [rows[0], rows[0]], "controls: 以下短名称重复"),
        ("risks", "indicators", lambda rows: [rows[0] | {"low": 1.0, "high": 2.0}], "indicators.0: 指标"),
        ("risks", "indicators", lambda rows: [{"metric": "x"}], "indicators.0: 指标 x"),
    ],
)
def test_a_rule_of_a_field_is_told_there_in_chinese(kind, name, change, told):
    body = first(kind, name)
    assert kind_of(kind).value_of("x", body)
    with translation.override("zh-hans"), pytest.raises(BodyError) as refused:
        kind_of(kind).value_of("x", body | {name: change(body[name])})
    assert told in str(refused.value)
