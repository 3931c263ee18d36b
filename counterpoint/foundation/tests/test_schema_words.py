"""Errors of schemas are told in the reader's language, whatever kind pydantic knows."""

import re
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import pytest
from django.utils import translation
from pydantic import AwareDatetime, ConfigDict, Field, ValidationError, with_config
from pydantic import TypeAdapter as Adapter
from pydantic_core._pydantic_core import list_all_errors
from typing_extensions import TypedDict

from counterpoint.foundation import schema_words


@with_config(ConfigDict(extra="forbid"))
class Closed(TypedDict):
    a: int


def told(of, given, language="zh-hans"):
    """(kind, sentence) of the first error of a value."""
    with pytest.raises(ValidationError) as wrong:
        Adapter(of).validate_python(given)
    error = wrong.value.errors()[0]
    with translation.override(language):
        return error["type"], schema_words.said(error)


@pytest.mark.parametrize(
    ("of", "given", "kind", "words"),
    [
        (Closed, {}, "missing", "缺少"),
        (Closed, {"a": 1, "b": 2}, "extra_forbidden", "此处没有这个字段"),
        (str, 7, "string_type", "应为文字（像数字时须加引号），现为 7"),
        (Annotated[str, Field(min_length=2)], "a", "string_too_short", "至少 2 个字符"),
        (Annotated[str, Field(max_length=2)], "abc", "string_too_long", "最多 2 个字符"),
        (Annotated[str, Field(pattern="^a$")], "b", "string_pattern_mismatch", '"b" 不符合格式 "^a$"'),
        (int, "x", "int_parsing", '应为整数，现为 "x"'),
        (int, "9" * 5000, "int_parsing_size", "应为整数，现为"),
        (int, 1.5, "int_from_float", "应为整数，现为 1.5"),
        (float, "x", "float_parsing", '应为数字，现为 "x"'),
        (bool, "maybe", "bool_parsing", '应为true 或 false，现为 "maybe"'),
        (datetime, "soon", "datetime_from_date_parsing", "应为日期和时间，如 2026-11-23T10:30:00+08:00，现为"),
        (AwareDatetime, "2026-11-23T10:30:00", "timezone_aware", "应为日期和时间，如 2026-11-23T10:30:00+08:00，现为"),
        (date, "soon", "date_from_datetime_parsing", '应为日期，如 2026-11-23，现为 "soon"'),
        (UUID, "17", "uuid_parsing", '应为编号（UUID），现为 "17"'),
        (Annotated[int, Field(gt=0)], 0, "greater_than", "须大于 0，现为 0"),
        (Annotated[int, Field(ge=1)], 0, "greater_than_equal", "不得小于 1，现为 0"),
        (Annotated[int, Field(lt=9)], 9, "less_than", "须小于 9，现为 9"),
        (Annotated[int, Field(le=9)], 10, "less_than_equal", "不得大于 9，现为 10"),
        (Literal["a", "b"], "c", "literal_error", "'c' 不在可选值之内：'a', 'b'"),
        (list[int], 3, "list_type", "应为列表，现为 3"),
        (dict[str, int], 3, "dict_type", "应为一组字段，现为 3"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "too_long", "最多 1 项"),
        (Annotated[list[int], Field(min_length=1)], [], "too_short", "至少 1 项"),
    ],
)
def test_an_error_is_told_in_chinese_with_its_limits(of, given, kind, words):
    found, text = told(of, given)
    assert found == kind and text.startswith(words)


def test_the_three_languages_say_it_in_their_own_words():
    texts = [told(int, "x", language)[1] for language in ("zh-hans", "zh-hant", "en")]
    assert texts == ['应为整数，现为 "x"', '應為整數，現為 "x"', 'must be a whole number, not "x"']


@pytest.mark.parametrize("kind", [one["type"] for one in list_all_errors() if "_error" not in one["type"]])
def test_no_kind_of_error_is_told_in_english_words(kind):
    """`value_error` says what the rule of the house says, in its own language."""
    context = {one["type"]: one.get("example_context") or {} for one in list_all_errors()}[kind]
    with translation.override("zh-hans"):
        text = schema_words.said({"type": kind, "input": 7, "ctx": context, "msg": "Field required"})
    assert re.findall(r"[A-Za-z]{2,}", text.replace("JSON", "").replace("UUID", "")) in ([], ["true", "false"])
