"""Branch, region and bank: sums hold, nothing is negative, and the answer is the textbook's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from counterpoint.science.demand import DemandInputError, error_cov, hierarchy, reconcile

PATHS = [("bank", "north", "a"), ("bank", "north", "b"), ("bank", "south", "c")]
TREE = hierarchy(PATHS)


def some_cov(seed, size=6):
    root = np.random.default_rng(seed).normal(size=(size, size))
    return root @ root.T + 0.5 * np.eye(size)


class TestTree:
    def test_the_bank_comes_first_and_the_branches_last(self):
        assert TREE.nodes == (("bank",), ("bank", "north"), ("bank", "south"), *PATHS)
        assert TREE.sums.tolist() == [[1, 1, 1], [1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]

    @pytest.mark.parametrize("paths", [[], [("bank", "a"), ("bank", "north", "b")], [("bank", "a")] * 2])
    def test_a_tree_that_is_none_is_refused(self, paths):
        with pytest.raises(DemandInputError):
            hierarchy(paths)


class TestReconcile:
    def test_by_the_formula_of_minimum_trace(self):
        """Wickramasuriya et al. 2019, equation 9: S (S' W^-1 S)^-1 S' W^-1 y."""
        cov, base = some_cov(1), np.array([100.0, 55, 40, 30, 20, 45])
        inverse = np.linalg.inv(cov)
        formula = TREE.sums @ np.linalg.inv(TREE.sums.T @ inverse @ TREE.sums) @ TREE.sums.T @ inverse @ base
        assert reconcile(TREE, base, cov) == pytest.approx(formula)

    def test_where_the_formula_is_negative_by_a_general_optimiser(self):
        cov, base = np.diag([4.0, 2, 2, 1, 1, 1]), np.array([10.0, 4, 6, 12.0, 0.5, 6.0])
        found = reconcile(TREE, base, cov)
        inverse = np.linalg.inv(cov)
        loss = lambda b: float((base - TREE.sums @ b) @ inverse @ (base - TREE.sums @ b))  # noqa: E731
        best = minimize(loss, np.ones(3), bounds=[(0, None)] * 3, options={"ftol": 1e-14})
        assert found[-3:] == pytest.approx(best.x, abs=1e-4)
        assert found[4] == 0.0

    @given(st.lists(st.floats(-50, 500), min_size=6, max_size=6), st.integers(0, 50))
    def test_sums_hold_and_nothing_is_negative(self, base, seed):
        found = reconcile(TREE, np.array(base), some_cov(seed))
        assert (found >= 0).all()
        assert found[0] == pytest.approx(found[3] + found[4] + found[5], abs=1e-6)
        assert found[1] == pytest.approx(found[3] + found[4], abs=1e-6)
        assert found[2] == pytest.approx(found[5], abs=1e-6)

    def test_what_adds_up_already_stays(self):
        base = TREE.sums @ np.array([[10.0, 1], [20, 2], [30, 3]])
        assert reconcile(TREE, base, some_cov(2)) == pytest.approx(base)

    def test_paths_stay_coherent_one_by_one_so_that_quantiles_do(self):
        paths = np.random.default_rng(3).gamma(5, 10, (6, 200, 4))
        found = reconcile(TREE, paths, some_cov(3))
        assert found[0] == pytest.approx(found[3:].sum(axis=0), abs=1e-6)
        low, high = np.quantile(found, [0.1, 0.9], axis=1)
        assert (low <= high).all()

    def test_reconciled_forecasts_of_all_levels_are_no_worse_than_their_own(self):
        rng = np.random.default_rng(4)
        truth = TREE.sums @ rng.gamma(20, 5, (3, 400))
        noise = np.array([12.0, 10, 10, 8, 8, 8])[:, None] * rng.normal(size=(6, 400))
        cov = error_cov(noise[:, :200].T)
        found = reconcile(TREE, truth[:, 200:] + noise[:, 200:], cov)
        error = ((found - truth[:, 200:]) ** 2).mean(axis=1)
        assert (error < (noise[:, 200:] ** 2).mean(axis=1)).all()


class TestErrorCov:
    def test_many_errors_leave_the_sample_covariance(self):
        errors = np.random.default_rng(5).multivariate_normal(np.zeros(6), some_cov(5), 20000)
        assert error_cov(errors) == pytest.approx(np.cov(errors.T, bias=True), rel=0.02, abs=0.02)

    def test_few_errors_of_many_nodes_can_still_be_inverted(self):
        errors = np.random.default_rng(6).normal(size=(5, 40))
        assert np.linalg.eigvalsh(error_cov(errors)).min() > 0.01

    def test_two_errors_are_too_few(self):
        with pytest.raises(DemandInputError, match="three past errors"):
            error_cov(np.zeros((2, 6)))
