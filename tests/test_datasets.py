"""The bundled signals: what they are, and that nobody can spoil them for others."""

import numpy as np
import pytest
import pywt.data

from shiftinv import datasets

NAMES = ("ecg", "camera", "aero", "ascent")


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_is_pywavelets_signal_in_double_precision(name):
    x = getattr(datasets, name)()
    assert x.dtype == np.float64
    assert x.flags.c_contiguous
    np.testing.assert_array_equal(x, getattr(pywt.data, name)())


def test_shapes_and_ranges_are_those_documented():
    assert datasets.ecg().shape == (1024,)
    assert (datasets.ecg().min(), datasets.ecg().max()) == (-112, 250)
    for name in NAMES[1:]:
        x = getattr(datasets, name)()
        assert x.shape == (512, 512)
        assert (x.min(), x.max()) == (0, 255)


def test_all_of_them_are_exported():
    assert set(datasets.__all__) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_call_gives_an_array_of_its_own(name):
    load = getattr(datasets, name)
    spoilt = load()
    spoilt[...] = -1
    assert load().max() > 0
