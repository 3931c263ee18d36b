# %% [markdown]
# # The twin: a branch day that can be simulated, compared, forked and asked what if
# Everything here is simulated; the demo branch is invented from planning defaults. Needs only `counterpoint.science`.
# The first run compiles for about a minute, later runs take seconds.
#
# Part one treats the twin as what it is, a queueing simulator, and asks it what theory already knows. Part two is the
# branch. `docs/explanation/twin.md` says what the model is and what it leaves out.

# %%
import sys
from pathlib import Path

import numpy as np
from scipy import integrate, stats

from counterpoint.science import queueing, twin

# %% [markdown]
# ## M/M/c in ten lines, with an interval
# A hundred independent replications of a hundred hours; the mean wait of those who came after the warm-up is one number
# a replication, and the interval is Student's over those hundred numbers.

# %%
service = twin.Service("any", twin.Duration(4, shape="exponential"))
windows = tuple(twin.Counter(f"K{i}", ("any",)) for i in range(5))
hall = twin.BranchModel(
    (service,), windows, patience=None, balking=None, open_minute=0, close_minute=6000, overrun_minutes=1e5
)
runs = twin.simulate(hall, twin.one_person_a_counter(hall), np.full((1, 200), 30.0), 100, seed=3)  # 1 customer a minute
waits = runs.outcomes.query("arrival > 600").groupby("replication").waited.mean()
half = stats.t.ppf(0.975, 99) * waits.sem()
exact = queueing.solve(queueing.Queue(arrival_rate=1, service_rate=1 / 4, servers=5))
print(f"mean wait {waits.mean():.3f} ± {half:.3f} min, Erlang C {exact.mean_wait:.3f}")
assert abs(waits.mean() - exact.mean_wait) < 1.8 * half  # 3.5 standard errors

# %% [markdown]
# ## How long to warm up
# An empty hall fills at the pace of the relaxation time, about $(\sqrt{c\mu}-\sqrt{\lambda})^{-2}$ = 72 minutes here;
# six hundred minutes are eight of them. By hour of arrival over two thousand replications (Welch's picture) the wait
# has settled long before. An hour has few customers, and fewest when waits are short, so the mean of the hours' means
# would be biased (by a tenth here): the estimator is the ratio of sums, its error from the residuals (delta method).


# %%
def ratio(total, count):
    """Ratio of sums over replications, and half of its 95 % interval."""
    n, value = len(total), total.sum() / count.sum()
    error = np.sqrt(((total - value * count) ** 2).sum() / (n - 1) * n) / count.sum()
    return value, stats.t.ppf(0.975, n - 1) * error


def sums(batch, chosen):
    """Minutes waited and number of the chosen customers, by replication."""
    run = batch.codes[chosen, 0] - batch.first_replication
    return [np.bincount(run, w, minlength=batch.replications) for w in (batch.times[chosen, 1], None)]


