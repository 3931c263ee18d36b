"""Which shifts and lunches a person's day could be made of."""

from __future__ import annotations

from counterpoint.science.rostering.problem import RosterProblem

Span = tuple[int, int]


def spans(problem: RosterProblem, person: str, day: int) -> list[Span]:
    """Allowed ``(start, end)`` of that day, sorted, on the grid; shifts fixed by hand are always among them."""
    pinned = {(p.start, p.end) for p in problem.pins if p.kind == "shift" and (p.person, p.day) == (person, day)}
    found = {span for span in pinned if _on_grid(problem, span)}
    this, rules = problem.days[day], problem.shifts
    if this.open is None or this.close is None:
        return sorted(found)
    first = max(problem.start, this.open - rules.lead)
    last = min(problem.end, this.close + rules.tail)
    allowed = {(t.start, t.end) for t in rules.templates}
    for flexible in rules.flexible:
        for start in range(flexible.earliest, flexible.latest + 1, flexible.step):
            for length in range(flexible.shortest, flexible.longest + 1, flexible.step):
                allowed.add((start, start + length))
    on_grid = {span for span in allowed if _on_grid(problem, span)}
    return sorted(found | {(start, end) for start, end in on_grid if first <= start and end <= last})


def _on_grid(problem: RosterProblem, span: Span) -> bool:
    return span[0] < span[1] and not any((edge - problem.start) % problem.step for edge in span)


def lunches(problem: RosterProblem) -> list[Span]:
    """Lunches on the grid inside the lunch window."""
    rule = problem.lunch
    if rule is None:
        return []
    first = problem.start + -(-max(0, rule.earliest - problem.start) // problem.step) * problem.step
    return [
        (start, start + length)
        for length in rule.lengths
        for start in range(first, rule.latest - length + 1, problem.step)
    ]


def choices(problem: RosterProblem) -> int:
    """How many shifts and lunches there are to choose from, over all people and days."""
    total, eaten = 0, lunches(problem)
    for person in problem.people:
        for day in range(len(problem.days)):
            mine = spans(problem, person.id, day)
            long = [span for span in mine if needs_lunch(problem, span)]
            total += len(mine) + sum(any(fits(problem, span, lunch) for span in long) for lunch in eaten)
    return total


def needs_lunch(problem: RosterProblem, span: Span) -> bool:
    """True when the shift is long enough to hold a lunch."""
    return problem.lunch is not None and span[1] - span[0] >= problem.lunch.from_span


def fits(problem: RosterProblem, span: Span, lunch: Span) -> bool:
    """True when ``lunch`` keeps its distance from both ends of the shift."""
    edge = problem.lunch.edge if problem.lunch else 0
    return span[0] + edge <= lunch[0] and lunch[1] <= span[1] - edge
