"""Where and at which frequencies a coefficient is, and what it depends on: ramps, bursts, chirps and impulses."""

import numpy as np
import pytest
from naive import assert_close, forward_matrix

import shiftinv as si
from shiftinv.boundary import BOUNDARIES
from shiftinv.transforms.extension import UNDECIMATED

N = 2048


def telling():
    """Return every registered transform that tells where its coefficients are."""
    described = [si.transform(name) for name in si.list_transforms()]
    return [T for T in described if all(block.starts for block in T.layout(N).blocks)]


def band_energy(c, band):
    return np.abs(c[band]) ** 2


def test_which_transforms_tell():
    names = {T.name for T in telling()}
    assert {"dwt", "swt", "dtcwt", "udtcwt"} <= names
    for name in set(si.list_transforms()) - names:
        layout = si.transform(name).layout(64)
        with pytest.raises(ValueError, match="does not tell where its coefficients are"):
            layout.times(layout.approximation)


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["haar", "db4", "sym8", "bior3.3", "bior4.4", "rbio2.8", "coif3"])
@pytest.mark.parametrize("decimated", [False, True])
@pytest.mark.parametrize("boundary", ["periodic", "zero", "symmetric"])
def test_the_approximation_of_a_ramp_is_the_time(name, decimated, boundary):
    T = (si.DWT if decimated else si.SWT)(name, 3, boundary=boundary)
    layout, band = T.layout(400), (3, "a")
    untouched = ~layout.touches_boundary(band)
    gain = T.forward(np.ones(400))[band][untouched]
    ramp = T.forward(np.arange(400.0))[band][untouched]
    assert untouched.sum() > 10
    assert_close(ramp / gain, layout.times(band)[0][untouched], 1e-12)


def test_the_approximation_of_a_dual_tree_is_between_its_trees():
    for T in (si.DTCWT(levels=3), si.DTCWT("sym8", levels=3), si.DTCWT(levels=3, boundary="symmetric")):
        layout, band = T.layout(400), (3, "a")
        untouched = ~layout.touches_boundary(band)
        ramp, gain = (T.forward(x)[band][untouched] for x in (np.arange(400.0), np.ones(400)))
        # of the two interleaved trees one is early where the other is late
        late = ramp / gain - layout.times(band)[0][untouched]
        assert np.abs(late[:-1] + late[1:]).max() < 0.3
        assert np.abs(late).max() < 4


@pytest.mark.parametrize("T", telling(), ids=lambda T: T.name)
@pytest.mark.parametrize("where", [900.0, 1011.5])
def test_a_burst_in_the_middle_of_a_band_is_found_where_it_is(T, where):
    T = T.with_levels(4, None)
    layout = T.layout(N)
    for band in layout.details:
        ((low, high),) = layout.frequencies(band)
        if high - low >= 0.25 or high <= low:  # too fast to have an envelope that is sampled well
            continue
        n = np.arange(N) - where
        c = T.forward(np.exp(-((n / (6 * 2 ** band[0])) ** 2)) * np.cos(np.pi * (low + high) * n + 0.3))
        energy = band_energy(c, band)
        assert energy.sum() > 0
        (times,) = layout.times(band)
        found = (energy.reshape(-1, energy.shape[-1]).sum(0) @ times) / energy.sum()
        assert abs(found - where) < 0.3 * 2 ** band[0], f"{band}: {found} instead of {where}"


def test_times_are_in_units_of_the_sampling_rate_and_start_before_the_signal_on_an_extension():
    layout = si.SWT("db2", 2, boundary="constant").layout((50, 3))
    rows, columns = layout.times((2, "da"), fs=100)
    assert rows.size, columns.size == layout.block((2, "da")).shape
    assert_close(np.diff(rows), np.full(rows.size - 1, 0.01), 1e-12)
    assert rows[0] < 0
    assert rows[-1] > 0.49
    with pytest.raises(ValueError, match=r"fs=0"):
        layout.times((2, "da"), fs=0)
    with pytest.raises(KeyError, match=r"band \(5, 'a'\) does not exist"):
        layout.times((5, "a"))


# --- frequencies --------------------------------------------------------------------------------


