"""`counterpoint warm`: compile the twin and the roster search once at set-up; nobody waits for it later."""

import click


@click.command(help="Compile the branch-day engine and keep it on disk; a minute or two the first time, then at once.")
def warm() -> None:
    """Call every compiled entry point on the smallest possible day."""
    from counterpoint.science import rostering, twin
    from counterpoint.science.rostering.datasets import branch_week

    branch = twin.demo_branch(seed=1, size="small")
    model, staffing, rates = branch.model, branch.staffing, branch.rates
    with click.progressbar(length=5, label="Compiling the engine") as bar:
        twin.simulate(model, staffing, rates, replications=2, seed=1)
        bar.update(1)
        customers = twin.draw_customers(model, rates, seed=1)
        twin.run_day(model, staffing, customers)
        bar.update(1)
        noon = 12 * 60.0
        service, tier = model.services[0].code, model.tiers[-1].code
        state = twin.state_from_live(
            model, staffing, now=noon, seed=1, waiting=[(noon - 5, service, tier)] * 99, in_service=[], rates=rates
        )
        bar.update(1)
        twin.eta(state, ticket=int(state.waiting()[-1]), seed=1, n=2)
        twin.futures(state, 2, seed=1, until=noon + 30)
        bar.update(1)
        rostering.solve(branch_week(5), seed=1, limit=rostering.Limit(deterministic=0.01))
        bar.update(1)
