"""A picture and its changes: what a browser applies one after the other is the picture of any later moment."""

import pytest

from counterpoint.science import playing
from counterpoint.science.playing import datasets
from counterpoint.science.playing.picture import picture


def applied(first, steps):
    """The first picture after all changes."""
    moved = {name: dict(held) for name, held in first.items()}
    for _second, change in steps:
        for name, held in moved.items():
            held.update(change.get(name, {}))
            for key in [key for key, value in held.items() if value in ("x", "o")]:
                del held[key]
    return moved


@pytest.mark.parametrize(("begin", "end"), [(32_000, 32_060), (36_000, 36_600), (39_000, 42_600), (40_000, 40_000)])
def test_the_changes_of_a_segment_lead_to_the_picture_of_its_end(begin, end):
    game = datasets.demo_game(3, injects=datasets.demo_injects())
    orders = [playing.Order.of(39_100, "window-close", counter="K1")]
    labels = playing.Labels(game)
    start = playing.play(game, [o for o in orders if o.second < begin], begin / 60)
    first, steps, last = playing.steps(labels, start, [o for o in orders if o.second >= begin], begin, end)
    whole = playing.play(game, orders, end / 60)
    assert applied(first, steps) == picture(labels, whole.state) == picture(labels, last.state)
    assert last.digest() == whole.digest()
    assert [second for second, _change in steps] == sorted({second for second, _change in steps})


def test_tickets_are_numbered_a_service_by_arrival_and_who_is_added_comes_after():
    game = datasets.demo_game(3)
    labels = playing.Labels(game)
    assert len(set(labels.of.values())) == len(game.people)
    arrival = game.people.arrival
    own = sorted((label, arrival[customer]) for customer, label in labels.of.items() if label[0] == "A")
    assert [when for _label, when in own] == sorted(when for _label, when in own)
    added = labels.label(len(game.people), 0)
    assert added not in labels.of.values()


def test_figures_count_who_waits_who_left_and_what_it_cost():
    day = playing.play(datasets.demo_game(3), until=660.0)
    told = playing.figures(day)
    assert told["waiting"] == len(day.state.waiting())
    assert told["gone"] == day.loss.gone
    assert told["loss"] == round(day.loss.total)
    assert told["served"] == day.state.counts()["served"] + day.state.counts()["self_served"]
