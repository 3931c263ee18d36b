"""A kind of case is understood whole or refused: the field, and in the reader's language what is wrong with it."""

import copy
import re
from datetime import timedelta

import pytest
import yaml

from counterpoint.primitives.cases.tests import examples
from counterpoint.primitives.cases.types import STAGE_KINDS
from counterpoint.primitives.content import kind_of
from counterpoint.primitives.content.bodies import BodyError

CHINESE = re.compile("[\u4e00-\u9fff]")
OUT = object()  # taken out
GOOD = {name: value for name, value in yaml.safe_load(examples.COMPLAINT).items() if name != "key"}
SLUG = {"slug": "x", "names": {"zh-hans": "某"}}
STAGES = [{**SLUG, "slug": kind, "kind": kind} for kind in ("open", "doing", "resolved", "closed", "dropped")]


def read(body):
    return kind_of("case_types").value_of("example.complaint", body)


def changed(place, value):
    """The good body with another value at a place (`clocks.0.runs`)."""
    body = copy.deepcopy(GOOD)
    *way, last = [int(step) if step.isdecimal() else step for step in place.split(".")]
    held = body
    for step in way:
        held = held[step]
    if value is OUT:
        del held[last]
    else:
        held[last] = value
    return body


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("surprise", 1, "surprise: "),
        ("names", OUT, "names: "),
        ("names", {"en": "x"}, "names: "),
        ("names", {"zh-hans": ""}, "names: "),
        ("names", {"zh-hans": "x", "fr": "y"}, "names: "),
        ("rights", "", "rights: "),
        ("levels", OUT, "levels: "),
        ("levels", [], "levels: "),
        ("levels", "minor", "levels: "),
        ("levels", [*GOOD["levels"], GOOD["levels"][0]], "levels: "),
        ("levels.0.slug", OUT, "levels.0.slug: "),
        ("levels.0.slug", "", "levels.0.slug: "),
        ("levels.0.names", {"en": "x"}, "levels.0.names: "),
        ("stages", [], "stages: "),
        ("stages", STAGES[1:], "stages: "),
        ("stages", [*STAGES, {**SLUG, "kind": "waiting"}], "stages.5.kind: "),
        ("stages", [*STAGES, STAGES[0]], "stages: "),
        ("clocks", [*GOOD["clocks"], GOOD["clocks"][0]], "clocks: "),
        ("clocks.0.within", OUT, "clocks.0.within: "),
        ("clocks.0.within", {"huge": {"hours": 1}}, "时限 response"),
        ("clocks.0.within.minor", {}, "clocks.0.within.minor: "),
        ("clocks.0.within.minor", {"hours": 1, "minutes": 3}, "clocks.0.within.minor: "),
        ("clocks.0.within.minor", {"weeks": 1}, "clocks.0.within.minor.weeks: "),
        ("clocks.0.within.minor", {"hours": -1}, "clocks.0.within.minor.hours: "),
        ("clocks.0.within.minor", {"hours": 1.5}, "clocks.0.within.minor.hours: "),
        ("clocks.0.within.minor", {"minutes": True}, "clocks.0.within.minor.minutes: "),
        ("clocks.0.within.minor", {"working_days": 0}, "clocks.0.within.minor.working_days: "),
        ("clocks.0.within.minor", {"end_of_day": False}, "clocks.0.within.minor.end_of_day: "),
        ("clocks.0.within.minor", 3, "clocks.0.within.minor: "),
        ("clocks.0.within.minor", {"calendar_days": 2}, "clocks.0: "),
        ("clocks.0.ladder.0.after", {"calendar_days": 2}, "clocks.0: "),
        ("clocks.2.runs", "opening", "clocks.2: "),
        ("clocks.2.within.minor", {"working_days": 2}, "clocks.2: "),
        ("clocks.0.runs", "sometimes", "clocks.0.runs: "),
        ("clocks.0.starts_at", "someday", "clocks.0.starts_at: "),
        ("clocks.0.stops_at", "", "clocks.0.stops_at: "),
        ("clocks.0.warn", [0.8, 0.5], "clocks.0.warn: "),
        ("clocks.0.warn", [0.5, 0.5], "clocks.0.warn: "),
        ("clocks.0.warn", [0], "clocks.0.warn.0: "),
        ("clocks.0.warn", [0.5, 1], "clocks.0.warn.1: "),
        ("clocks.0.warn", ["half"], "clocks.0.warn.0: "),
        ("clocks.0.ladder.0.to", "janitor", "clocks.0.ladder.0.to: "),
        ("clocks.0.ladder.0.to", OUT, "clocks.0.ladder.0.to: "),
        ("clocks.0.ladder.0.after", OUT, "clocks.0.ladder.0.after: "),
        ("clocks.0.ladder.0.after", {}, "clocks.0.ladder.0.after: "),
        ("clocks.0.ladder.0.any_hour", "yes", "clocks.0.ladder.0.any_hour: "),
        ("fields", [*GOOD["fields"], GOOD["fields"][0]], "fields: "),
        ("fields.0.kind", "guess", "fields.0.kind: "),
        ("fields.0.required_at", "doing", "fields.0.required_at: "),
        ("fields.0.choices", OUT, "fields.0: "),
        ("fields.1.choices", [SLUG], "fields.1: "),
        ("fields.0.choices.0.names", {}, "fields.0.choices.0.names: "),
        ("fields.1.private", "yes", "fields.1.private: "),
        ("verify_by_other", "yes", "verify_by_other: "),
        ("recuse_involved", 1, "recuse_involved: "),
        ("pause.reasons", [SLUG, SLUG], "pause.reasons: "),
        ("pause.cap", {"end_of_day": True}, "pause: "),
        ("pause.cap", {"hours": 1, "minutes": 3}, "pause.cap: "),
        ("owner", ["janitor"], "owner.0: "),
        ("owner", "supervisor", "owner: "),
    ],
)  # fmt: skip
def test_a_wrong_kind_of_case_is_refused(place, value, told):
    with pytest.raises(BodyError) as refused:
        read(changed(place, value))
    assert str(refused.value).startswith(told) and CHINESE.search(str(refused.value))


def test_what_is_left_out_has_its_usual_value():
    kind = read({"names": {"zh-hans": "x"}, "levels": [{"slug": "only", "names": {"zh-hans": "y"}}], "pause": {}})
    assert [stage.kind for stage in kind.stages] == list(STAGE_KINDS) and kind.reasons == ()
    assert kind.rights == "primitives.case" and kind.recuse_involved and not kind.verify_by_other
    clock, other, _legal = read(GOOD).clocks
    assert clock.within["minor"].running == timedelta(hours=2) and other.warn == (0.5, 0.8)
    assert read(GOOD).reasons[0].slug == "waiting_customer" and read(GOOD).fields[1].required_at == ""
