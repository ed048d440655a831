"""Slow oracles, written from the formulas with plain loops, and comparisons that assert.

Lines of samples run along the first axis of an array, whatever the others are; several axes take turns at being
the first. Nothing here knows how the library stores or computes anything: bands are a dictionary
{(level, orientation): array}.
"""

import functools
import itertools
import math
import warnings

import numpy as np
import pywt
import scipy.optimize

import shiftinv as si
from shiftinv.boundary import Boundary
from shiftinv.filters import DualTreeBank, hilbert_pair

DISCRETE = pywt.wavelist(kind="discrete")
EXACT = [name for name in DISCRETE if name != "dmey"]  # dmey is a declared approximate bank


def taps_of(bank):
    """Return [h, g, s, t] as lists, in PyWavelets' order."""
    return [list(taps) for taps in (bank.lowpass, bank.highpass, bank.synthesis_lowpass, bank.synthesis_highpass)]


@functools.cache
def with_our_taps(name):
    """A PyWavelets object with the taps that this library uses for `name`."""
    return pywt.Wavelet("ours", filter_bank=taps_of(si.filter_bank(name)))


@functools.cache
def lopsided_bank():
    """A biorthogonal bank without any symmetry, not even of the product of its lowpass filters.

    haar, its analysis lowpass lifted by 0.1, 0.2 and -0.3 times the highpass two samples before,
    at and after it: whatever these three numbers are, it reconstructs with haar's own synthesis lowpass.
    """
    h = np.array([-0.1, 0.1, 1 - 0.2, 1 + 0.2, 0.3, -0.3]) / math.sqrt(2)
    return si.FilterBank(h, None, np.array([0, 0, 1, 1, 0, 0]) / math.sqrt(2))


def noise(shape, dtype=np.float64, seed=0):
    """Return random samples of this shape and dtype."""
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "c":
        return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)
    return rng.standard_normal(shape).astype(dtype)


def bank_of(name):
    """Return a bank by its name, of which "lopsided" is one that nobody else has."""
    return lopsided_bank() if name == "lopsided" else si.filter_bank(name)


@functools.cache
def centred_bank():
    """A bank of symmetric filters of odd length that no catalogue has: six samples predict, four details update.

    Its lowpass has taps at distances 0, 1, 2, 3, 4, 6, 8 from the centre, its highpass at 0, 1, 3, 5.
    """
    g = np.zeros(19)
    g[[9, 8, 10, 6, 12, 4, 14]] = 256, -150, -150, 25, 25, -3, -3
    g /= 256
    h = np.eye(19)[9] + 9 / 32 * (np.roll(g, 1) + np.roll(g, -1)) - 1 / 32 * (np.roll(g, 3) + np.roll(g, -3))
    s = g * (-1.0) ** (np.arange(19) - 9)
    return si.FilterBank(h[:18] * math.sqrt(2), None, s[1:] / math.sqrt(2))


# filters of level 1 and of the trees: the default; orthonormal ones; short ones and long ones; trees that are not each
# other's mirror image, and do not even have the same magnitude; banks of a user's own
DUAL_TREES = {
    "default": ("near_sym_b", "qshift_b"),
    "tight": ("sym8", "qshift_b"),
    "legall": ("legall", "qshift_06"),
    "antonini": ("antonini", "qshift_32"),
    "hilbert": ("db2", hilbert_pair(3, 2)),
    "unlike trees": ("bior2.2", DualTreeBank(si.filter_bank("db3"), lopsided_bank())),
    "own banks": (lopsided_bank(), lopsided_bank()),
    "own symmetric bank": (centred_bank(), lopsided_bank()),
}


