"""A short day that really happened in the hall of b01, and an outcome by hand, for the tests of replays."""

from counterpoint.science.replay import MEASURES


def busy_morning(hall, customers=14):
    """From 10:30: one window, a queue that grows, Ada in the back office; three are served, one leaves."""
    hall.machine()
    hall.open(1)
    hall.do("person_move", user=hall.Ada, place="back_office")
    hall.do("person_move", user=hall.Omar, place="lobby")
    tickets = []
    for i in range(customers):
        hall.later(seconds=50)
        tickets.append(hall.take(service="transfer" if i % 3 else "cash_deposit"))
        if i in (2, 6, 10):
            serve_next(hall, tickets)
    hall.do("ticket_abandon", ticket=tickets[-1].id)
    hall.later(minutes=5)
    serve_next(hall, tickets)
    return tickets


def serve_next(hall, tickets):
    """Window 1 calls, serves for four minutes, finishes."""
    called = hall.do("ticket_call_next", counter=1)
    hall.later(seconds=20)
    hall.do("ticket_start", ticket=called.id)
    hall.later(minutes=4)
    hall.do("ticket_finish", ticket=called.id)
    return called


def outcome(saved=12.5, **more):
    """What `replaying.tried` answers, made up."""
    row = {"mean": 10.0, "difference": -2.0, "low": -5.0, "high": -0.5, "better": 0.97, "worse": 0.03}
    rows = {measure: dict(row) for measure in MEASURES}
    future = {"decision": {"kind": "close", "counter": "1"}, "rows": rows}
    queue = {name: [3.0, 2.0] for name in ("was", "unchanged", "changed", "low", "high")} | {"minutes": [630.0, 645.0]}
    return {
        "at": 630.0, "until": 700.0, "closed": True, "inferred": False, "draws": 100, "people": 9, "known": 0.5,
        "exact": True, "worst": 0.0, "shifted": 0.0, "turnaround": 0.4, "unexpressed": {"no_show": 2},
        "was": dict.fromkeys(MEASURES, 11.0), "unchanged": {measure: [12.0, 9.0, 15.0] for measure in MEASURES},
        "futures": {"changed": future}, "saved": saved, "queue": queue, "walk": 3.0, **more,
    }  # fmt: skip
