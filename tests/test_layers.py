"""Layers of a convolutional network, measured as a wavelet is: which are invariant, which equivariant, and to what."""

from __future__ import annotations

import itertools
import math
import pickle

import numpy as np
import pytest
from naive import assert_close, assert_same_bits, convolution_layer, layer_output, noise, polyphase_layer
from scipy import ndimage

import shiftinv as si
from shiftinv import metrics
from shiftinv.groups import shifted
from shiftinv.layers import (
    AdaptivePolyphaseSampling,
    AveragePooling,
    BlurPooling,
    Chain,
    Convolution,
    GlobalAverage,
    Layer,
    MaxPooling,
    Rectifier,
)
from shiftinv.testing import LAWS, check_transform

KERNEL = (1.0, -2.0, 0.5)
STATIONARY = [Convolution(KERNEL), MaxPooling(3, stride=1), AveragePooling(3, stride=1), BlurPooling(5, 1), Rectifier()]
STRIDED = [
    kind
    for s in (2, 3, 4)
    for kind in (Convolution(KERNEL, s), MaxPooling(3, s), MaxPooling(s), AveragePooling(s), BlurPooling(3, s))
]
ADAPTIVE = [
    AdaptivePolyphaseSampling(2),
    AdaptivePolyphaseSampling(3),
    Chain(
        [Convolution(KERNEL), Rectifier(), AdaptivePolyphaseSampling(2), MaxPooling(2, 1), AdaptivePolyphaseSampling(2)]
    ),
]
MIXED = [
    Chain([MaxPooling(2), Convolution(KERNEL, 2)]),
    Chain([MaxPooling(2), AdaptivePolyphaseSampling(2)]),
    Chain([AdaptivePolyphaseSampling(2), BlurPooling(3)]),
    Chain([AdaptivePolyphaseSampling(3), AveragePooling(2), AdaptivePolyphaseSampling(2)]),
    Chain([Convolution(KERNEL, 2), Rectifier(), GlobalAverage()]),
]
INVARIANT = [
    GlobalAverage(),
    Chain([Convolution(KERNEL), Rectifier(), GlobalAverage()]),
    Chain([*ADAPTIVE[2].layers, GlobalAverage()]),
]
LAYERS = [*STATIONARY, *STRIDED, *ADAPTIVE, *MIXED, *INVARIANT]
named = {"ids": repr}

# --- the pattern of five samples ----------------------------------------------------------------------------------


PATTERN, MOVED = np.array([0.0, 3.0, 2.0, 0.0, 0.0]), np.array([0.0, 0.0, 3.0, 2.0, 0.0])


def test_the_two_patterns_are_one_shift_apart():
    assert_same_bits(shifted(PATTERN, (1,), (0,)), MOVED)


def test_the_value_of_the_maximum_is_invariant_and_its_place_equivariant():
    every = range(5)
    assert metrics.invariance_error(np.max, PATTERN, every).tolist() == [0] * 5
    assert metrics.invariance_error(np.argmax, PATTERN, [1]).tolist() == [1]  # 1 became 2
    moves = lambda place, shift: (place + shift[0]) % 5  # noqa: E731
    assert metrics.equivariance_error(np.argmax, PATTERN, every, action=moves).tolist() == [0] * 5


def test_a_layer_is_equivariant_and_not_invariant_on_the_pattern():
    layer = Convolution([1, -1])
    assert_same_bits(layer.forward(MOVED).approx, np.roll(layer.forward(PATTERN).approx, 1))
    assert metrics.equivariance_error(layer, PATTERN, 5).tolist() == [0] * 5
    assert (metrics.invariance_error(layer, PATTERN, range(1, 5)) > 0.5).all()


# --- what a shift does ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", STATIONARY, **named)
@pytest.mark.parametrize("shape", [(31,), (9, 10), (4, 5, 6)])
def test_stride_one_is_exactly_equivariant(layer, shape):
    assert layer.action.kind == "exact"
    assert not metrics.equivariance_error(layer, noise(shape), min(shape)).any()
    assert metrics.invariance_error(layer, noise(shape), [1])[0] > 0.1
    assert metrics.shift_variance(layer, noise(shape), shifts=3).total < 1e-14


@pytest.mark.parametrize("layer", STRIDED, **named)
@pytest.mark.parametrize("shape", [(48,), (12, 24)])
def test_a_stride_is_equivariant_to_its_multiples_only(layer, shape):
    assert layer.action.kind == "grid"
    shifts = np.arange(1, 2 * layer.stride + 1)
    errors = metrics.equivariance_error(layer, noise(shape), list(shifts))
    on_grid = shifts % layer.stride == 0
    assert not errors[on_grid].any()
    assert (errors[~on_grid] > 0.05).all()
    assert metrics.shift_variance(layer, noise(shape)).total > 0.001