def fitting(T, shape, levels=None):
    """Return `shape`, its transformed lengths rounded up to multiples of 2^levels if `T` refuses others.

    Up to 32 samples a multiple of 16 fits any default number of levels.
    """
    try:
        T.layout(shape)
    except ValueError:
        step = 16 if levels is None else 2**levels
        longest = tuple(-(-n // step) * step for n in shape)
        axes = T.layout(longest).axes
        return tuple(longest[axis] if axis in axes else n for axis, n in enumerate(shape))
    return shape


MOST_AXES = {"scattering": 2}  # of the transforms that do not take any number


def taken_axes(T, axes, ndim):
    """Return `axes`, or only the last ones if `T` takes fewer."""
    used = tuple(range(ndim)) if axes is None else axes
    most = MOST_AXES.get(T.name, ndim)
    return axes if len(used) <= most else used[-most:]


def quietly(f, *args, **kwargs):
    """Call PyWavelets without its warnings about levels deeper than it recommends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return f(*args, **kwargs)


# --- one line, one level -----------------------------------------------------------------------


def undecimated_line(x, taps, level):
    """y[n] = sum_k taps[k] x[n + 2^(level-1) (L/2 - k)]."""
    y = np.zeros_like(x)
    for k, tap in enumerate(taps):
        if tap:
            y += tap * np.roll(x, -(2 ** (level - 1)) * (len(taps) // 2 - k), 0)
    return y


def undecimated_line_back(y, taps, level):
    """x[n] = sum_k taps[k] y[n + 2^(level-1) (L/2 - 1 - k)]."""
    x = np.zeros_like(y)
    for k, tap in enumerate(taps):
        if tap:
            x += tap * np.roll(y, -(2 ** (level - 1)) * (len(taps) // 2 - 1 - k), 0)
    return x


def decimated_line(x, taps):
    """y[m] = sum_k taps[k] x[2m + L/2 - k] on a circle; an odd line repeats its last sample first."""
    circle = list(x) + ([x[-1]] if len(x) % 2 else [])
    y = np.zeros((len(circle) // 2, *x.shape[1:]), x.dtype)
    for m in range(len(y)):
        for k, tap in enumerate(taps):
            if tap:
                y[m] += tap * circle[(2 * m + len(taps) // 2 - k) % len(circle)]
    return y


# --- pyramids over any axes ---------------------------------------------------------------------


def along(axis, line, samples, *rest):
    """Call line(samples, *rest) with `axis` as the first one, and put it back."""
    return np.moveaxis(line(np.moveaxis(samples, axis, 0), *rest), 0, axis)


def _pyramid(x, levels, axes, line):
    """Split along each axis in turn with line(samples, axis, letter, level); go on with the "a…a" band."""
    bands, approximation = {}, np.array(x)
    for level in range(1, levels + 1):
        parts = {"": approximation}
        for axis in axes:
            parts = {
                word + letter: along(axis, line, part, axis, letter, level)
                for word, part in parts.items()
                for letter in "ad"
            }
        approximation = parts.pop("a" * len(axes))
        bands |= {(level, word): part for word, part in parts.items()}
    bands[levels, "a" * len(axes)] = approximation
    return bands


def undecimated_analysis(x, h, g, levels, axes):
    """The undecimated pyramid with filters h and g as they are given."""
    filters = {"a": h, "d": g}
    return _pyramid(x, levels, axes, lambda line, _, letter, level: undecimated_line(line, filters[letter], level))


def decimated_analysis(x, h, g, levels, axes):
    """The decimated, periodised pyramid with filters h and g."""
    filters = {"a": h, "d": g}
    return _pyramid(x, levels, axes, lambda line, _, letter, level: decimated_line(line, filters[letter]))


def best_shift_analysis(x, h, g, levels, axes):
    """The decimated pyramid from the better phase at every level, and the phases; without a rule for ties."""
    bands, phases, approximation = {}, [], x
    lowpass = (1, "a" * len(axes))
    for level in range(1, levels + 1):
        found = {
            phase: decimated_analysis(np.roll(approximation, [-r for r in phase], axes), h, g, 1, axes)
            for phase in itertools.product((0, 1), repeat=len(axes))
        }
        energies = {phase: math.fsum(abs(a) ** 2 for a in split[lowpass].ravel()) for phase, split in found.items()}
        phases.append(max(energies, key=energies.get))
        split = found[phases[-1]]
        approximation = split.pop(lowpass)
        bands |= {(level, word): band for (_, word), band in split.items()}
    bands[levels, lowpass[1]] = approximation
    return bands, phases


def haar_phase_sums(x):
    """What decides between the phases of whole numbers, in order, from their sums and differences in pairs: exact."""
    first, second = [int(value) for value in x[::2]], [int(value) for value in x[1::2]]
    a, d = [p + q for p, q in zip(first, second, strict=True)], [p - q for p, q in zip(first, second, strict=True)]
    pairs, neighbours = list(zip(a, d, strict=True)), list(zip(a, a[1:] + a[:1], strict=True))
    return (
        sum(p**2 for p in a),
        sum(p**4 for p in a),
        sum(p**3 for p in a),
        sum(q**3 for q in d),
        sum(abs(q) for q in d),
        sum(p**2 * after - p * after**2 for p, after in neighbours),
        sum(p**2 * q for p, q in pairs),
        sum(p * q for p, q in pairs),
    )


def spun_analysis(x, h, g, levels, axes, shifts):
    """The decimated pyramid of every shifted signal, divided by the root of their number, shifts first."""
    single = [decimated_analysis(np.roll(x, shift, axes), h, g, levels, axes) for shift in shifts]
    return {band: np.stack([bands[band] for bands in single]) / math.sqrt(len(shifts)) for band in single[0]}


def _pyramid_back(bands, levels, axes, line):
    """Add up along each axis what line(samples, axis, letter, level) makes of lowpass and highpass, coarse to fine."""
    approximation = bands[levels, "a" * len(axes)]
    for level in range(levels, 0, -1):
        parts = {word: bands.get((level, word)) for word in map("".join, itertools.product("ad", repeat=len(axes)))}
        parts["a" * len(axes)] = approximation
        for done, axis in enumerate(reversed(axes), start=1):
            parts = {
                word: sum(along(axis, line, parts[word + letter], axis, letter, level) for letter in "ad")
                for word in map("".join, itertools.product("ad", repeat=len(axes) - done))
            }
        approximation = parts[""]
    return approximation


def undecimated_synthesis(bands, s, t, levels, axes):
    """From the undecimated pyramid back, with filters s and t that undo one level."""
    filters = {"a": s, "d": t}
    line = lambda samples, _, letter, level: undecimated_line_back(samples, filters[letter], level)  # noqa: E731
    return _pyramid_back(bands, levels, axes, line)


def partial_analysis(x, bank, levels, kept_levels, axes):
    """Every 2^(level - kept_levels)-th sample of the undecimated bands beyond `kept_levels`, times its root per axis.

    Lengths that 2^(levels - kept_levels) does not divide are continued by their last sample first.
    """
    coarsest = 2 ** max(0, levels - kept_levels)
    for axis in axes:
        x = np.concatenate([x, *[np.take(x, [-1], axis)] * (-x.shape[axis] % coarsest)], axis)
    h, g = (np.divide(taps, math.sqrt(2)) for taps in taps_of(bank)[:2])
    bands = undecimated_analysis(x, h, g, levels, axes)
    for (level, word), samples in bands.items():
        step = 2 ** max(0, level - kept_levels)
        index = tuple(slice(None, None, step if axis in axes else 1) for axis in range(x.ndim))
        bands[level, word] = samples[index] * math.sqrt(step) ** len(axes)
    return bands


def spline_line(x, level):
    """y[n] = sum_k b[k] x[n + 2^(level-1) (k - 2)] with b = (1, 4, 6, 4, 1) / 16."""
    return sum(tap / 16 * np.roll(x, -(2 ** (level - 1)) * (k - 2), 0) for k, tap in enumerate((1, 4, 6, 4, 1)))


def starlet_analysis(x, levels, axes, generation=1):
    """a_j = A a_{j-1} and d_j = a_{j-1} - a_j, or in the second generation a_{j-1} - A a_j."""

    def smooth(samples, level):
        for axis in axes:
            samples = along(axis, spline_line, samples, level)
        return samples

    bands, approximation = {}, x
    for level in range(1, levels + 1):
        coarser = smooth(approximation, level)
        bands[level, "d"] = approximation - (coarser if generation == 1 else smooth(coarser, level))
        approximation = coarser
    bands[levels, "a" * len(axes)] = approximation
    return bands


def steerable_analysis(x, orientations, levels, real):
    """Bands of the steerable pyramid of an image: for each, a response at every frequency, summed sample by sample.

    Bands of a level are numbered, (level, k); the residual is (1, "residual").
    """
    sizes = x.shape
    rows, columns = (np.arange(n) - n // 2 for n in sizes)
    waves = [np.exp(-2j * np.pi * np.outer(f, np.arange(n)) / n) for f, n in zip((rows, columns), sizes, strict=True)]
    spectrum = waves[0] @ x @ waves[1].T
    down, right = np.meshgrid(2 * rows / sizes[0], 2 * columns / sizes[1], indexing="ij")  # 1 is the Nyquist frequency
    radius, angle = np.hypot(down, right), np.arctan2(down, right)

    def low(r):
        inside = np.cos(np.pi / 2 * np.log2(2 * np.clip(r, 0.5, 1)))
        return np.where(r >= 1, 0, inside)

    def high(r):
        return np.sqrt(1 - low(r) ** 2)

    def samples(response, level):
        counts = [-(-n // 2**level) for n in sizes]
        back = [
            np.exp(2j * np.pi * np.outer(np.arange(count), f) / count)
            for f, count in zip((rows, columns), counts, strict=True)
        ]
        scale = math.prod(math.sqrt(n / count) / n for n, count in zip(sizes, counts, strict=True))
        return scale * (back[0] @ (spectrum * response) @ back[1].T)

    order = orientations - 1
    a = 2**order * math.factorial(order) / math.sqrt(orientations * math.factorial(2 * order))
    bands = {
        (1, "residual"): samples(high(radius), 0).real,
        (levels, "aa"): samples(low(2**levels * radius), levels).real,
    }
    for level, k in itertools.product(range(1, levels + 1), range(orientations)):
        cosine = np.cos(angle - np.pi * k / orientations)
        ring = low(2 ** (level - 1) * radius) * high(2**level * radius)
        response = (-1j) ** order * a * cosine**order * ring
        if real:
            bands[level, k] = samples(response, level - 1).real
        else:
            bands[level, k] = samples(math.sqrt(2) * response * (cosine > 0), level - 1)
    return bands


def laplacian_analysis(x, a, levels, boundary):
    """Details and approximation of a Laplacian pyramid of a line, each sample a sum over the taps."""
    taps, bands = {-2: 0.25 - a / 2, -1: 0.25, 0: a, 1: 0.25, 2: 0.25 - a / 2}, {}
    far = 4

    def beyond(line):
        extended = Boundary(boundary).extend(np.asarray(line, float), far, far)
        return lambda m: extended[m + far]

    for level in range(1, levels + 1):
        n = len(x)
        fine = beyond([*x, x[-1]] if boundary == "periodic" and n % 2 else x)
        coarse = [sum(w * fine(2 * m + k) for k, w in taps.items()) for m in range((n + 1) // 2)]
        at = beyond(coarse)
        expanded = [2 * sum(w * at((m - k) // 2) for k, w in taps.items() if (m - k) % 2 == 0) for m in range(n)]
        bands[level, "d"] = np.array(x) - np.array(expanded)
        x = coarse
    return bands | {(levels, "a"): np.array(x)}


def modwt_details(x, scaling, levels):
    """Percival and Walden's MODWT details W_1 … W_J and smooth V_J, straight from their pyramid.

    W[j, t] = sum_l h~[l] V[j-1, t - 2^(j-1) l mod N], V with g~, where g~ = g / sqrt(2) and
    h[l] = (-1)^l g[L-1-l]  (Wavelet Methods for Time Series Analysis, 2000, section 5.5).
    """
    count = len(scaling)
    g = [tap / math.sqrt(2) for tap in scaling]
    h = [(-1) ** place * g[count - 1 - place] for place in range(count)]
    smooth, details, size = list(x), [], len(x)
    for level in range(1, levels + 1):
        spread = 2 ** (level - 1)
        details.append(
            np.array([sum(h[p] * smooth[(t - spread * p) % size] for p in range(count)) for t in range(size)])
        )
        smooth = [sum(g[p] * smooth[(t - spread * p) % size] for p in range(count)) for t in range(size)]
    return details, np.array(smooth)


def modwt_filters(lowpass, highpass, levels):
    """The taps h_{j,l} of level 1 … J and g_{J,l}, in units of the signal: one long filter per band.

    g_j = g_{j-1} * (g spread by 2^(j-1)), h_j = g_{j-1} * (h spread by 2^(j-1)), all divided by sqrt(2) per level.
    """
    scaling, details = np.ones(1), []
    for level in range(levels):
        spread = np.zeros((2, 2**level * (len(lowpass) - 1) + 1))
        spread[:, :: 2**level] = np.divide([lowpass, highpass], math.sqrt(2))
        details.append(np.convolve(scaling, spread[1]))
        scaling = np.convolve(scaling, spread[0])
    return details, scaling


def looking_back(x, taps, first, last):
    """sum_l taps[l] x[t - l] for first <= t < last."""
    return np.array([sum(tap * x[t - lag] for lag, tap in enumerate(taps)) for t in range(first, last)])


def touched(pyramid, sample, shape, h, g, levels):
    """Which coefficients have `sample` in their support, all axes transformed: {band: boolean array}.

    The pyramid of an impulse with every filter replaced by the pattern of its non-zero taps counts
    the paths from the sample to each coefficient; nothing can cancel.
    """
    impulse = np.zeros(shape)
    impulse[sample] = 1
    pattern = [[float(tap != 0) for tap in taps] for taps in (h, g)]
    return {band: paths > 0 for band, paths in pyramid(impulse, *pattern, levels, range(len(shape))).items()}


# --- packets ------------------------------------------------------------------------------------


def cascade_filter(letters, h, g):
    """The filter of a way down, one letter a level: {place: tap}, taps of level j being 2^(j-1) samples apart."""
    combined = {0: 1.0}
    for level, letter in enumerate(letters, start=1):
        longer = {}
        for place, weight in combined.items():
            for k, tap in enumerate(h if letter == "a" else g):
                further = place + 2 ** (level - 1) * (len(h) // 2 - k)
                longer[further] = longer.get(further, 0) + weight * tap
        combined = longer
    return combined


def packet(x, path, h, g, axes):
    """A node of the tree of packets at every sample of a circle: along each axis the sum of taps times samples."""
    for number, axis in enumerate(axes):
        taps = cascade_filter([word[number] for word in path.split(".") if path], h, g)
        x = sum(tap * np.roll(x, -place, axis) for place, tap in taps.items())
    return x


def all_bases(levels, words, path=""):
    """Every basis of the tree below a node: the node itself, or a basis below each of its children."""
    bases = [(path,)]
    if levels:
        below = (all_bases(levels - 1, words, f"{path}.{word}" if path else word) for word in words)
        bases += [sum(parts, ()) for parts in itertools.product(*below)]
    return bases


def information_cost(cost, values, energy, samples):
    """The cost of coefficients, term by term as `shiftinv.transforms.costs` defines it."""
    name, _, number = cost.partition(":")
    total = 0.0
    for value in np.ravel(values):
        magnitude = abs(value)
        share = magnitude**2 / energy if energy else 0.0
        if name == "entropy":
            total -= share * math.log(share) if share else 0.0
        elif name == "log-energy":
            total += math.log(max(share, np.finfo(float).eps ** 2))
        elif name in ("l1", "lp"):
            total += magnitude ** float(number or 1)
        elif name == "threshold":
            total += magnitude > float(number)
        else:
            sigma = float(number)
            t = sigma * math.sqrt(2 * math.log(samples))
            total += min(magnitude, t) ** 2 + sigma**2 - 2 * sigma**2 * (magnitude <= t)
    return total


# --- dual trees ---------------------------------------------------------------------------------

DIRECTIONS = {"ad+": "+75", "ad-": "-75", "da+": "+15", "da-": "-15", "dd+": "+45", "dd-": "-45"}  # of two axes


def stands_on_a_sample(taps):
    """Whether a filter is symmetric and of odd length."""
    taps = np.trim_zeros(np.asarray(taps))
    return len(taps) % 2 == 1 and np.array_equal(taps, taps[::-1])


def continued(line, places, mirrored):
    """A line at any places: along a circle, or between mirrors that repeat its ends."""
    size = len(line)
    places = places % (2 * size if mirrored else size)
    return line[np.where(places < size, places, 2 * size - 1 - places)]


def ends_repeated(line, level):
    """A line as long as a level of a dual tree needs it: even at level 1, a multiple of 4 beyond."""
    if level == 1:
        return np.concatenate([line, line[-1:]]) if len(line) % 2 else line
    return np.concatenate([line[:1], line, line[-1:]]) if len(line) % 4 else line


def dual_tree_line(x, first, trees, level, mirrored):
    """Both trees of a level in turns.

    y[n] = sum_k h[k] x[n + L/2 - k] / sqrt(2) at level 1, a sample earlier for a highpass that stands on a sample;
    y[2m + p] = sum_k h_p[k] x[4m + p + L - 2k] of tree p beyond. `first` is (h, earlier), `trees` is (h_a, h_b).
    """
    line = ends_repeated(x, level)
    if level == 1:
        h, earlier = first
        places = np.arange(len(line)) + len(h) // 2 - earlier
        return sum(tap * continued(line, places - k, mirrored) for k, tap in enumerate(h) if tap) / math.sqrt(2)
    y = np.zeros((len(line) // 2, *line.shape[1:]))
    for p, h in enumerate(trees):
        places = 4 * np.arange(len(line) // 4) + p + len(h)
        y[p::2] = sum(tap * continued(line, places - 2 * k, mirrored) for k, tap in enumerate(h) if tap)
    return y


def dual_tree_line_back(y, first, trees, level, mirrored, size):
    """The part of one band in a line of `size` samples.

    x[n] = sum_k s[k] y[n + L/2 - 1 - k] / sqrt(2) at level 1, a sample later for the highpass; beyond
    x[2i + p] = sum_k s_p[k] y[i + L/2 - 1 - k + p] over even i + L/2 - 1 - k.
    """
    if level == 1:
        s, later = first
        places = np.arange(len(y)) + len(s) // 2 - 1 + later
        x = sum(tap * continued(y, places - k, mirrored) for k, tap in enumerate(s) if tap) / math.sqrt(2)
        return x[:size]
    x = np.zeros((2 * len(y), *y.shape[1:]))
    for p, s in enumerate(trees):
        for k, tap in enumerate(s):
            first_even = (k + 1 - len(s) // 2) % 2
            places = np.arange(first_even, len(y), 2) + len(s) // 2 - 1 - k
            x[2 * first_even + p :: 4] += tap * continued(y, places + p, mirrored)
    before = (len(x) - size) // 2
    return x[before : before + size]


def dual_tree_lengths(size, levels):
    """The length of a line before each level."""
    lengths = [size]
    for level in range(1, levels + 1):
        line = ends_repeated(np.zeros(lengths[-1]), level)
        lengths.append(len(line) if level == 1 else len(line) // 2)
    return lengths


def _dual_tree_filters(biort, pair, lowpass, highpass):
    """Per letter, the filter of level 1 and whether it is moved, and those of the two trees."""
    moved = stands_on_a_sample(biort.highpass)
    return {
        letter: ((taps_of(biort)[role], letter == "d" and moved), (taps_of(pair.a)[role], taps_of(pair.b)[role]))
        for letter, role in (("a", lowpass), ("d", highpass))
    }


def every_second(trees, axes, ndim):
    """The index of the samples of a tree, given its number along each axis, among those of all trees."""
    index = [slice(None)] * ndim
    for axis, tree in zip(axes, trees, strict=True):
        index[axis] = slice(tree, None, 2)
    return tuple(index)


def units_of(level, word, signs):
    """The factor of every tree in a complex band, 1, j, -1 or -j.

    Along an axis the imaginary part is tree b, or tree a of a highpass from level 2 on; the sign of the
    imaginary unit is the axis's own, and + for the last one.
    """
    for trees in itertools.product(range(2), repeat=len(word)):
        unit = 1
        for letter, sign, tree in zip(word, (*signs, "+"), trees, strict=True):
            if tree != (level > 1 and letter == "d"):
                unit *= 1j if sign == "+" else -1j
        yield trees, unit


def complex_names(word):
    """The complex bands of a real band: (signs, name)."""
    for signs in itertools.product("+-", repeat=len(word) - 1):
        name = word + "".join(signs)
        yield signs, DIRECTIONS.get(name, name)


def complex_bands(real, axes):
    """Complex bands of real ones that hold all trees in turns: sums of the trees over sqrt(2)^(axes - 1)."""
    bands = {}
    for (level, word), samples in real.items():
        if "d" not in word:
            bands[level, word] = samples
            continue
        for signs, name in complex_names(word):
            trees = units_of(level, word, signs)
            parts = (unit * samples[every_second(tree, axes, samples.ndim)] for tree, unit in trees)
            bands[level, name] = sum(parts) / 2 ** ((len(axes) - 1) / 2)
    return bands


def real_bands(bands, levels, axes):
    """The real bands, with all trees in turns, of which `complex_bands` makes the given ones."""
    real = {(levels, "a" * len(axes)): bands[levels, "a" * len(axes)]}
    for level, word in itertools.product(range(1, levels + 1), map("".join, itertools.product("ad", repeat=len(axes)))):
        if "d" not in word:
            continue
        for signs, name in complex_names(word):
            band = bands[level, name]
            twice = [2 * n if axis in axes else n for axis, n in enumerate(band.shape)]
            samples = real.setdefault((level, word), np.zeros(twice))
            for trees, unit in units_of(level, word, signs):
                part = (band * np.conj(unit)).real / 2 ** ((len(axes) - 1) / 2)
                samples[every_second(trees, axes, band.ndim)] += part
    return real


def _both_trees(x, filters, levels, axes, mirrored):
    line = lambda samples, _, letter, level: dual_tree_line(samples, *filters[letter], level, mirrored)  # noqa: E731
    return _pyramid(x, levels, axes, line)


def dual_tree_analysis(x, biort, pair, levels, axes, mirrored=False):
    """The dual-tree complex wavelet transform: complex bands, and the approximation with all trees in turns."""
    return complex_bands(_both_trees(x, _dual_tree_filters(biort, pair, 0, 1), levels, axes, mirrored), axes)


def dual_tree_synthesis(bands, biort, pair, shape, levels, axes, mirrored=False):
    """The inverse of `dual_tree_analysis`, from any coefficients."""
    filters = _dual_tree_filters(biort, pair, 2, 3)
    lengths = {axis: dual_tree_lengths(shape[axis], levels) for axis in axes}

    def line(samples, axis, letter, level):
        return dual_tree_line_back(samples, *filters[letter], level, mirrored, lengths[axis][level - 1])

    return _pyramid_back(real_bands(bands, levels, axes), levels, axes, line)


def _tree_by_tree(x, filters, levels, axes):
    real = {}
    for trees in itertools.product(range(2), repeat=len(axes)):
        tree = dict(zip(axes, trees, strict=True))

        def line(samples, axis, letter, level, tree=tree):
            (h, earlier), later_levels = filters[letter]
            if level == 1:
                return undecimated_line(np.roll(samples, earlier - tree[axis], 0), h, 1) / 2
            return undecimated_line(samples, later_levels[tree[axis]], level) / math.sqrt(2)

        for band, samples in _pyramid(x, levels, axes, line).items():
            twice = [2 * n if axis in axes else n for axis, n in enumerate(samples.shape)]
            real.setdefault(band, np.zeros(twice))[every_second(trees, axes, samples.ndim)] = samples
    return real


def undecimated_dual_tree_analysis(x, biort, pair, levels, axes):
    """The same trees without decimation, one stationary transform for each choice of a tree per axis."""
    return complex_bands(_tree_by_tree(x, _dual_tree_filters(biort, pair, 0, 1), levels, axes), axes)


def undecimated_dual_tree_synthesis(bands, biort, pair, levels, axes):
    """The inverse of `undecimated_dual_tree_analysis`: the sum of what the trees give back."""
    filters, real, parts = _dual_tree_filters(biort, pair, 2, 3), real_bands(bands, levels, axes), []
    for trees in itertools.product(range(2), repeat=len(axes)):
        tree = dict(zip(axes, trees, strict=True))

        def line(samples, axis, letter, level, tree=tree):
            (s, later), later_levels = filters[letter]
            if level == 1:
                return undecimated_line_back(np.roll(samples, tree[axis] - later, 0), s, 1) / 2
            return undecimated_line_back(samples, later_levels[tree[axis]], level) / math.sqrt(2)

        chosen = {band: samples[every_second(trees, axes, samples.ndim)] for band, samples in real.items()}
        parts.append(_pyramid_back(chosen, levels, axes, line))
    return sum(parts)


def dual_tree_touched(sample, shape, biort, pair, levels, *, mirrored=False, undecimated=False):
    """Which parts have `sample` in their support, all axes transformed: {band: (real, imaginary)}; see `touched`."""
    impulse, axes = np.zeros(shape), range(len(shape))
    impulse[sample] = 1
    pattern = lambda taps: [float(tap != 0) for tap in taps]  # noqa: E731
    filters = {
        letter: ((pattern(h), earlier), tuple(map(pattern, trees)))
        for letter, ((h, earlier), trees) in _dual_tree_filters(biort, pair, 0, 1).items()
    }
    if undecimated:
        real = _tree_by_tree(impulse, filters, levels, axes)
    else:
        real = _both_trees(impulse, filters, levels, axes, mirrored)
    bands = {}
    for (level, word), paths in real.items():
        if "d" not in word:
            bands[level, word] = (paths > 0,)
            continue
        for signs, name in complex_names(word):
            parts = [False, False]
            for trees, unit in units_of(level, word, signs):
                parts[unit.real == 0] |= paths[every_second(trees, axes, len(shape))] > 0
            bands[level, name] = tuple(parts)
    return bands


# --- explicit matrices --------------------------------------------------------------------------


def forward_matrix(T, shape):
    """The matrix of T.forward on float64 signals of `shape`, one column per unit vector."""
    units = np.eye(math.prod(shape))
    return np.stack([T.forward(unit.reshape(shape)).vector for unit in units], axis=1)


def backward_matrix(T, shape, method):
    """The matrix of T.inverse or T.adjoint (`method`), one column per unit vector of coefficients."""
    blank = T.forward(np.zeros(shape))
    columns = []
    for place in range(blank.vector.size):
        unit = blank.copy()
        unit.vector[place] = 1
        columns.append(getattr(T, method)(unit).ravel())
    return np.stack(columns, axis=1)


def expected_shift_variance(project, shift, density):
    """|(P S - S P) C^(1/2)|_HS^2 / N of a projector, from dense matrices; C has the spectrum `density`."""
    shape, axes = density.shape, tuple(range(density.ndim))
    units = np.eye(density.size).reshape(-1, *shape)
    P = np.array([project(unit).ravel() for unit in units]).T
    S = np.array([np.roll(unit, shift, axes).ravel() for unit in units]).T
    covariance = np.real(np.fft.ifftn(density))
    C = np.array([np.roll(covariance, np.unravel_index(place, shape), axes).ravel() for place in range(density.size)])
    missed = P @ S - S @ P
    return np.trace(missed @ C @ missed.T) / density.size


def frame_bounds(matrix):
    """The largest A and smallest B with A|x|^2 <= |matrix x|^2 <= B|x|^2."""
    values = np.linalg.svd(matrix, compute_uv=False) ** 2
    return values[-1], values[0]


# --- comparisons that assert --------------------------------------------------------------------


def assert_close(actual, expected, tolerance, what=""):
    """Assert that the largest difference is at most `tolerance` times the largest expected magnitude."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    error = np.max(np.abs(actual - expected), initial=0)
    scale = np.max(np.abs(expected), initial=0)
    assert error <= tolerance * scale, f"{what}: error {error:.2e} of {scale:.2e}, tolerance {tolerance:.1e}"


def assert_bands_close(c, expected, tolerance, what=""):
    """Assert that coefficients have exactly the expected bands, to `tolerance` of the largest coefficient."""
    assert set(c.bands) == set(expected), f"{what}: bands {c.bands}"
    scale = max(np.max(np.abs(values), initial=0) for values in expected.values())
    for band in c.bands:
        assert c[band].shape == expected[band].shape, f"{what}: {band} has shape {c[band].shape}"
        error = np.max(np.abs(c[band] - expected[band]), initial=0)
        assert error <= tolerance * scale, f"{what}: {band} differs by {error:.2e} of {scale:.2e}"


def assert_same_bits(actual, expected, what=""):
    """Assert equal shape, dtype and bytes (NaN equal to NaN, 0.0 different from -0.0)."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert (actual.shape, actual.dtype) == (expected.shape, expected.dtype), f"{what}: {actual.shape}, {actual.dtype}"
    assert actual.tobytes() == expected.tobytes(), f"{what}: bits differ"


def pywt_bands(coefficients, levels, axes):
    """PyWavelets' multilevel list [a_J, d_J, …, d_1] as {(level, orientation): array}."""
    bands = {(levels, "a" * axes): np.asarray(coefficients[0])}
    for level, entry in zip(range(levels, 0, -1), coefficients[1:], strict=True):
        entries = entry if isinstance(entry, dict) else {"d": entry}
        bands |= {(level, word): np.asarray(values) for word, values in entries.items()}
    return bands


# --- denoising ----------------------------------------------------------------------------------


def surelet(x, sigma, transforms):
    """Return the SURE-LET estimate, its weights and its SURE per sample, from the Jacobian of every part.

    Parts are F(x) = R theta(A x) with explicit matrices A and R, one column for each impulse. The approximation of
    each transform has the weight 1/K. Weights and SURE are those of the transforms on a circle; the estimate has them
    in the transforms as they are given.
    """
    circular = [T.replace(boundary="periodic") for T in transforms]
    base, parts, divergences = _parts_of_surelet(x, sigma, circular)
    matrix, divergence = np.array(parts), np.array(divergences)
    weights = _bounded_weights(matrix, matrix @ (x.ravel() - base) - sigma**2 * divergence)
    begin = np.tile([1 / len(transforms), 0], len(weights) // 2)
    total = x.size + (weights - begin) @ divergence  # all parts of the beginning add up to the identity
    risk = np.sum((base + weights @ matrix - x.ravel()) ** 2) + 2 * sigma**2 * total - x.size * sigma**2
    base, parts, _ = _parts_of_surelet(x, sigma, transforms)
    return (base + weights @ parts).reshape(x.shape), weights.reshape(-1, 2), risk / x.size


def _bounded_weights(matrix, right):
    """Return the weights with the least w G w / 2 - right w whose gains are between 0 and 2: a search, then a solve."""
    gains_to_weights = np.kron(np.eye(len(matrix) // 2), [[1, 0], [-1, 1]])
    parts, slope = gains_to_weights.T @ matrix, gains_to_weights.T @ right
    gram = parts @ parts.T
    found = scipy.optimize.minimize(
        lambda g: (g @ gram @ g / 2 - slope @ g, gram @ g - slope), np.full(len(gram), 0.5), jac=True,
        method="L-BFGS-B", bounds=[(0, 2)] * len(gram),
        options={"ftol": 0, "gtol": 1e-9, "maxiter": 10**5, "maxfun": 10**6},
    ).x  # fmt: skip
    free = (found > 1e-6) & (found < 2 - 1e-6)
    gains = np.where(found > 1, 2.0, 0.0)
    gains[free] = np.linalg.solve(gram[np.ix_(free, free)], slope[free] - gram[np.ix_(free, ~free)] @ gains[~free])
    downhill = slope - gram @ gains
    assert np.all(np.where(gains > 1, downhill, -downhill)[~free] >= -1e-8 * np.abs(slope).max()), "no minimum"
    return gains_to_weights @ gains


def _parts_of_surelet(x, sigma, transforms):
    """Return the mean of the approximations, and the parts of all details with their divergences."""
    impulses = np.eye(x.size).reshape(x.size, *x.shape)
    base, parts, divergences = 0, [], []
    for T in transforms:
        layout = T.layout(x.shape)
        bands = [T.forward(impulse) for impulse in impulses]
        for band in layout.bands:
            analysis = np.array([c[band].ravel() for c in bands]).T
            columns = []
            for m in range(len(analysis)):
                alone = si.Coefficients(layout)
                alone[band].flat[m] = 1
                columns.append(T.inverse(alone).ravel())
            synthesis = np.array(columns).T
            w = analysis @ x.ravel()
            if band == layout.approximation:
                base = base + synthesis @ w / len(transforms)
                continue
            gain = T.replace(boundary="periodic").noise_gain(band, layout.shape)
            power = (w / (3 * sigma * gain)) ** 8
            for value, slope in (
                (w, np.ones_like(w)),
                (w * np.exp(-power), np.exp(-power) - w * np.exp(-power) * 8 * power / np.where(w, w, 1)),
            ):
                parts.append(synthesis @ value)
                divergences.append(np.trace(synthesis @ np.diag(slope) @ analysis))
    return base, parts, divergences


def shrunk(rule, y, t, t2=None):
    """One value by one of the four gains."""
    size = abs(y)
    if size <= t:
        return 0 * y
    if rule == "soft":
        return y / size * (size - t)
    if rule == "hard":
        return y
    if rule == "garrote":
        return y - y * t**2 / size**2
    t2 = 2 * t if t2 is None else t2
    return y if size > t2 else y / size * t2 * (size - t) / (t2 - t)


def stein_risk(y, t):
    """Stein's unbiased estimate of the risk of soft thresholding real or complex y, noise 1 in each real part."""
    risk = 0.0
    for size in np.abs(y).ravel():
        if np.iscomplexobj(y):
            risk += min(size, t) ** 2 - 2 + (4 - 2 * t / size if size > t else 0)
        else:
            risk += min(size, t) ** 2 - 1 + (2 if size > t else 0)
    return risk


def james_stein(y, sigma, side, reach):
    """Blocks of `side[axis]` values judged with `reach[axis]` neighbours; loops over the boxes of any dimension."""
    # the root of lambda - ln lambda = 3, by the iteration lambda <- 3 + ln lambda
    factor = functools.reduce(lambda value, _: 3 + math.log(value), range(200), 4.0)
    result = np.zeros_like(y)
    for corner in itertools.product(*(range(0, n, step) for n, step in zip(y.shape, side, strict=True))):
        ends = list(zip(corner, side, reach, y.shape, strict=True))
        block = tuple(slice(start, start + step) for start, step, _, _ in ends)
        around = tuple(slice(max(start - more, 0), min(start + step + more, n)) for start, step, more, n in ends)
        energy = float((np.abs(y[around]) ** 2).sum())
        count = y[around].size * (2 if np.iscomplexobj(y) else 1)
        result[block] = y[block] * (max(0, 1 - factor * count * sigma**2 / energy) if energy else 0)
    return result


def bivariate(y, parent, sigma, window):
    """The bivariate rule on a circle, value by value."""
    parts, result = (2 if np.iscomplexobj(y) else 1), np.zeros_like(y)
    offsets = list(itertools.product(range(-(window // 2), window // 2 + 1), repeat=y.ndim))
    for index in np.ndindex(y.shape):
        near = [y[tuple((i + k) % n for i, k, n in zip(index, offset, y.shape, strict=True))] for offset in offsets]
        variance = np.mean(np.abs(near) ** 2) / parts - sigma**2
        size = math.hypot(abs(y[index]), abs(parent[index]))
        if variance > 0:
            result[index] = y[index] * max(0, size - math.sqrt(3 * parts) * sigma**2 / math.sqrt(variance)) / size
    return result


def posterior_median(x, w, a):
    """Median of mu given x = mu + noise, where mu is 0 with probability 1 - w, else Laplace: by summing densities."""
    mu = np.linspace(-40, 40, 160_001)
    step = mu[1] - mu[0]
    signal = w * a / 2 * np.exp(-a * np.abs(mu) - (x - mu) ** 2 / 2) * step
    zero = (1 - w) * math.exp(-(x**2) / 2)
    total = signal.sum() + zero
    below = np.cumsum(signal) - signal / 2 + np.where(mu > 0, zero, 0)
    if signal[mu < 0].sum() + signal[mu == 0].sum() / 2 <= total / 2 <= total - signal[mu > 0].sum():
        return 0.0
    return float(np.interp(total / 2, below, mu))


def r_normals(seed):
    """Return a function that draws as rnorm does in R after set.seed(seed): Mersenne twister, inversion."""
    from scipy.special import ndtri

    def scrambled(value):
        while True:
            value = (69069 * value + 1) % 2**32
            yield value

    words = list(itertools.islice(scrambled(seed), 50, 50 + 625))  # the first is where the state stands, the rest it
    bits = np.random.MT19937()
    bits.state = bits.state | {"state": {"key": np.array(words[1:], np.uint32), "pos": 624}}

    def uniform():
        return int(bits.random_raw()) * 2.3283064365386963e-10

    return lambda n: np.array([ndtri((int(2**27 * uniform()) + uniform()) / 2**27) for _ in range(n)])


def window_of(x, place, reach):
    """Return {offset: sample of the circular array x} with offsets 0 … reach - 1 along each axis, from `place` on."""
    offsets = itertools.product(*map(range, reach))
    return {k: x[tuple((p + o) % n for p, o, n in zip(place, k, x.shape, strict=True))] for k in offsets}


def every_window(x, reach, stride, back=0):
    """Yield (place in the output, window) for every stride-th place, each window starting `back` samples before it."""
    for n in itertools.product(*(range(size // stride) for size in x.shape)):
        yield n, window_of(x, tuple(stride * i - back for i in n), reach)


def layer_output(x, reach, stride, f, back=0):
    """Return what a function of {offset: sample} makes of every window."""
    y = np.empty(tuple(size // stride for size in x.shape), x.dtype)
    for n, window in every_window(x, reach, stride, back):
        y[n] = f(window)
    return y


def convolution_layer(x, kernel, stride):
    """y[n] = sum_k h[k] x[s n - k], with as many axes of taps as of samples."""
    flipped = np.flip(kernel)
    back = max(kernel.shape) - 1
    assert set(kernel.shape) == {back + 1}
    return layer_output(x, kernel.shape, stride, lambda window: sum(flipped[k] * window[k] for k in window), back)


def polyphase_layer(x, stride):
    """Return the samples r + s n of the phase r with the largest energy, and the number of that phase."""
    phases = list(itertools.product(range(stride), repeat=x.ndim))
    parts = [x[tuple(slice(start, None, stride) for start in phase)] for phase in phases]
    energies = [math.fsum(abs(value) ** 2 for value in part.ravel()) for part in parts]
    best = energies.index(max(energies))
    return parts[best], best


# --- scattering ---------------------------------------------------------------------------------


def gabor(sizes, centre, deviations, angle=0.0):
    """Samples on a circle or torus of a Gaussian of integral 1 times a wave.

    `deviations` are those of its spectrum, along `angle` and across it; `centre` is the frequency along it.
    """
    direction = (1.0,) if len(sizes) == 1 else (math.cos(angle), math.sin(angle))
    total = np.zeros(sizes, complex)
    for copy in itertools.product(range(-3, 4), repeat=len(sizes)):
        places = np.meshgrid(*(np.arange(n) + turn * n for n, turn in zip(sizes, copy, strict=True)), indexing="ij")
        along = sum(place * u for place, u in zip(places, direction, strict=True))
        across = 0 if len(sizes) == 1 else places[1] * direction[0] - places[0] * direction[1]
        squares = (deviations[0] * along) ** 2 + (deviations[-1] * across) ** 2
        total += np.exp(-2 * np.pi**2 * squares + 2j * np.pi * centre * along)
    return total * math.prod(math.sqrt(2 * np.pi) * deviations[place] for place in range(len(sizes)))


def morlet(sizes, centre, deviations, angle=0.0):
    """A Gaussian times a wave less a constant, whose mean is 0."""
    wave, bump = gabor(sizes, centre, deviations, angle), gabor(sizes, 0.0, deviations, angle)
    return wave - wave.sum() / bump.sum() * bump


def scattering_wavelets(sizes, levels, Q=1, orientations=8):
    """Return (level, word, samples) of the wavelets, from high to low frequencies, and the samples of the lowpass."""
    found = []
    if len(sizes) == 2:
        for level, number in itertools.product(range(1, levels + 1), range(orientations)):
            wide = 1 / (2 * np.pi * 0.8 * 2 ** (level - 1))
            angle = math.pi * number / orientations
            samples = morlet(sizes, 3 / 8 / 2 ** (level - 1), (wide, 4 / orientations * wide), angle)
            found.append((level, f"d{number}", samples))
        wide = 1 / (2 * np.pi * 0.8 * 2 ** (levels - 1))
        lowpass = gabor(sizes, 0.0, (wide, wide)).real
        return found, lowpass / lowpass.sum()
    least, centre = 0.1 / 2**levels, max(1 / (1 + 2 ** (3 / Q)), 0.35)
    wide = centre * (1 - 2 ** (-1 / Q)) / (1 + 2 ** (-1 / Q)) / math.sqrt(2 * math.log(math.sqrt(2)))
    places = [(centre, max(wide, least))]
    while wide > least * 2 ** (1 / Q):
        centre, wide = centre / 2 ** (1 / Q), wide / 2 ** (1 / Q)
        places.append((centre, wide))
    places += [(centre - q / Q * centre, least) for q in range(1, Q)]
    for centre, wide in places:
        level = next(level for level in range(1, levels + 1) if centre > 2.0 ** -(level + 1) or level == levels)
        number = sum(other == level for other, _, _ in found)
        found.append((level, f"d{number}", morlet(sizes, centre, (wide,))))
    return found, gabor(sizes, 0.0, (least,)).real


def circular(x, samples):
    """The circular convolution of a signal or an image."""
    return np.fft.ifftn(np.fft.fftn(x) * np.fft.fftn(samples))


def scattering(x, levels, gains, Q=1, orientations=8):
    """Return every average of a signal or an image at every 2^levels-th sample, by level and path."""
    first, lowpass = scattering_wavelets(x.shape, levels, Q, orientations)
    second, _ = scattering_wavelets(x.shape, levels, 1, orientations)
    kept = (slice(None, None, 2**levels),) * x.ndim
    unit = math.prod(math.sqrt(n / len(range(0, n, 2**levels))) for n in x.shape)

    def average(values):
        return unit * circular(values, lowpass).real[kept]

    bands = {(levels, "a" * x.ndim): average(x)}
    for level, word, samples in first:
        modulus = np.abs(circular(x, gains[0] * samples))
        bands[level, word] = average(modulus)
        for deeper, other, wavelet in second:
            if deeper > level:
                path = ".".join([word, *["a" * x.ndim] * (deeper - level - 1), other])
                bands[deeper, path] = average(np.abs(circular(modulus, gains[1] * wavelet)))
    return bands
