"""Item response theory beside its bars: published items of the Law School Admission Test, and adaptive sittings.

    python -m benchmarks.irt [FOLDER] [--people 2000] [--bank 300] [--length 40]

FOLDER holds lsat6.csv and lsat7.csv (1,000 people, five items; Bock and Lieberman 1970). Without it only the simulation
runs. Each person of the simulation answers a whole bank of items once; fixed forms and adaptive sittings read the same
answers. `calibrated` uses items fitted on 1,000 other people instead of the true ones.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from counterpoint.science import psychometrics as p

# ltm (Rizopoulos 2006, J. Stat. Softw. 17(5)) for section 6; mirt (Chalmers 2012, J. Stat. Softw. 48(6)) for section 7
LTM = {
    "slope": (0.8254, 0.7229, 0.8905, 0.6886, 0.6575),
    "difficulty": (-3.3597, -1.3696, -0.2799, -1.8659, -3.1236),
    "slope_error": (0.2581, 0.1867, 0.2326, 0.1852, 0.2100),
    "difficulty_error": (0.8669, 0.3073, 0.0997, 0.4341, 0.8700),
}
MIRT = {"slope": (0.988, 1.081, 1.706, 0.765, 0.736), "intercept": (1.856, 0.808, 1.804, 0.486, 1.855)}
SHARES = {"cash": 0.5, "law": 0.3, "people": 0.2}
BAR = 0.01


def section(path, published):
    rows = list(csv.reader(path.open()))
    answers = p.responses([[int(mark) for mark in row] for row in rows[1:]], rows[0])
    began = time.process_time()
    found = p.fit(answers, "2pl", p.NO_PRIOR)
    seconds = time.process_time() - began
    print(f"\n{path.name}: log likelihood {found.log_likelihood:.3f}, {seconds:.2f} s of CPU")
    own = {name: getattr(found.items, name) for name in LTM} | {
        "intercept": -found.items.slope * found.items.difficulty
    }
    for name, values in published.items():
        off = np.abs(own[name] - values).max()
        told = f"bar {BAR} {'kept' if off <= BAR else 'BROKEN'}"
        print(f"  {name:16s} {np.round(own[name], 3)}  published {np.array(values)}  largest gap {off:.4f}, {told}")
    one = p.fit(answers, "1pl", p.NO_PRIOR)
    print(
        f"  one slope for all: {one.items.slope[0]:.3f} ± {one.items.slope_error[0]:.3f}, difficulties "
        f"{np.round(one.items.difficulty, 3)}, log likelihood {one.log_likelihood:.3f}"
    )


def world(people, size, seed):
    """(bank with true items, abilities, everybody's answers to everything, items fitted on 1,000 others)."""
    rng = np.random.default_rng(seed)
    true = p.items(1.1 * np.exp(rng.normal(0, 0.3, size)), rng.normal(0, 1, size))
    cells = tuple(rng.choice(list(SHARES), size, p=list(SHARES.values())))
    ability = rng.normal(size=people)
    answers = (rng.random((people, size)) < true.chance(ability)).astype(int)
    others = (rng.random((1000, size)) < true.chance(rng.normal(size=1000))).astype(int)
    began = time.process_time()
    fitted = p.fit(p.Responses(others, true.names))
    print(f"\nbank of {size} items fitted on 1,000 people in {time.process_time() - began:.1f} s of CPU")
    for name in ("slope", "difficulty"):
        off = getattr(fitted.items, name) - getattr(true, name)
        error = getattr(fitted.items, f"{name}_error")
        print(
            f"  {name}: off by {np.sqrt((off**2).mean()):.3f}, stated {np.sqrt((error**2).mean()):.3f}; "
            f"{(np.abs(off) < 1.96 * error).mean():.1%} within 1.96 errors"
        )
    return p.Bank(true, cells), ability, answers, fitted.items


def sat(bank, plan, marks, person, exposure):
    given, now = [], p.EVERYBODY
    while p.stopped(plan, len(given), now) is None:
        draw = p.chance(1, person, len(given))
        given.append(p.choose(bank, plan, given, now, draw=draw, exposure=exposure))
        now = p.ability(bank.items.take(given), marks[given])
    return given, now


def judged(name, mean, sd, truth, length):
    off = mean - truth
    print(
        f"  {name:44s} items {np.median(length):4.0f}  error {np.sqrt((off**2).mean()):.3f}  stated "
        f"{np.sqrt((sd**2).mean()):.3f}  bias {off.mean():+.3f}  within 1.96 sd {(np.abs(off) < 1.96 * sd).mean():.1%}"
    )


def adaptive(bank, truth, answers, length, *, title):
    counts = {cell: round(share * length) for cell, share in SHARES.items()}
    drawn = list(p.draw_form(bank, counts, seed=3))
    told = bank.items.information(np.linspace(-2, 2, 9)).mean(axis=0)
    best = [
        i
        for cell in SHARES
        for i in sorted(np.flatnonzero(np.array(bank.cells) == cell), key=lambda i: -told[i])[: counts[cell]]
    ]
    goal = 0.0
    print(f"\n{title}")
    for name, form in (("fixed form, best items of the bank", best), ("fixed form, drawn", drawn)):
        mean, sd = p.abilities(bank.items.take(form), answers[:, form])
        goal = float(np.median(sd))
        judged(name, mean, sd, truth, np.full(len(truth), len(form)))
    for name, cap in (("adaptive, one of the best 5", 1.0), ("adaptive, and in at most a fifth of sittings", 0.2)):
        plan = p.Plan(SHARES, enough=goal, fewest=5, most=length, cap=cap)
        shown, ended = np.zeros(len(bank.items)), []
        for n in range(len(truth)):
            ended.append(sat(bank, plan, answers[n], n, p.Exposure(shown, n)))
            shown[ended[-1][0]] += 1
        needed = np.array([len(given) for given, _ in ended])
        mean, sd = (np.array([getattr(now, part) for _, now in ended]) for part in ("mean", "sd"))
        judged(name, mean, sd, truth, needed)
        verdict = "kept" if np.median(needed) <= length / 2 else "BROKEN"
        print(
            f"    to the sd {goal:.3f} of the drawn form: median {np.median(needed):.0f} of {length} items, "
            f"bar {length // 2} {verdict}; nine of ten in {np.quantile(needed, 0.9):.0f}; "
            f"{(sd <= goal).mean():.1%} reach it; the most shown item in {shown.max() / len(truth):.1%} of sittings"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--bank", type=int, default=300)
    parser.add_argument("--length", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.folder:
        section(options.folder / "lsat6.csv", LTM)
        section(options.folder / "lsat7.csv", MIRT)
    bank, truth, answers, fitted = world(options.people, options.bank, options.seed)
    adaptive(bank, truth, answers, options.length, title=f"{options.people} people, true items")
    calibrated = p.Bank(fitted, bank.cells)
    adaptive(calibrated, truth, answers, options.length, title=f"{options.people} people, calibrated items")


if __name__ == "__main__":
    main()
