"""A drill is its log: the same in any process and any pieces; and it writes to nothing but the academy's own tables."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.academy.drill import actions, guiding, log, queries, timing
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.tests.playing import Player
from counterpoint.foundation.api import DomainError, JobRun, scoped, unscoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scoped_models import scoped_models
from counterpoint.science import playing
from counterpoint.science.playing import datasets
from tests.properties import dose

ROOT = Path(__file__).resolve().parents[3]
FOLD = """
import sys
from pathlib import Path
from counterpoint.science import playing
game = playing.Game.from_bytes(Path(sys.argv[1]).read_bytes())
orders = [playing.Order.of(35_000, "window-close", counter="K1"), playing.Order.of(39_000, "window-open", counter="K1", user="floater")]
pieces = [float(one) for one in sys.argv[2:]]
day = None
for minute in [*pieces, float("inf")]:
    due = [order for order in orders if day is None or order.minute >= day.now]
    day = playing.play(game, due, minute, begin=day)
print(game.hash(), day.digest())
"""  # noqa: E501


@pytest.mark.slow
def test_one_log_is_one_day_in_every_process_and_in_any_pieces(tmp_path):
    kept = tmp_path / "game"
    kept.write_bytes(datasets.demo_game(3, injects=datasets.demo_injects()).to_bytes())
    told = set()
    for seed, threads, pieces in (("1", "1", ()), ("77", "2", ("583.5", "600", "650.01", "900"))):
        around = os.environ | {"PYTHONHASHSEED": seed, "NUMBA_NUM_THREADS": threads, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", FOLD, str(kept), *pieces], cwd=ROOT, env=around, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        told.add(done.stdout)
    assert len(told) == 1


@pytest.fixture
def sun(bank):
    player = Player(bank)
    player.make(datasets.demo_game(3, injects=datasets.demo_injects()))
    return player


ORDERS = st.sampled_from(
    [
        ("window-close", {"counter": "K1"}), ("window-open", {"counter": "K1", "user": "floater"}),
        ("person-move", {"user": "teller-2", "place": "lobby"}), ("person-move", {"user": "teller-2", "place": "gone"}),
        ("break-start", {"user": "teller-3", "minutes": "30"}), ("break-end", {"user": "teller-3"}),
        ("diversion", {"service": "S01", "share": "300"}), ("first", {"ticket": "40"}), ("divert", {"ticket": "41"}),
        ("flag", {"ticket": "42", "vulnerable": "1"}), ("nonsense", {}),
        ("window-open", {"counter": "K9", "user": "x"}),
    ]
)  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), ORDERS), st.tuples(st.just("pace"), st.sampled_from([0, 1, 5, 60])),
        st.tuples(st.just("later"), st.integers(0, 90)), st.tuples(st.just("again"), st.none()),
        st.tuples(st.just("crowd"), st.integers(1, 20)),
    ),
    max_size=12,
)  # fmt: skip


def played(player, steps):
    """Press the steps; a refusal leaves no trace."""
    ada = player.bank.scope("Ada")
    for name, value in steps:
        try:
            if name == "later":
                player.later(seconds=value)
            elif name == "pace":
                player.pace(value)
            elif name == "order":
                player.order(*value)
            elif name == "again" and player.pressed:
                actions.drill_mark(**player.here(key=f"press-{player.pressed}"), session=player.session, name="again")
            elif name == "crowd":
                sent = {"act": "crowd", "service": "S02", "count": value}
                guiding.drill_inject(**player.here(scope=ada), session=player.session, **sent)
        except DomainError:
            continue


@pytest.mark.django_db
def test_the_segments_of_a_played_day_are_the_fold_of_its_log(bank):
    @settings(max_examples=dose(8), deadline=None)
    @given(steps=STEPS)
    def check(steps):
        player = Player(bank)
        player.make(datasets.demo_game(3, injects=datasets.demo_injects()), key=f"of {steps}")
        played(player, steps)
        one = player.segment()
        with scoped(player.scope):
            row = queries.session_of(player.scope, player.session)
            found = log.lines(row)
            assert log.first_bad(row) is None
            assert [line.second for line in found] == sorted(line.second for line in found)
            assert len({line.key for line in found}) == len(found)
            game, orders = log.game_played(row, found), log.orders_of(found)
            day = playing.play(game, orders, one.since / 60)
        assert {int(key) for key, who in one.picture["c"].items() if who[0] == "q"} == set(day.state.waiting())
        assert one.second >= timing.first_second(log.game_of(row))
        if row.state != OVER:
            assert player.finish().result["digest"] == playing.play(game, orders).digest()

    check()


def everything():
    """Every scoped row outside the academy as values, and the journal's kinds."""
    with unscoped("the test compares all tables before and after", practice=True):
        rows = {
            model._meta.label: list(model.objects.order_by("pk").values())
            for model in scoped_models()
            if model._meta.app_label != "academy" and model not in (JournalEntry, JobRun)
        }
        kinds = sorted(JournalEntry.objects.values_list("kind", flat=True))
    return rows, kinds


@pytest.mark.django_db
def test_a_drill_writes_to_no_table_but_its_own_and_only_its_own_facts(bank, sun):
    @settings(max_examples=dose(6), deadline=None)
    @given(steps=STEPS)
    def check(steps):
        sun.make(datasets.demo_game(3, injects=datasets.demo_injects()), key=f"of {steps}")
        rows, kinds = everything()
        played(sun, steps)
        sun.session = actions.drill_retry(**sun.here(), session=sun.session).pk
        sun.finish()
        after, more = everything()
        assert after == rows
        for kind in kinds:
            more.remove(kind)
        assert {kind.partition("_")[0] for kind in more} == {"academy.drill"}

    check()


@pytest.mark.django_db
def test_playing_on_from_a_fork_changes_nothing_in_its_parent(bank, sun):
    sun.pace(60)
    sun.later(seconds=30)
    line = sun.order("window-close", {"counter": "K1"})
    sun.later(seconds=30)
    sun.order("window-open", {"counter": "K1", "user": "floater"})
    with scoped(sun.scope):
        before = list(DrillEvent.objects.filter(session=sun.session).values())
        row = DrillSession.objects.filter(pk=sun.session).values().get()
    fork = actions.drill_fork(**sun.here(), session=sun.session, second=line.second)
    parent, sun.session = sun.session, fork.pk
    sun.pace(60)
    sun.later(seconds=5)
    sun.order("window-open", {"counter": "K1", "user": "floater"})
    own = sun.finish()
    with scoped(sun.scope):
        assert list(DrillEvent.objects.filter(session=parent).values()) == before
        assert DrillSession.objects.filter(pk=parent).values().get() == row
    sun.session = parent
    assert sun.finish().result["digest"] != own.result["digest"]