@pytest.mark.parametrize("T", telling(), ids=lambda T: T.name)
def test_a_chirp_is_in_a_band_while_it_has_its_frequencies(T):
    T = T.with_levels(4, None)
    n = np.arange(8 * N)
    rate = 0.5 / n.size
    layout, c = T.layout(n.size), T.forward(np.cos(np.pi * rate * n**2))
    edges = sorted({edge for band in layout.bands for edge in layout.frequencies(band)[0]})
    assert edges[0] == 0
    assert edges[-1] == 0.5
    for band in layout.bands:
        if "-" in layout.letters(band):  # changes of a modulus, and that of a chirp is constant
            continue
        ((low, high),) = layout.frequencies(band)
        energy = band_energy(c, band)
        energy = energy.reshape(-1, energy.shape[-1]).sum(0)
        frequency = rate * layout.times(band)[0]
        inside = energy[(low <= frequency) & (frequency <= high)].sum() / energy.sum()
        assert inside > 0.5, f"{band}: {inside:.2f} of its energy between {low} and {high}"


def test_intervals_of_a_pyramid_fill_the_line_and_those_of_a_plane_are_their_products():
    for T in (si.DWT("haar", 3), si.SWT("haar", 3), si.DTCWT(levels=3)):
        layout = T.layout(64)
        spans = sorted(layout.frequencies(band, fs=8)[0] for band in layout.bands)
        assert spans == [(0, 0.5), (0.5, 1), (1, 2), (2, 4)]
        plane = T.layout((64, 64))
        for band in plane.bands:
            sides = {"a": (0, 4 / 2 ** band[0]), "d": (4 / 2 ** band[0], 8 / 2 ** band[0])}
            assert plane.frequencies(band, fs=8) == tuple(sides[letter] for letter in plane.letters(band))
    with pytest.raises(ValueError, match="fs=-1"):
        layout.frequencies((1, "d"), fs=-1)


# --- what a coefficient depends on --------------------------------------------------------------


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("decimated", [False, True])
@pytest.mark.parametrize(("name", "shape"), [("haar", (23,)), ("db3", (40,)), ("db2", (15, 19)), ("bior2.2", (37,))])
def test_what_touches_the_boundary_is_what_changes_with_it(boundary, decimated, name, shape):
    if not decimated and boundary not in UNDECIMATED:
        return
    T = (si.DWT if decimated else si.SWT)(name, 2, boundary=boundary)
    layout, rng = T.layout(shape), np.random.default_rng(0)
    x = rng.standard_normal(shape)
    around = np.pad(x, 64, constant_values=0) + np.pad(np.zeros(shape), 64, constant_values=np.nan)
    c, beyond = T.forward(x), si.SWT(name, 2).forward(around)
    for band in layout.bands:
        where = np.ix_(*(np.arange(size) for size in c[band].shape))
        spacing, supports = layout.block(band).spacing, layout.block(band).supports
        origin = beyond.layout.block(band).supports
        # the same coefficient of the stationary transform of the signal among NaNs, moved to where this one reads from
        places = [
            64 + (spacing * index + first - start).astype(int)
            for index, (first, _), (start, _) in zip(where, supports, origin, strict=True)
        ]
        reached = np.isnan(beyond[band][tuple(np.clip(place, 0, None) for place in places)])
        touched = layout.touches_boundary(band)
        if name == "bior2.2":  # a tap that is zero counts as well
            assert touched.sum() > reached.sum()
            assert touched[reached].all()
        else:
            assert np.array_equal(touched, reached), f"{band}"
        scale = 2 ** (band[0] * len(shape) / 2) if decimated else 1
        alone = beyond[band][tuple(places)]
        assert np.abs(c[band] - scale * alone)[~touched].max(initial=0) < 1e-12


@pytest.mark.parametrize(
    "T", [si.DTCWT(levels=2), si.DTCWT("sym8", "qshift_d", 2), si.transforms.UndecimatedDTCWT(levels=2)]
)
def test_supports_of_a_dual_tree_hold_all_it_depends_on(T):
    size, bands = 160, T.layout(160).bands
    matrix, row = forward_matrix(T, (size,)), 0
    for band in bands:
        layout = T.layout(size)
        block = layout.block(band)
        parts = 2 if block.is_complex else 1
        rows = np.abs(matrix[row : row + block.band_size]).reshape(block.shape[0], parts, size).max(1)
        row += block.band_size
        ((first, last),) = block.supports
        untouched = np.flatnonzero(~layout.touches_boundary(band))
        assert untouched.size > 4
        for index in untouched:
            needed = np.flatnonzero(rows[index])
            assert needed[0] >= index * block.spacing + first
            assert needed[-1] <= index * block.spacing + last
