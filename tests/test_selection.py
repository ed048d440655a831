"""Monte-Carlo SURE against known risks, and the choices it makes."""

import math

import numpy as np
import pytest
from naive import assert_same_bits, noise

import shiftinv as si
from shiftinv.denoising import monte_carlo_sure, soft
from shiftinv.denoising.selection import BANKS

FAR = 4  # standard errors


def normalised(name, n=2048):
    f = getattr(si.datasets, name)(n)
    return 7 * (f - f.mean()) / f.std()


def test_of_a_linear_estimator_it_is_steins_formula():
    # div f = 0.3 N for every probe of signs
    x, sigma = 5 + noise((500,)), 2.0
    exact = np.mean((0.7 * x) ** 2) - sigma**2 + 2 * sigma**2 * 0.3
    assert monte_carlo_sure(lambda y: 0.3 * y, x, sigma) == pytest.approx(exact, rel=1e-9)


def test_of_a_threshold_it_is_the_sure_that_counts():
    x, t, sigma = 3 * noise((4000,)), 1.5, 1.2
    beyond = np.mean(np.abs(x) > t)
    exact = np.mean(np.minimum(np.abs(x), t) ** 2) - sigma**2 + 2 * sigma**2 * beyond
    within = np.mean(np.abs(np.abs(x) - t) < 0.01 * sigma)  # that a step of sigma / 100 may carry across
    assert monte_carlo_sure(lambda y: soft(y, t), x, sigma) == pytest.approx(exact, abs=2 * sigma**2 * within)


@pytest.mark.parametrize("method", ["surelet", "bivariate", "ebayes", "bayes", 3.0])
def test_its_mean_is_the_mean_squared_error(method):
    clean, differences = normalised("doppler"), []
    for seed in range(12):
        x = clean + np.random.default_rng(seed).standard_normal(clean.size)

        def estimate(y):
            return si.denoise(y, "swt:sym4,levels=4", method=method, sigma=1)

        differences.append(monte_carlo_sure(estimate, x, 1.0, probes=4) - np.mean((estimate(x) - clean) ** 2))
    chance = FAR * np.std(differences, ddof=1) / math.sqrt(len(differences))
    assert abs(np.mean(differences)) < chance < 0.2


def test_the_best_is_the_one_with_the_least_risk_and_far_better_where_banks_differ():
    for name, bank, gain in (("blocks", "haar", 2.5), ("bumps", "db2", 1.2), ("doppler", "sym8", 0.99)):
        x = normalised(name) + noise((2048,))
        estimate, info = si.denoise(x, "best", sigma=1, return_info=True)
        assert info.transforms[0].startswith(f"swt:{bank},")
        chosen = f"{info.method} {info.transforms[0]}"
        assert info.risks[chosen] == min(info.risks.values())
        assert len(info.risks) == 2 * len(BANKS)
        assert_same_bits(estimate, si.denoise(x, info.transforms[0], method=info.method, sigma=1))
        error = np.mean((estimate - normalised(name)) ** 2)
        assert gain * error < np.mean((si.denoise(x, sigma=1) - normalised(name)) ** 2)


def test_a_method_that_is_asked_for_is_kept():
    x = normalised("blocks") + noise((2048,))
    _, info = si.denoise(x, "best", method="hybrid", rule="garrote", sigma=1, return_info=True)
    assert (info.method, list(info.thresholds)) == (
        "hybrid",
        list(si.transform(info.transforms[0]).layout(2048).details),
    )
    assert {name.split()[0] for name in info.risks} == {"hybrid"}


def test_an_image_is_denoised_by_the_mean_if_that_is_best():
    clean = si.datasets.camera()[128:256, 128:256]
    x = clean + 25 * noise(clean.shape)
    estimate, info = si.denoise(x, "best", return_info=True)
    errors = {name: np.mean((candidate - clean) ** 2) for name, candidate in candidates(x).items()}
    assert np.mean((estimate - clean) ** 2) < 1.05 * min(errors.values())
    assert {name.split()[0] for name in info.risks} == {"auto", "surelet", "bivariate"}


def candidates(x):
    return {method: si.denoise(x, method=method) for method in ("auto", "surelet", "bivariate")}


@pytest.mark.parametrize("x", [np.full(64, 3.0), np.zeros((16, 16)), np.arange(3.0)])
def test_where_there_is_nothing_to_choose_nothing_is_chosen(x):
    estimate, info = si.denoise(x, "best", sigma=0, return_info=True)
    assert_same_bits(estimate, x)
    assert info.risks == {}


def test_what_is_refused():
    x = normalised("blocks") + noise((2048,))
    with pytest.raises(ValueError, match=r"transform='best' estimates risks for white noise\. Name a transform"):
        si.denoise(x, "best", noise="level-dependent")
    with pytest.raises(TypeError, match=r"transform='best' is for real data\. Use x\.real and x\.imag"):
        si.denoise(x + 1j, "best", sigma=1)
    with pytest.raises(ValueError, match=r"f returns shape \(\) for a signal of \(2048,\)\. Use an f that keeps"):
        monte_carlo_sure(np.mean, x, 1.0)
    with pytest.raises(ValueError, match=r"sigma=0"):
        monte_carlo_sure(np.copy, x, 0.0)


def test_a_function_may_write_into_what_it_gets_and_into_what_it_returned():
    x = 5 + noise((500,))
    given, kept, expected = x.copy(), np.empty(500), monte_carlo_sure(lambda y: 0.3 * y, x, 2.0, probes=3)

    def in_place(y):
        y *= 0.3
        return y

    for f in (in_place, lambda y: np.multiply(y, 0.3, out=kept)):
        assert monte_carlo_sure(f, x, 2.0, probes=3) == expected
        assert_same_bits(x, given)


def test_small_integers_are_the_numbers_they_are():
    x = 100 + 20 * noise((500,))
    whole = monte_carlo_sure(np.rint, x, 20.0)
    assert monte_carlo_sure(lambda y: np.rint(y).astype(np.uint8), x, 20.0) == whole
    with pytest.raises(
        TypeError, match=r"^f returned a list of parts .*\. Return the estimate as one array of numbers"
    ):
        monte_carlo_sure(lambda y: [y, y[:1]], x, 20.0)
    with pytest.raises(TypeError, match=r"^f returned None, not one array of numbers\. Return the estimate"):
        monte_carlo_sure(lambda y: None, x, 20.0)


def test_the_same_seed_gives_the_same_number_and_another_one_another():
    x = normalised("bumps") + noise((2048,))
    first, again, other = (monte_carlo_sure(lambda y: soft(y, 2), x, 1.0, seed=seed) for seed in (0, 0, 1))
    assert first == again != other


def test_choices_do_not_depend_on_threads():
    x = np.tile(normalised("bumps"), (4, 1)) + noise((4, 2048))
    one, two = (si.denoise(x, "best", sigma=1, axes=1, workers=workers) for workers in (1, 2))
    assert_same_bits(one, two)
