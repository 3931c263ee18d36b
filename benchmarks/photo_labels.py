"""Expiry labels in drawn photos: how many are read right, how many are left to a person, how many are silently wrong.

    python -m benchmarks.photo_labels [--count 600] [--first 100000] [--fonts FOLDER] [--codes 200] [--copies 300]

Labels, wear, light, angle, shake, noise and compression are drawn from seeds of their own; thresholds were set on
seeds below 10000. Prints shares with 95 % intervals, seconds of CPU a photo on one core, and the same for QR codes and
copies of photos. Fonts: those of the product and the system, and all in FOLDER.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import io
from collections import Counter
from pathlib import Path
from time import process_time

import cv2
import numpy as np
from scipy.stats import beta

from counterpoint.science import photos
from counterpoint.science.photos import drawn, fonts, words

cv2.setNumThreads(1)
RIGHT, UNSURE, WRONG = "read right", "left to a person", "silently wrong"


def interval(part, whole):
    """95 % interval of a share, exact."""
    low = beta.ppf(0.025, part, whole - part + 1) if part else 0.0
    high = beta.ppf(0.975, part + 1, whole - part) if part < whole else 1.0
    return f"{100 * part / whole:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def verdict(label, found):
    """One of the three. A label without an expiry is right when none is named, whatever else is said."""
    if found is None:
        return RIGHT if label.expiry is None else UNSURE
    if not found.sure:
        return UNSURE
    right = label.expiry is not None and (found.on, found.precision) == (label.expiry, label.precision)
    return RIGHT if right else WRONG


def labels(first, count, names):
    """Read the labels of the seeds and print shares, also by what was done to the photo."""
    words.read(np.zeros((64, 64, 3), np.uint8))  # loads the models
    told, groups, seconds, guessed = Counter(), {}, [], 0
    for seed in range(first, first + count):
        label = drawn.draw(seed, names)
        began = process_time()
        found = photos.read_label(label.picture).expiry
        seconds.append(process_time() - began)
        said = verdict(label, found)
        told[said] += 1
        guessed += said == UNSURE and found is not None and found.on == label.expiry
        hard = ("easy", "medium", "hard")[min(2, int(label.traits["hardness"] * 3))]
        for group in (hard, label.traits["font"], label.traits["what"], f"worn {label.traits['worn']}"):
            groups.setdefault(group, Counter())[said] += 1
        if said == WRONG:
            print(f"  wrong: seed {seed} says {found.on} for {label.expiry}, {label.traits}")
    print(f"{count} labels, seeds {first}–{first + count - 1}, {len(names)} fonts")
    for name in (RIGHT, UNSURE, WRONG):
        print(f"  {name:18s} {interval(told[name], count)}")
    print(f"  of those left to a person, the proposal was right in {guessed} of {told[UNSURE]}")
    seconds.sort()
    print(
        f"  seconds of CPU: median {seconds[count // 2]:.2f}, p99 {seconds[int(count * 0.99)]:.2f},"
        f" most {seconds[-1]:.2f}"
    )
    for group, own in sorted(groups.items()):
        total = sum(own.values())
        print(f"    {group:28s} {total:4d}  right {own[RIGHT] / total:6.1%}  wrong {own[WRONG] / total:6.1%}")


def codes(first, count):
    """QR labels in the same kind of photos."""
    import segno

    read = wrong = 0
    for seed in range(first, first + count):
        rng = np.random.default_rng(seed)
        text = "HTTPS://BRANCH.EXAMPLE/E/" + "".join(rng.choice(list("23456789abcdefghjkmnpqrstuvwxyz"), 10))
        out = io.BytesIO()
        segno.make(text, error="m").save(out, kind="png", scale=10, border=4)
        code = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
        photo = drawn.photograph(code, rng, float(rng.uniform(0, 1)), {})
        found = photos.codes(photo)
        read += any(one.text == text for one in found)
        wrong += any(one.text != text for one in found)
    print(f"{count} QR codes: read {interval(read, count)}, another text {wrong}")


def copies(first, count, names):
    """The same photo handed in again (smaller, compressed, brighter), and other photos of like labels."""
    prints, same, near = [], Counter(), 0
    for seed in range(first, first + count):
        rng = np.random.default_rng(seed)
        photo = drawn.draw(seed, names, hardness=0.4).picture
        prints.append(photos.fingerprint(photo.tobytes(), photo))
        scale = float(rng.uniform(0.25, 0.9))
        again = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        again = np.clip(again.astype(np.float32) * rng.uniform(0.85, 1.15) + rng.uniform(-12, 12), 0, 255).astype(
            np.uint8
        )
        again = cv2.imdecode(cv2.imencode(".jpg", again, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))])[1], 1)
        same[photos.judged(prints[-1].distance(photos.fingerprint(again.tobytes(), again)))] += 1
    pairs = [(a, b) for i, a in enumerate(prints) for b in prints[:i]]
    told = Counter(photos.judged(a.distance(b)) for a, b in pairs)
    near = told["near"]
    print(
        f"{count} photos handed in again: known {interval(same['same'], count)}, asked about {same['near']},"
        f" missed {same['other']}"
    )
    print(f"{len(pairs)} pairs of different photos: taken for the same {told['same']}, asked about {near}")


def main():
    """Read the options and measure."""
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=600)
    options.add_argument("--first", type=int, default=100_000)
    options.add_argument("--codes", type=int, default=200)
    options.add_argument("--copies", type=int, default=300)
    options.add_argument("--fonts", type=Path, action="append", default=[])
    given = options.parse_args()
    names = fonts.found(given.fonts)
    print("fonts:", ", ".join(sorted({Path(name).stem for name in names})))
    if given.count:
        labels(given.first, given.count, names)
    if given.codes:
        codes(given.first, given.codes)
    if given.copies:
        copies(given.first, given.copies, names)


if __name__ == "__main__":
    main()
