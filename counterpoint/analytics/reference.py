"""The reference of all KPIs as a page of the docs, written from the content so that it cannot be out of date."""

from datetime import date

from django.utils import translation

from counterpoint.analytics import charts
from counterpoint.primitives.content import Item, every
from counterpoint.primitives.metrics import NAME, Metric, telling

HEAD = """# KPI reference

Written by `counterpoint numbers reference` from the content under `counterpoint/*/content/metrics/`; a test keeps it in
sync. Targets are defaults: headquarters, regions and branches set their own. Marks: V checked at its source, K common
knowledge, D design default, O of the house. Every worked example is executed by the content check of the build.

"""
LAST = date(2100, 1, 1)


def text() -> str:
    """The whole page."""
    newest: dict[str, Item] = {}
    for item in every(NAME):
        held = newest.get(item.key)
        if held is None or (item.version, item.effective_from) > (held.version, held.effective_from):
            newest[item.key] = item
    with translation.override("en"):
        groups = dict.fromkeys(item.value.group for item in newest.values())
        parts = [HEAD, f"{len(newest)} indicators.\n"]
        for group in groups:
            parts.append(f"\n## {charts.group_name(group)}\n")
            parts += [_one(item) for item in sorted(newest.values(), key=lambda i: i.key) if item.value.group == group]
    return "".join(parts)


def _one(item: Item) -> str:
    one: Metric = item.value
    lines = [
        f"\n### {one.code} · {one.name('en')} · {one.name('zh-hans')}\n",
        f"`{one.key}` v{item.version}, mark {item.mark}. {one.note('en')}".rstrip(),
        f"- **Formula:** {telling.formula(one)}",
        f"- **Unit:** {telling.unit_name(one.unit) or 'number'}, {charts.direction_name(one)};"
        f" target {telling.bounds(one, one.target) or 'none'}; fewer than {one.small} cases are marked, not judged",
        f"- **Grains:** {', '.join(one.grains)}; for {', '.join(one.subjects)}; answers for it: {one.owner}",
        f"- **Rows:** {', '.join(f'`{key}`' for key in one.relations)}. **Source:** {item.source}",
    ]
    lines += [f"- **Alert** ({each['level']}): {each['text']}" for each in charts.thresholds(one)]
    if one.on_breach:
        lines.append(f"- **Starts:** {', '.join(f'{word} {value}' for word, value in one.on_breach.items())}")
    for example in item.examples:
        lines.append(f"- **Example:** {_example(one, example['rows'])} → {telling.number(one, example['value'])}")
    return "\n".join(lines) + "\n"


def _example(one: Metric, given: object) -> str:
    told = []
    for rows in charts.example_rows(one, given):
        values = ["/".join(str(value) if value != "" else "–" for value in row) for row in rows["rows"]]
        told.append(f"{rows['name']} ({', '.join(rows['headings'])}): {'; '.join(values) or 'none'}")
    return " · ".join(told)
