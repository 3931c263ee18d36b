"""`counterpoint warm`: compile the twin and the roster search once at set-up; nobody waits for it later."""

from collections.abc import Callable

import click


def _twin() -> None:
    """Every compiled entry point on the smallest possible day."""
    from counterpoint.science import twin

    branch = twin.demo_branch(seed=1, size="small")
    model, staffing, rates = branch.model, branch.staffing, branch.rates
    twin.simulate(model, staffing, rates, replications=2, seed=1)
    twin.run_day(model, staffing, twin.draw_customers(model, rates, seed=1))
    noon = 12 * 60.0
    service, tier = model.services[0].code, model.tiers[-1].code
    state = twin.state_from_live(
        model, staffing, now=noon, seed=1, waiting=[(noon - 5, service, tier)] * 99, in_service=[], rates=rates
    )
    twin.eta(state, ticket=int(state.waiting()[-1]), seed=1, n=2)
    twin.futures(state, 2, seed=1, until=noon + 30)


def _rosters() -> None:
    """The search of whole weeks on a small one."""
    from counterpoint.science import rostering
    from counterpoint.science.rostering.datasets import branch_week

    rostering.solve(branch_week(5), seed=1, limit=rostering.Limit(deterministic=0.01))


PARTS: dict[str, Callable[[], None]] = {"twin": _twin, "rosters": _rosters}


@click.command(help="Compile the branch-day engine and keep it on disk; a minute or two the first time, then at once.")
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
def warm(parts: tuple[str, ...]) -> None:
    """Call what is compiled, part by part; all of it when none is named."""
    with click.progressbar(parts or tuple(PARTS), label="Compiling the engine") as bar:
        for part in bar:
            PARTS[part]()
