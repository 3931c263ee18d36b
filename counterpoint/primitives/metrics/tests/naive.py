"""A third answer: the definition read by plain Python over lists of rows, written without looking at the other two."""

import math


def value(metric, rows):
    """The metric over `rows` (relation key → list of dicts)."""

    def counted(part):
        kept = [r for r in rows.get(part.relation, []) if all(holds(test, r) for test in part.where.tests)]
        return kept if not part.column else [r for r in kept if known(r.get(part.column))]

    def amount(terms):
        total = 0
        for term in terms:
            some = counted(term.part)
            total += term.sign * (sum(r[term.part.column] for r in some) if term.part.column else len(some))
        return total

    if metric.part is None:
        base = amount(metric.denominator)
        return metric.scale * amount(metric.numerator) / base if base > 0 else None
    some = counted(metric.part)
    if metric.measure == "count":
        return metric.scale * len(some)
    values = sorted(r[metric.part.column] for r in some)
    if not values:
        return None
    if metric.measure == "sum":
        return metric.scale * sum(values)
    if metric.measure == "mean":
        return metric.scale * sum(values) / len(values)
    rounded = [math.floor(v / metric.part.grid + 0.5) for v in values]
    share = int(metric.measure[1:])
    need = -(-share * len(rounded) // 100)  # whole numbers: so many values must not exceed it
    return metric.scale * rounded[max(0, need - 1)] * metric.part.grid


def known(found):
    return found is not None and not (isinstance(found, float) and math.isnan(found))


def holds(test, row):
    found = row.get(test.column)
    if test.op == "known":
        return known(found) is test.value
    if not known(found):
        return False
    match test.op:
        case "eq":
            return found == test.value
        case "not":
            return found != test.value
        case "in":
            return found in test.value
        case "not_in":
            return found not in test.value
        case "gt":
            return found > test.value
        case "ge":
            return found >= test.value
        case "lt":
            return found < test.value
        case "le":
            return found <= test.value
