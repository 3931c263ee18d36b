"""Small branches whose day can be worked out with a pencil."""

from counterpoint.science import twin


def fixed(minutes):
    return twin.Duration(minutes, shape="fixed")


def branch(*services, counters=1, **more):
    """Counters for every service; nobody leaves; times are fixed, so a day can be worked out with a pencil."""
    more = {"patience": None, "balking": None, "open_minute": 0.0, "close_minute": 480.0} | more
    codes = tuple(s.code for s in services)
    if isinstance(counters, int):
        counters = tuple(twin.Counter(f"K{i}", codes) for i in range(counters))
    return twin.BranchModel(services, counters, **more)


def day(model, arrivals, staffing=None, commands=()):
    """Events as (minute, kind, customer) of the kinds that concern a customer."""
    people = staffing or twin.one_person_a_counter(model)
    customers = twin.draw_customers(model, arrivals=arrivals, seed=1)
    done = twin.run_day(model, people, customers, commands)
    return done, [(float(e["minute"]), twin.EVENT_NAMES[e["kind"]], int(e["customer"])) for e in done.events]


def times(events, kind):
    return [minute for minute, name, _ in events if name == kind]


def staff(*posts, shift=(0.0, 600.0), skills=("A", "B")):
    return twin.Staffing.of(*(twin.Person(f"p{i}", skills, (shift,), (), post) for i, post in enumerate(posts)))
