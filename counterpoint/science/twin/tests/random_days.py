"""Small random branches, rosters and commands, for the property tests."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from counterpoint.science import twin

OPEN, CLOSE = 540.0, 660.0


def random_model(rng: np.random.Generator, *, calling: str = "auto", full: bool = False) -> twin.BranchModel:
    """A two-hour branch of 1 to 4 services and counters, with or without devices, triage, patience and balking.

    ``full`` adds by chance all that the full model knows: hand-offs, forms, help, set-up, walking, cash, failures,
    delays of orders.
    """
    codes = [f"S{i}" for i in range(rng.integers(1, 5))]
    kinds = ["cash", "stm"][: rng.integers(0, 3)]
    services = []
    for code in codes:
        kind = str(rng.choice(kinds)) if kinds and rng.random() < 0.7 else None
        device = twin.Duration(float(rng.uniform(1, 4)), 0.4) if kind else None
        share, back = float(rng.uniform(0.2, 1)), float(rng.uniform(0, 0.5))
        time = twin.Duration(float(rng.uniform(2, 9)), 0.6)
        urgent = -int(rng.random() < 0.2)
        services.append(twin.Service(code, time, "", kind, device, share, back, urgent))
    counters = []
    for i in range(rng.integers(1, 5)):
        some = tuple(code for code in codes if rng.random() < 0.7) or (codes[0],)
        counters.append(twin.Counter(f"K{i}", some, bool(rng.random() < 0.85)))
    devices = (
        tuple(twin.Device(f"D{i}", str(rng.choice(kinds)), bool(rng.random() < 0.9)) for i in range(3)) if kinds else ()
    )
    if full:
        services = [fuller(rng, service, codes) for service in services]
        counters = [replace(c, walk=float(rng.choice([0, 0.3, 0.7]))) for c in counters]
        devices = tuple(
            replace(d, walk=float(rng.choice([0, 0.5])), between_failures=40.0, repair=twin.Duration(12.0, 0.8))
            if rng.random() < 0.7 else d
            for d in devices
        )  # fmt: skip
    share = float(rng.uniform(0.5, 1))
    tiers = (twin.Tier("normal", share, 1), twin.Tier("vip", 1 - share, 0, 5.0, 0.8, bool(rng.random() < 0.5)))
    model = twin.BranchModel(
        tuple(services),
        tuple(counters),
        tiers,
        devices,
        patience=twin.Duration(float(rng.uniform(5, 30))) if rng.random() < 0.8 else None,
        balking=twin.Balking(int(rng.integers(1, 8)), float(rng.uniform(0, 12)), 0.8) if rng.random() < 0.7 else None,
        triage=twin.Triage(twin.Duration(1.5, 0.5), 0.8) if rng.random() < 0.6 else None,
        open_minute=OPEN,
        close_minute=CLOSE,
        overrun_minutes=float(rng.choice([0, 15, 45])),
        stay_after_close=bool(rng.random() < 0.6),
        calling=calling,
    )
    if not full:
        return model
    moment = [twin.Duration(float(rng.uniform(0.3, 2)), 0.5) for _ in range(4)]
    old = replace(model.tiers[0], work_factor=1.4)
    rule = model.balking and replace(model.balking, announced=float(rng.choice([0, 0.5])))
    cash = twin.Cash(float(rng.uniform(5, 60)), float(rng.uniform(0, 200)), 4.0) if rng.random() < 0.6 else None
    return replace(
        model, tiers=(old, *model.tiers[1:]), balking=rule, switch_minutes=float(rng.choice([0, 0.5])),
        authorisation=twin.Help(*moment[:2]), assistance=twin.Help(*moment[2:]), cash=cash,
        pace=(0.9, 1.0, 1.2) if rng.random() < 0.5 else (),
        delays=random_delays(rng), pickup=random_pickup(rng),
    )  # fmt: skip


def random_delays(rng: np.random.Generator) -> twin.Delays:
    """Some kinds of orders take whole minutes, so that effects meet, some an odd time, some none."""
    return twin.Delays(**{each.name: float(rng.choice([0, 0, 1, 3, 4.3])) for each in fields(twin.Delays)})


def random_pickup(rng: np.random.Generator) -> twin.Pickup | None:
    """Every other branch has people who are not always ready; whole minutes meet other events."""
    back = twin.Duration(float(rng.integers(1, 5)), 0.7, str(rng.choice(["fixed", "lognormal"])))
    return twin.Pickup(float(rng.choice([0.3, 0.9, 1.0])), back) if rng.random() < 0.5 else None


def fuller(rng: np.random.Generator, service: twin.Service, codes: list[str]) -> twin.Service:
    """The service with some of what a turn can meet."""
    form = twin.Duration(float(rng.uniform(1, 8)), 0.5) if rng.random() < 0.5 else None
    return replace(
        service, onward=str(rng.choice(codes)) if rng.random() < 0.4 else None, onward_share=float(rng.uniform(0.2, 1)),
        form=form, form_share=float(rng.uniform(0.2, 0.7)) if form else 0.0,
        authorised=float(rng.choice([0, 0.5])), assisted=float(rng.choice([0, 0.5])),
        cash=twin.Duration(float(rng.uniform(1, 12)), 0.8) if rng.random() < 0.6 else None,
        pays_in=bool(rng.random() < 0.3),
    )  # fmt: skip


def random_staffing(rng: np.random.Generator, model: twin.BranchModel) -> twin.Staffing:
    """One to six people, some sharing a post, with split shifts and breaks."""
    people = []
    posts = [*model.counter_codes, *model.counter_codes, "lobby", "desk", None]
    for i in range(rng.integers(1, 7)):
        start = float(rng.choice([OPEN - 10, OPEN, OPEN + 20.5]))
        end = float(rng.choice([CLOSE - 30, CLOSE, CLOSE + 20]))
        shifts: tuple[tuple[float, float], ...] = ((start, end),)
        breaks: tuple[tuple[float, float], ...] = ()
        if rng.random() < 0.3:
            shifts = ((start, OPEN + 50), (OPEN + 60, end))
        elif rng.random() < 0.6:
            breaks = ((OPEN + float(rng.integers(25, 45)), 15.0),)
        skills = tuple(code for code in model.service_codes if rng.random() < 0.85)
        post = posts[rng.integers(len(posts))]
        people.append(twin.Person(f"p{i}", skills, shifts, breaks, post, float(rng.uniform(0.7, 1.3))))
    return twin.Staffing.of(*people)


def random_customers(rng: np.random.Generator, model: twin.BranchModel) -> twin.CustomerTable:
    """Up to some eighty people in two hours, a few of them after closing."""
    rates = rng.uniform(0, 6, size=(len(model.services), 4))
    late = [(CLOSE + float(rng.uniform(0, 5)), model.service_codes[0])]
    return twin.draw_customers(model, rates, arrivals=late, seed=int(rng.integers(1 << 40)))


def random_commands(rng: np.random.Generator, model: twin.BranchModel, staffing: twin.Staffing, n: int) -> list:
    """``n`` commands of all kinds but AddCustomers, at minutes that sometimes coincide."""
    posts = [*model.counter_codes, "lobby", "desk", None, "break"]
    makers = [
        lambda t: twin.OpenCounter(t, str(rng.choice(model.counter_codes))),
        lambda t: twin.CloseCounter(t, str(rng.choice(model.counter_codes))),
        lambda t: twin.MovePerson(t, str(rng.choice(staffing.codes)), posts[rng.integers(len(posts))]),
        lambda t: twin.StartBreak(t, str(rng.choice(staffing.codes)), float(rng.choice([5, 10]))),
        lambda t: twin.StartTask(t, *(str(code) for code in rng.choice(staffing.codes, 2)), float(rng.choice([4, 9]))),
        lambda t: twin.MoveBreak(t, str(rng.choice(staffing.codes)), t + float(rng.integers(-5, 30))),
        lambda t: twin.SetDiversion(t, str(rng.choice(model.service_codes)), float(rng.random())),
        lambda t: twin.SetPriority(t, int(rng.integers(0, 4)), tier=str(rng.choice(model.tier_codes))),
        lambda t: twin.SetPriority(t, int(rng.integers(0, 4)), ticket=int(rng.integers(0, 30))),
        lambda t: twin.CallNext(t, str(rng.choice(model.counter_codes))),
        lambda t: twin.CallNext(t, str(rng.choice(model.counter_codes)), int(rng.integers(0, 30))),
        lambda t: twin.SetPace(t, float(rng.choice([0.4, 1.0])), rng.choice([None, *model.counter_codes])),
        lambda t: twin.Dismiss(t, rng.choice([None, *model.service_codes])),
        lambda t: twin.EndShift(t, str(rng.choice(staffing.codes))),
        lambda t: twin.EndBreak(t, str(rng.choice(staffing.codes))),
    ]
    if model.devices:
        makers += [
            lambda t: twin.DeviceDown(t, str(rng.choice(model.device_codes))),
            lambda t: twin.DeviceUp(t, str(rng.choice(model.device_codes))),
            *4 * [lambda t: twin.SendToDevice(t, int(rng.integers(0, 60)))],  # few of them make sense
        ]
    minutes = rng.integers(OPEN - 5, CLOSE + 10, size=n)
    return [makers[rng.integers(len(makers))](float(t)) for t in minutes]