@pytest.mark.parametrize("layer", ADAPTIVE, **named)
@pytest.mark.parametrize("shape", [(48,), (12, 24)])
def test_polyphase_sampling_moves_by_whole_samples_for_every_shift(layer, shape):
    assert layer.action.kind == "exact"
    x = noise(shape)
    assert not metrics.equivariance_error(layer, x, 6).any()
    assert metrics.shift_variance(layer, x, shifts=6).total < 1e-14
    for shift in itertools.product(range(-3, 9), repeat=len(shape)):
        moved = layer.forward(shifted(x, shift, range(len(shape))))
        assert layer.act(layer.forward(x), shift).equals(moved)  # phases included


@pytest.mark.parametrize("layer", INVARIANT, **named)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_global_average_of_equivariant_layers_is_invariant_to_the_bit(layer, dtype):
    assert not metrics.invariance_error(layer, noise((48,), dtype), 48).any()
    assert not metrics.invariance_error(layer, noise((12, 24), dtype), 12).any()


def test_a_global_average_does_not_mend_a_stride():
    layers = [Convolution(KERNEL), Rectifier(), MaxPooling(2), GlobalAverage()]
    errors = metrics.invariance_error(Chain(layers), noise((64,)), [1, 2, 3, 4])
    assert (errors[[0, 2]] > 0.001).all()
    assert not errors[[1, 3]].any()


def test_a_blur_keeps_the_mean_of_every_phase():
    """The binomial lowpass has a zero at half the sampling rate, where the means of even and odd samples differ."""
    dense = [Convolution(KERNEL), Rectifier(), MaxPooling(2, stride=1)]
    blurred = Chain([*dense, BlurPooling(3), GlobalAverage()])
    assert metrics.invariance_error(blurred, noise((64,)), [1])[0] < 1e-15
    kept = Chain([*dense, Convolution([1.0], 2), GlobalAverage()])
    assert metrics.invariance_error(kept, noise((64,)), [1])[0] > 0.001


@pytest.mark.parametrize(("layer", "grid"), list(zip(MIXED, [4, 2, 4, 6, 2], strict=True)), **named)
def test_a_chain_declares_the_grid_of_its_strides(layer, grid):
    assert layer.layout(48).grid == grid
    errors = metrics.equivariance_error(layer, noise((48,)), range(1, 2 * grid + 1))
    assert not errors[[grid - 1, 2 * grid - 1]].any()
    assert (errors > 0.05).any()  # not for every other shift: it depends on the phase that an adaptive layer chose


@pytest.mark.parametrize("signal", [lambda: si.datasets.ecg()[:1024], lambda: si.datasets.camera()[128:256, 128:256]])
def test_a_blur_before_sampling_makes_the_error_smaller(signal):
    x = signal()
    dense = MaxPooling(2, stride=1)
    plain, *blurred = (
        metrics.equivariance_error(layer, x - x.mean(), [1])[0]
        for layer in (MaxPooling(2), *(Chain([dense, BlurPooling(size)]) for size in (2, 3, 5)))
    )
    assert plain > 1.3 * blurred[0]
    assert blurred[0] > blurred[1] > blurred[2]
    conv = Convolution([1, 2, -1])
    strided = metrics.equivariance_error(conv.replace(stride=2), x - x.mean(), [1])[0]
    assert strided > 1.5 * metrics.equivariance_error(Chain([conv, BlurPooling(3)]), x - x.mean(), [1])[0]


