"""The learner model on the answers of ASSISTments 2009–2010, students never seen: area under the curve beside the bar.

    python -m benchmarks.learners PID_ARCHIVE [--updated UPDATED_ARCHIVE] [--folds 1 2 3 4 5]

PID_ARCHIVE: assist2009_pid_akt.tar.xz, five folds of students with item ids (of Ghosh, Heffernan and Lan 2020);
UPDATED_ARCHIVE: assist2009_updated_dkvmn.tar.xz, skills only, one split (of Zhang and others 2017). Data: Feng,
Heffernan and Koedinger 2009. The logs write a problem once for each of its skills, with the same answer; a
model that sees the row before reads that answer off. So every figure is told twice: with such rows left out, and as the
log stands.
Nothing is tuned on the test students; the validation part is not used.
"""

import argparse
import tarfile
import time
from pathlib import Path

import numpy as np

from counterpoint.science import psychometrics as p

BAR = 0.76


def attempts(lines, *, with_items):
    """From blocks of lines: (count or ids), items where there are any, skills, right."""
    width = 4 if with_items else 3
    student, item, skill, right = [], [], [], []
    for first in range(0, len(lines) - width + 1, width):
        block = [
            [int(value) for value in line.strip().split(",") if value] for line in lines[first + 1 : first + width]
        ]
        student += [first // width] * len(block[-1])
        item += block[0]
        skill += block[-2]
        right += block[-1]
    return p.Attempts(student, item, skill, right)


def read(archive, name, *, with_items):
    with tarfile.open(archive) as tar:
        member = next(one for one in tar.getmembers() if Path(one.name).name == name)
        return attempts(tar.extractfile(member).read().decode().splitlines(), with_items=with_items)


def figures(train, test, scored=None):
    """(area, share right at one half, area of the items' shares alone, seconds of CPU)."""
    began = time.process_time()
    model = p.fit_learner(train)
    told = model.chances(test)
    seconds = time.process_time() - began
    rates = model.rates
    pairs = zip(test.item.tolist(), test.skill.tolist(), strict=True)
    alone = np.array([rates.easiness(item, skill) for item, skill in pairs])
    keep = np.ones(len(test), dtype=bool) if scored is None else scored
    right = test.right[keep]
    return (
        p.area(right, told[keep]),
        float(((told[keep] > 0.5) == right).mean()),
        p.area(right, alone[keep]),
        seconds,
    )


def line(name, found):
    area, correct, alone, seconds = found
    print(f"{name:54s} {area:.4f}  {correct:.4f}   {alone:.4f}   {seconds:5.1f}", flush=True)
    return area


def by_item(archive, folds):
    left_out, standing = [], []
    for fold in folds:
        train, test = (read(archive, f"assist2009_pid_{part}{fold}.csv", with_items=True) for part in ("train", "test"))
        bare = figures(p.without_repeats(train), p.without_repeats(test))
        left_out.append(line(f"fold {fold}, repeated rows left out", bare))
        standing.append(line(f"fold {fold}, rows as they stand", figures(train, test)))
        same = p.repeats(test)
        again = test.right[np.flatnonzero(same) - 1] == test.right[same]
        print(
            f"  {same.mean():.1%} of {len(test)} test rows repeat the one before, {again.mean():.2%} of them its answer"
        )
    for name, areas in (("repeated rows left out", left_out), ("rows as they stand", standing)):
        mean = float(np.mean(areas))
        verdict = "kept" if mean >= BAR else "BROKEN"
        print(f"{name}: mean {mean:.4f}, {min(areas):.4f} to {max(areas):.4f}; bar {BAR} {verdict}")


def by_skill(archive):
    train, test = (read(archive, f"assist2009_updated_{part}.csv", with_items=False) for part in ("train", "test"))
    area = line("skills only, published split, rows as they stand", figures(train, test))
    print(f"  repeats cannot be told here (no item ids); bar {BAR} {'kept' if area >= BAR else 'BROKEN'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pid", type=Path, metavar="PID_ARCHIVE")
    parser.add_argument("--updated", type=Path)
    parser.add_argument("--folds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    options = parser.parse_args()
    print(f"{'':54s} area    correct  items    CPU s")
    by_item(options.pid, options.folds)
    if options.updated:
        by_skill(options.updated)


if __name__ == "__main__":
    main()
