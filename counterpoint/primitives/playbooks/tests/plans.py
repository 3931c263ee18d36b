"""Plans of the tests: a small one by hand, and any well-formed one by chance."""

from hypothesis import strategies as st

from counterpoint.primitives.content import kind_of

ROLES = ("teller", "supervisor", "branch_head")


def read(body):
    """A body as the content reads it."""
    return kind_of("playbooks").value_of(body["key"], body)


def words(text):
    return {"zh-hans": text, "en": text}


def step(slug, role="supervisor", **more):
    return {"slug": slug, "names": words(slug), "role": role, **more}


def body(key, steps, **more):
    return {"key": key, "names": words(key), "steps": steps, **more}


FIRE = body(
    "test.fire",
    [
        step("alarm", "teller", within={"minutes": 1}, next=["lead_out", "lock_cash"], critical=True),
        step("lead_out", within={"minutes": 3, "of": "start"}, next=["head_count"], say=words("Please follow me.")),
        step("lock_cash", "teller", within={"minutes": 1}, next=["head_count"]),
        step(
            "head_count", within={"minutes": 5}, question=words("Is everybody there?"),
            branch={"yes": "stand_down", "no": ["search", "stand_down"], "counting": "again"},
            answers={"counting": words("still counting")}, again={"minutes": 2},
            form=[{"slug": "people", "names": words("People"), "kind": "number", "required": True}],
            contact=["supervisor", "branch_head"],
        ),
        step("search", "branch_head", within={"minutes": 10}),
        step("stand_down", "branch_head"),
    ],
    time_limit={"minutes": 20, "names": words("Out")},
    drill_per_year=2,
    trigger={"schedule": True},
)  # fmt: skip


@st.composite
def plans(draw, most=7):
    """Any plan that the content check accepts: steps lead forward, alone, in parallel or by answer."""
    count = draw(st.integers(1, most))
    steps = []
    for place in range(count):
        later = [f"s{n}" for n in range(place + 1, count)]
        one = step(f"s{place}", draw(st.sampled_from(ROLES)))
        if draw(st.booleans()):
            one["within"] = {"minutes": draw(st.integers(1, 60)), "of": draw(st.sampled_from(("ready", "start")))}
        if later and draw(st.integers(0, 3)) == 0:
            targets = st.lists(st.sampled_from(later), max_size=2, unique=True)
            one["branch"] = {"yes": draw(targets) or "end", "no": draw(targets) or "end"}
            if draw(st.booleans()):
                one["branch"]["wait"] = "again"
                one["answers"] = {"wait": words("wait")}
                one["again"] = {"minutes": draw(st.integers(1, 30))}
        elif later and draw(st.booleans()):
            one["next"] = draw(st.lists(st.sampled_from(later), min_size=1, max_size=3, unique=True))
        steps.append(one)
    _reach_all(steps)
    return read(
        body("test.any", steps, **draw(st.sampled_from(({}, {"time_limit": {"minutes": 30, "names": words("Limit")}}))))
    )


def _reach_all(steps):
    """Lead to every step from somewhere before it."""
    for place in range(1, len(steps)):
        slug, before = steps[place]["slug"], steps[place - 1]
        reached = any(slug in _targets(one, steps, n) for n, one in enumerate(steps[:place]))
        if not reached:
            _lead(before, slug, steps, place - 1)


def _targets(one, steps, n):
    if "branch" in one:
        return [t for found in one["branch"].values() for t in ([found] if isinstance(found, str) else found)]
    return one["next"] if "next" in one else [s["slug"] for s in steps[n + 1 : n + 2]]


def _lead(one, slug, steps, n):
    if "branch" in one:
        held = one["branch"]["yes"]
        one["branch"]["yes"] = [slug] if held == "end" else [*held, slug]
    else:
        one["next"] = [*_targets(one, steps, n), slug]
