"""The log of a drill: one chain, one line a press, read as the orders of a game; the database keeps it as it is."""

import pytest
from django.db import IntegrityError, transaction

from counterpoint.academy.drill import log
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import OVER, RUNNING
from counterpoint.foundation.api import scoped
from counterpoint.science import playing
from counterpoint.science.playing import datasets


@pytest.fixture
def session(bank):
    """Sun plays a day of a small branch."""
    game = datasets.demo_game(3)
    with scoped(bank.scope("Sun")):
        row = DrillSession(
            org_unit=bank.b01, owner=bank.people["Sun"], seed=3, game=game.to_bytes(), game_hash=game.hash(),
            state=RUNNING, base_real=bank.now, base_second=32_400, speed=1, begun_at=bank.now,
        )  # fmt: skip
        row.save(force_insert=True)
        yield row


def write(bank, session, second, key, **inputs):
    return log.append(
        session, log.ORDER, second, act="window-open", inputs=inputs, actor=bank.people["Sun"].pk, key=key, at=bank.now
    )  # fmt: skip


@pytest.mark.django_db
def test_a_log_is_read_as_the_orders_of_its_game(bank, session):
    write(bank, session, 36_000, "a", counter="K4", user="p9")
    line, new = write(bank, session, 35_000, "b", counter="K3", user="p8")
    assert (line.seq, line.second, new) == (2, 36_000, True)  # never before what was ordered already
    again, new = write(bank, session, 39_000, "a", counter="K1", user="p1")
    assert (again.seq, new) == (1, False)
    orders = log.orders_of(log.lines(session))
    assert [dict(one.inputs) for one in orders] == [{"counter": "K4", "user": "p9"}, {"counter": "K3", "user": "p8"}]
    assert log.game_of(session).hash() == session.game_hash
    assert isinstance(orders[0], playing.Order)


@pytest.mark.django_db
def test_a_cut_or_changed_log_is_told_and_the_database_refuses_to_change_one(bank, session):
    for number in range(3):
        line, _new = write(bank, session, 36_000 + number, str(number), counter="K4", user="p9")
    assert log.first_bad(session) is None
    session.state, session.over_at, session.head = OVER, bank.now, line.hash
    session.save()
    assert log.first_bad(session) is None
    session.head = "0" * 64
    assert log.first_bad(session) == 4
    for change in (
        lambda: DrillEvent.objects.filter(pk=line.pk).update(second=1),
        lambda: DrillEvent.objects.filter(pk=line.pk).delete(),
        lambda: DrillSession.objects.filter(pk=session.pk).update(seed=4),
        lambda: DrillSession.objects.filter(pk=session.pk).update(state=RUNNING),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(log.DrillOver):
        write(bank, session, 40_000, "late", counter="K4", user="p9")
