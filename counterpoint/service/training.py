"""Trains the models of complaint texts from the written patterns and writes them as content.

``python -m counterpoint.service.training`` after a change of the patterns; the weights are the same on every machine
up to the last bit of a byte.
"""

from datetime import date
from pathlib import Path

from counterpoint.service.catalogue import patterns
from counterpoint.service.rules import corpus, grams

SEED = 20_260_101
ON = date(2026, 11, 1)
FILE = Path(__file__).resolve().parent / "content" / "complaint_models" / "models.yaml"
HEAD = """- key: {key}
  version: {version}
  source: "Trained on the patterns of complaint_corpus by counterpoint.service.training, seed {seed}, {count} texts"
  mark: D
  effective_from: 2020-03-01
  classes: [{classes}]
  scale: {scale!r}
  offsets: [{offsets}]
  weights: "{weights}"
"""


def train(*, seed: int = SEED) -> tuple[dict[str, grams.Model], int]:
    """The models of level and category, and how many texts they were trained on."""
    rows = corpus.draw(patterns(ON), seed=seed)
    texts = [row.text for row in rows]
    level = grams.fit(texts, [row.level for row in rows])
    return {"level": level, "category": grams.fit(texts, [row.category for row in rows])}, len(rows)


def write(version: int = 1) -> Path:
    """Train and write the content file."""
    models, count = train()
    parts = [
        HEAD.format(
            key=key, version=version, seed=SEED, count=count, classes=", ".join(model.classes), scale=model.scale,
            offsets=", ".join(map(str, model.offsets)),
            weights=model.to_text().replace("\\", "\\\\").replace('"', '\\"'),
        )
        for key, model in models.items()
    ]  # fmt: skip
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("".join(parts), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    write()