shorter = twin.BranchModel(
    (service,), windows, patience=None, balking=None, open_minute=0, close_minute=1800, overrun_minutes=1e5
)
crew = twin.one_person_a_counter(shorter)
early = twin.simulate(shorter, crew, np.full((1, 60), 30.0), 2000, seed=8, until=900)
for hour in (0, 1, 2, 3, 5, 8, 12):
    value, half = ratio(*sums(early, early.times[:, 0] // 60 == hour))
    print(f"hour {hour:2}: {value:5.2f} ± {half:.2f}  (steady state {exact.mean_wait:.2f})")
    assert abs(value - exact.mean_wait) < 1.8 * half or hour < 5
    assert value < 0.7 * exact.mean_wait or hour > 0

# %% [markdown]
# ## Do the 95 % intervals cover 95 %?
# Two hundred experiments of twenty short replications each. One long batch, asked for in twenty pieces:
# `first_replication` makes them the pieces of one whole.

# %%
covered, experiments = 0, 200
for piece in range(20):
    batch = twin.simulate(shorter, crew, np.full((1, 60), 30.0), 200, seed=5, first_replication=200 * piece)
    total, count = sums(batch, batch.times[:, 0] > 600)
    for a in range(0, 200, 20):
        value, half = ratio(total[a : a + 20], count[a : a + 20])
        covered += abs(value - exact.mean_wait) < half
low, high = stats.binom.ppf([0.0005, 0.9995], experiments, 0.95)
print(f"{covered} of {experiments} intervals cover Erlang C's value (95 % would be {0.95 * experiments:.0f})")
assert low - 6 <= covered <= high  # short runs are skewed: a little under is known and accepted

# %% [markdown]
# ## Walk-outs: M/M/c+M against Erlang A
# More work than the windows can do, and exponential patience of 8 minutes keeps the hall stable.

# %%
impatient = twin.BranchModel(
    (service,), windows, patience=twin.Duration(8, shape="exponential"), balking=None, open_minute=0,
    close_minute=6000, overrun_minutes=1e5,
)  # fmt: skip
runs_a = twin.simulate(impatient, twin.one_person_a_counter(impatient), np.full((1, 200), 41.25), 40, seed=4)
erlang_a = queueing.solve(queueing.Queue(1.375, 1 / 4, 5, abandonment_rate=1 / 8))
late = runs_a.outcomes.query("arrival > 600")
late = late.assign(left=late.status == twin.STATUS_NAMES.index("abandoned"), delayed=late.waited > 0)
for name, column, expected in (
    ("mean wait", "waited", erlang_a.mean_wait),
    ("walk out", "left", erlang_a.abandonment),
    ("must wait", "delayed", erlang_a.p_wait),
):
    by_run = late.groupby("replication")[column].mean()
    half = stats.t.ppf(0.975, 39) * by_run.sem()
    print(f"{name:9} {by_run.mean():.4f} ± {half:.4f}, Erlang A {expected:.4f}")
    assert abs(by_run.mean() - expected) < 1.8 * half

# %% [markdown]
# ## Little's law
# Three numbers that are found apart: the queue as seen every minute, arrivals times waits, and the formula.

# %%
path = runs.queue_path(step=1.0, end=6000.0).loc[600:]
arrivals = (runs.times[:, 0] > 600).sum() / 100 / 5400
little = arrivals * runs.outcomes.query("arrival > 600").waited.mean()
print(f"queue seen {path['mean'].mean():.3f}, λW {little:.3f}, Erlang C {exact.mean_queue:.3f}")
assert abs(path["mean"].mean() / little - 1) < 0.02  # the ends of the window are all that differs

# %% [markdown]
# ## A day with a rush: M(t)/M/c against the forward equations
# No steady state exists; Kolmogorov's equations $\dot p_n$ of a chain cut at 160 customers are solved numerically, half
# hour by half hour. At 110 % load in the rush the wait peaks *after* the arrivals do, which no formula by half hours
# (SIPP) would show.

# %%
profile = np.array([0.5, 0.7, 1.0, 1.3, 1.5, 1.4, 1.1, 0.9, 0.8, 0.9, 1.0, 1.1, 1.0, 0.8, 0.7, 0.5])
per_minute = profile * 0.92
day = twin.BranchModel(
    (service,), windows, patience=None, balking=None, open_minute=0, close_minute=480, overrun_minutes=1e5
)
batches = []
for piece in range(10):  # ten batches of 1,000 days, so that the error of the mean path is known
    asked = (day, twin.one_person_a_counter(day), 30 * per_minute[None], 1000)
    rush = twin.simulate(*asked, seed=6, first_replication=1000 * piece)
    batches.append(rush.queue_path(step=10.0, end=480.0)["mean"])
seen, error = np.mean(batches, axis=0), np.std(batches, axis=0, ddof=1) / np.sqrt(10)

states, leaving = 160, np.minimum(np.arange(160), 5) / 4


def forward(_t, p, rate):
    """Flow of probability between the numbers of customers in the hall."""
    up, down = rate * p, leaving * p
    up[-1] = 0.0
    change = -up - down
    change[1:] += up[:-1]
    change[:-1] += down[1:]
    return change


p, exact_queue = np.eye(states)[0], []
for k, rate in enumerate(per_minute):
    grid = 30.0 * k + np.array([0.0, 10.0, 20.0, 30.0])
    solved = integrate.solve_ivp(forward, grid[[0, -1]], p, t_eval=grid, args=(rate,), rtol=1e-8, atol=1e-11).y
    exact_queue += list((np.maximum(np.arange(states) - 5, 0) @ solved)[:3])
    p = solved[:, -1]
known = np.array(exact_queue)
sipp = [queueing.solve(queueing.Queue(rate, 1 / 4, 5)).mean_queue for rate in per_minute]

for minute in range(0, 480, 30):
    i = minute // 10
    bar = "#" * round(4 * seen[i])
    print(f"{minute:3} min  twin {seen[i]:6.3f} ± {2.26 * error[i]:.3f}  exact {known[i]:6.3f}  {bar}")
assert (np.abs(seen - known) <= stats.t.ppf(1 - 0.0005, 9) * error).mean() > 0.9 and np.abs(seen - known).max() < 0.5
assert 10 * seen.argmax() > 30 * profile.argmax() + 30  # the queue lags behind the rush


def picture():
    """Queue over the day as SVG: the twin as dots, the forward equations as a line, half-hour formulas as steps."""

    def place(minute, queue):
        return f"{60 + 1.3 * minute:.1f},{250 - 18 * min(queue, 12.5):.1f}"

    line = " ".join(place(10 * i, q) for i, q in enumerate(known))
    steps = " ".join(f"{place(30 * k, q)} {place(30 * k + 30, q)}" for k, q in enumerate(sipp))
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="3" fill="#1668b8"/>'
        for x, y in (place(10 * i, queue).split(",") for i, queue in enumerate(seen))
    )
    hours = "".join(f'<text x="{60 + 78 * h}" y="270" text-anchor="middle">{h} h</text>' for h in range(9))
    ticks = "".join(f'<text x="50" y="{254 - 54 * i}" text-anchor="end">{3 * i}</text>' for i in range(5))
    words = (
        ("twin, 10,000 days", "#1668b8"),
        ("forward equations", "#222"),
        ("steady state of each half hour", "#c2410c"),
    )
    legend = "".join(f'<text x="420" y="{40 + 18 * i}" fill="{c}">{w}</text>' for i, (w, c) in enumerate(words))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 290" font-family="sans-serif" font-size="13">'
        '<rect width="720" height="290" fill="#fff"/><path d="M60 20V250H684" fill="none" stroke="#888"/>'
        f'{hours}{ticks}<text x="8" y="14">customers waiting (simulated)</text>'
        f'<polyline points="{steps}" fill="none" stroke="#c2410c" stroke-dasharray="5 4"/>'
        f'<polyline points="{line}" fill="none" stroke="#222" stroke-width="1.5"/>{dots}{legend}</svg>\n'
    )


