# %% [markdown]
# # The twin: a branch day that can be forked, replayed and asked what if
# Everything here is simulated; the demo branch is invented from planning defaults. Needs only `counterpoint.science`.
# The first run compiles for about a minute, later runs take seconds.

# %%
import numpy as np

from counterpoint.science import queueing, twin

branch = twin.demo_branch(seed=1, size="medium")
result = twin.simulate(branch.model, branch.staffing, branch.rates, replications=200, seed=7)
print(result.summary().round(2))
print(result.waits(("service",)).round(1))
assert abs(result.kpis["arrivals"].mean() / branch.rates.sum() - 1) < 0.05

# %% [markdown]
# ## Is it true? M/M/5 against Erlang C
# One class, five exponential servers, a hundred hours, forty replications.

# %%
model = twin.BranchModel(
    (twin.Service("S", twin.Duration(4, shape="exponential")),),
    tuple(twin.Counter(f"K{i}", ("S",)) for i in range(5)),
    patience=None,
    balking=None,
    open_minute=0,
    close_minute=6000,
    overrun_minutes=100_000,
)
steady = twin.simulate(model, twin.one_person_a_counter(model), np.full((1, 200), 30.0), 40, seed=3)
waits = steady.outcomes[steady.outcomes.arrival > 600].groupby("replication").waited.mean()
formula = queueing.solve(queueing.Queue(arrival_rate=1.0, service_rate=1 / 4, servers=5)).mean_wait
z = (waits.mean() - formula) / (waits.std(ddof=1) / np.sqrt(len(waits)))
print(f"simulated {waits.mean():.3f} min, Erlang C {formula:.3f} min, z {z:+.2f}")
assert abs(z) < 3.5

# %% [markdown]
# ## What if: the same people, another plan
# A stand-in at lunch, a surge, an outage. Differences are paired, day by day, on the same people.

# %%
busy = twin.demo_rates(branch.model, 420)
plans = {
    "as planned": (branch.staffing, ()),
    "floater stands in at K4 for its lunch": (
        branch.staffing,
        [twin.MovePerson(660.0, "floater", "K4"), twin.MovePerson(700.0, "floater", None)],
    ),
    "forty more with cash at ten": (branch.staffing, [twin.AddCustomers(600.0, "S02", 40, 30.0)]),
    "cash machines fail at ten": (branch.staffing, [twin.DeviceDown(600.0, f"C{i}") for i in (1, 2, 3)]),
}
answer = twin.compare(branch.model, busy, plans, 100, seed=7)
print(answer.to_frame().xs("wait_p90", level="kpi")[["mean", "low", "high"]].round(2))
assert answer.to_frame().loc[("forty more with cash at ten", "wait_p90"), "low"] > 0

# %% [markdown]
# ## Fork the present
# Live a day until 11:30, then ask two futures; nothing before the fork differs, and the original never changes.

# %%
people = twin.draw_customers(branch.model, busy, seed=99)
now, so_far = twin.advance(twin.initial_state(branch.model, branch.staffing, people), 690.0)
saved = now.to_bytes()
rest, events = twin.advance(now, np.inf)
other, changed = twin.advance(now, np.inf, [twin.MovePerson(700.0, "floater", "K1")])
assert now.to_bytes() == saved
assert (events[events["minute"] < 700.0] == changed[changed["minute"] < 700.0]).all()
print(twin.events_frame(changed, other).query("minute >= 700").head())

# %% [markdown]
# ## What to tell a person with a ticket
# Two hundred futures in which all that is not known now is drawn anew.

# %%
for ticket in now.waiting()[:5]:
    eta = twin.eta(now, ticket, seed=5, rates=busy)
    print(f"customer {ticket}: {eta.p20:.0f} to {eta.p80:.0f} minutes, mean {eta.mean:.1f}")
    assert eta.p20 <= eta.p50 <= eta.p80