def test_aliasing_of_white_noise_through_a_linear_layer_has_a_closed_form():
    """Frequencies f and f - 1/2 fold onto each other, and a shift by one turns them half a turn apart.

    Predicted is the turn of the one below 1/4, so that the other comes out with the wrong sign: the error has 2 / N
    times the energy of H X above 1/4. Of the frequency 1/4 itself only the real part is predicted, to vanish.
    """
    size, x = 4096, noise((4096,))
    for layer, taps in (
        (Convolution([1.0], 2), [1]),
        (BlurPooling(3), np.array([1, 2, 1]) / 4),
        (BlurPooling(5), np.array([1, 4, 6, 4, 1]) / 16),
    ):
        turned = np.exp(2j * np.pi * np.fft.fftfreq(size) * (len(taps) // 2))  # the taps are centred
        spectrum = np.fft.fft(x) * np.fft.fft(taps, size) * turned
        above = np.sum(np.abs(spectrum[np.abs(np.fft.fftfreq(size)) > 0.25]) ** 2) + spectrum[size // 4].imag ** 2
        error = metrics.equivariance_error(layer, x, [1])[0] * np.linalg.norm(layer.forward(x).approx)
        assert error**2 == pytest.approx(2 / size * above, rel=1e-12)


@pytest.mark.parametrize(
    "x",
    [
        [1, -1, 1, -1],  # the sum decides
        [3, 3, 2, 2, 0, 0],  # both phases are 3 2 0; the products with the next sample decide
        [0, 1, 0, 1, 0, 1],
        [5, 5, 5, 5],
        [0, 0, 0, 0],
    ],
    ids=str,
)
def test_phases_of_equal_norm_are_told_apart(x):
    assert not metrics.equivariance_error(AdaptivePolyphaseSampling(2), x, len(x)).any()


def test_phases_that_agree_in_every_sum_are_the_promise_that_is_not_made():
    period_of_three = np.tile([1.0, 0.0, 0.0], 4)  # both phases are 1 0 0 1 0 0 … up to a shift by one
    assert metrics.equivariance_error(AdaptivePolyphaseSampling(2), period_of_three, [1]).tolist() == pytest.approx(
        [math.sqrt(2)]
    )


# --- oracles ----------------------------------------------------------------------------------------------------------


def binomial_mean(window):
    """Return the mean of a window, each sample as often as there are paths to it in Pascal's triangle."""
    last = max(window)[0]
    return sum(math.prod(math.comb(last, i) for i in k) * value for k, value in window.items()) / 2 ** (
        last * len(max(window))
    )


@pytest.mark.parametrize("shape", [(12,), (6, 12), (6, 6, 6)])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_layers_are_their_formulas(shape, stride):
    x = noise(shape)
    for size in (1, 2, 3, 7):  # the longest one goes round the shortest circle
        box = (size,) * len(shape)
        largest = layer_output(x, box, stride, lambda window: max(window.values()))
        assert_same_bits(MaxPooling(size, stride).forward(x).approx, largest)
        mean = layer_output(x, box, stride, lambda window: sum(window.values()) / len(window))
        assert_close(AveragePooling(size, stride).forward(x).approx, mean, 1e-14)
        expected = layer_output(x, box, stride, binomial_mean, back=(size - 1) // 2)
        assert_close(BlurPooling(size, stride).forward(x).approx, expected, 1e-14)
        taps = noise((size,), seed=1)
        outer = np.array([math.prod(pick) for pick in itertools.product(taps, repeat=len(shape))]).reshape(box)
        expected = convolution_layer(x, outer, stride)
        assert_close(Convolution(outer, stride).forward(x).approx, expected, 1e-13)
        assert_close(Convolution(taps, stride).forward(x).approx, expected, 1e-13)


@pytest.mark.parametrize("shape", [(24,), (6, 12), (6, 6, 6)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dtype", [float, complex])
def test_polyphase_sampling_is_its_formula(shape, stride, dtype):
    numbers = []
    for seed in range(12):
        x = noise(shape, dtype, seed)
        c, (values, number) = AdaptivePolyphaseSampling(stride).forward(x), polyphase_layer(x, stride)
        assert_same_bits(c.approx, values)
        assert c.aux["phases"].tolist() == [number]
        numbers.append(number)
    assert stride == 1 or len(set(numbers)) > 1


def test_a_rectifier_is_its_formula():
    x = noise((4, 5))
    assert_same_bits(Rectifier().forward(x).approx, np.where(x > 0, x, 0))


def test_pooling_is_that_of_scipy():
    x = noise((20, 30))
    wrapped = {"mode": "wrap", "origin": -1}
    assert_same_bits(MaxPooling(3, 1).forward(x).approx, ndimage.maximum_filter(x, 3, **wrapped))
    assert_close(AveragePooling(3, 1).forward(x).approx, ndimage.uniform_filter(x, 3, **wrapped), 1e-14)
    kernel = noise((3, 3), seed=1)
    assert_close(Convolution(kernel).forward(x).approx, ndimage.convolve(x, kernel, **wrapped), 1e-14)


@pytest.mark.parametrize(("size", "taps"), [(2, [1, 1]), (3, [1, 2, 1]), (5, [1, 4, 6, 4, 1])])
def test_blurs_are_those_of_the_paper(size, taps):
    impulse = np.zeros(16)
    impulse[8] = 1
    response = BlurPooling(size, 1).forward(impulse).approx
    assert (response[response > 0] * sum(taps)).tolist() == taps  # Zhang 2019, section 3.2
    centre = np.flatnonzero(response).mean() - 8
    assert centre == (0 if size % 2 else -0.5)


def test_an_average_in_any_order_is_an_average():
    x = noise((5, 6, 7), complex)
    for axes in (None, (1,), (0, 2)):
        assert_close(GlobalAverage(axes).forward(x).approx, x.mean(axis=axes, keepdims=True), 1e-14)
    large = np.full(1000, 0.1, np.float32)
    assert GlobalAverage().forward(large).approx.tolist() == [np.float32(0.1)]


def test_energies_of_phases_do_not_overflow_or_vanish():
    for scale in (1e-200, 1e200):
        c = AdaptivePolyphaseSampling(2).forward(scale * np.array([1.0, 2.0, 1.0, 2.0]))
        assert c.aux["phases"].tolist() == [1]
    assert AdaptivePolyphaseSampling(2).forward(np.zeros(4)).aux["phases"].tolist() == [0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_reaches_only_its_windows(bad):
    x = noise((16,))
    x[5] = bad
    for layer, spoilt in ((MaxPooling(2), 1), (BlurPooling(3), 2), (Convolution([1.0, 2.0], 2), 1)):
        assert np.isfinite(layer.forward(x).approx).sum() == 8 - spoilt
    assert_same_bits(AdaptivePolyphaseSampling(2).forward(x).approx, x[::2])


def test_an_empty_batch_stays_empty():
    for layer in (MaxPooling(2, axes=-1), AdaptivePolyphaseSampling(2, axes=-1), GlobalAverage(-1)):
        c = layer.forward(np.zeros((0, 4)))
        assert layer.act(c, 1).approx.shape == c.approx.shape == (0, 1 if layer.name == "gap" else 2)


# --- the contract -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS, **named)
def test_layers_keep_the_laws_of_a_representation(layer):
    shapes = [(12,), (48,), (12, 24)]
    laws = [name for name in LAWS if not (name == "description" and isinstance(layer, Chain))]  # it names others
    assert check_transform(layer, shapes=shapes, laws=laws) > 50
    assert check_transform(layer, shapes=[(12, 12, 12)], dtypes=[float], laws=["action", "dtype"]) > 1


@pytest.mark.parametrize("layer", LAYERS, **named)
def test_layers_are_values(layer):
    scope = {kind.__name__: kind for kind in Layer.__subclasses__()}
    for copy in (pickle.loads(pickle.dumps(layer)), eval(repr(layer), scope)):
        assert copy == layer
        assert hash(copy) == hash(layer)
    layout = layer.layout((48, 24))
    assert layer.with_levels(layout.levels, layout.axes).layout((48, 24)) == layout
    assert layout.frame is None
    assert layer.undecimated() is None


def test_descriptions():
    chain = Chain([Convolution([1, -1]), MaxPooling(3, 2, axes=None), GlobalAverage()])
    assert repr(chain) == "Chain((Convolution((1.0, -1.0)), MaxPooling(3, stride=2), GlobalAverage(None)))"
    assert chain.spec == "chain:(convolution:(1.0,-1.0)),(maxpool:3,stride=2),(gap:None)"
    assert (chain.stride, MaxPooling(3).stride, BlurPooling().stride) == (2, 3, 2)
    assert chain.layout((8, 6)).approximation == (1, "aa")
    assert MaxPooling(2).layout((4, 6)).redundancy == 0.25


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: MaxPooling(0), ValueError, r"size=0 is too small"),
        (lambda: MaxPooling(2, stride=0), ValueError, r"stride=0 is too small"),
        (lambda: BlurPooling(2.5), TypeError, r"size=2\.5"),
        (lambda: Convolution([]), ValueError, r"kernel has shape \(0,\), without a tap"),
        (lambda: Convolution([np.nan]), ValueError, r"kernel holds 1 value that is not finite"),
        (lambda: Convolution([1j]), TypeError, r"kernel is complex128"),
        (lambda: Convolution([[1.0]]).layout(8), ValueError, r"kernel has 2 axes, and 1 are transformed\. Give it one"),
        (
            lambda: MaxPooling(2).layout(5),
            ValueError,
            r"stride=2: MaxPooling.* that 2 divides, and one is 5\. Crop it.*4",
        ),
        (lambda: MaxPooling(3).layout(2), ValueError, r"and one is 2\. Use a longer signal, or use another stride"),
        (lambda: Chain([MaxPooling(2), BlurPooling()]).layout(6), ValueError, r"BlurPooling\(3\) needs .* one is 3"),
        (lambda: Chain([]), ValueError, r"layers=\[\] is no layer"),
        (lambda: Chain([si.SWT()]), TypeError, r"layers holds SWT\(.*\), an SWT\. Use layers of shiftinv\.layers"),
        (lambda: Chain([Rectifier(0), Rectifier(1)]), ValueError, r"layers have axes=\(0,\) and axes=\(1,\)\. Give"),
        (lambda: MaxPooling(2).forward(np.ones(4, complex)), TypeError, r"complex128, and MaxPooling asks which"),
        (lambda: Chain([BlurPooling(), Rectifier()]).layout(4, complex), TypeError, r"and Chain asks which"),
    ],
)
def test_what_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