if "--picture" in sys.argv:
    Path(sys.argv[sys.argv.index("--picture") + 1]).write_text(picture())

# %% [markdown]
# ## A branch in ten lines
# Seventeen services, three tiers, machines, lobby managers, breaks and patience: the same call.

# %%
branch = twin.demo_branch(seed=1, size="medium")
result = twin.simulate(branch.model, branch.staffing, branch.rates, replications=200, seed=7)
print(result.summary().round(2))
print(result.waits(("service",)).round(1))
assert abs(result.kpis["arrivals"].mean() / branch.rates.sum() - 1) < 0.05

# %% [markdown]
# ## The same people under every plan, and what that saves
# A difference of two plans is estimated day by day on the same customers. Its variance against that of the same
# difference with different customers is what common random numbers are worth: so many times fewer days.

# %%
busy = twin.demo_rates(branch.model, 420)
fewer = twin.Staffing(tuple(person for person in branch.staffing.people if person.code != "teller-1"))
same, other = 400, 10**6


def day_values(plan, seed, kpi):
    """One value of a KPI a day."""
    return twin.simulate(branch.model, plan, busy, same, seed=seed).kpis[kpi]


for kpi in ("wait_mean", "wait_p90", "abandoned"):
    base = day_values(branch.staffing, 7, kpi)
    paired = day_values(fewer, 7, kpi) - base
    apart = day_values(fewer, other, kpi) - base
    gain = apart.var(ddof=1) / paired.var(ddof=1)
    print(f"without teller 1, {kpi:9}: {paired.mean():+.2f} a day, variance {gain:.1f} times smaller when paired")
    assert gain > 1.5

# %% [markdown]
# ## What if: the same people, another plan
# A stand-in at lunch, a surge, an outage. Differences are paired, day by day, on the same people.

# %%
plans = {
    "as planned": (branch.staffing, ()),
    "floater stands in at K4 for its lunch": (
        branch.staffing,
        [twin.MovePerson(660.0, "floater", "K4"), twin.MovePerson(700.0, "floater", None)],
    ),
    "forty more with cash at ten": (branch.staffing, [twin.AddCustomers(600.0, "S02", 40, 30.0)]),
    "cash machines fail at ten": (branch.staffing, [twin.DeviceDown(600.0, f"C{i}") for i in (1, 2, 3)]),
}
answer = twin.compare(branch.model, busy, plans, 100, seed=7, workers=None)  # all cores: the same bits, sooner
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
changed_day, changed = twin.advance(now, np.inf, [twin.MovePerson(700.0, "floater", "K1")])
assert now.to_bytes() == saved
assert (events[events["minute"] < 700.0] == changed[changed["minute"] < 700.0]).all()
print(twin.events_frame(changed, changed_day).query("minute >= 700").head())

# %% [markdown]
# One future each is an anecdote. Two hundred futures of the next hour, in which all that nobody can know now is drawn
# anew, the same people for both decisions:

# %%
stay = twin.futures(now, 200, seed=5, until=750.0, rates=busy).kpis["wait_mean"]
stand_in = [twin.MovePerson(700.0, "floater", "K2"), twin.MovePerson(740.0, "floater", None)]
move = twin.futures(now, 200, seed=5, until=750.0, rates=busy, commands=stand_in)
gap = move.kpis["wait_mean"] - stay
half = stats.t.ppf(0.975, 199) * gap.std(ddof=1) / np.sqrt(200)
print(f"the floater stands in at K2: mean wait {gap.mean():+.2f} ± {half:.2f} min, shorter in {np.mean(gap < 0):.0%}")

# %% [markdown]
# ## What to tell a person with a ticket

# %%
for ticket in now.waiting()[:5]:
    eta = twin.eta(now, ticket, seed=5, rates=busy)
    print(f"customer {ticket}: {eta.p20:.0f} to {eta.p80:.0f} minutes, mean {eta.mean:.1f}")
    assert eta.p20 <= eta.p50 <= eta.p80
