"""Comparisons: the records, the fairness rule, the Pareto front, and every way to write them down."""

import csv
import html.parser
import io
import json
import math
import pickle
import sys

import numpy as np
import pandas as pd
import pytest

import shiftinv.comparison
from shiftinv import DWT, SWT, metrics
from shiftinv.comparison import Comparison, compare, reference, signals
from shiftinv.progress import shown
from shiftinv.reference import MEASUREMENTS, MEASURES, SHIFTS, SIGNALS, TIMINGS, TRANSFORMS

PAIR = ("dwt:haar,levels=2", "swt:haar,levels=2")
UNTIMED = tuple(name for name in MEASURES if name not in TIMINGS)
FRONT = ("redundancy", "shift_variance")


def noise(*shape):
    return np.random.default_rng(3).standard_normal(shape)


def by_hand(*points, signal="x", note=""):
    columns = ("signal", "transform", "levels", "shape", *FRONT, "note")
    return Comparison(columns, tuple((signal, f"t{i}", 1, (8,), r, v, note) for i, (r, v) in enumerate(points)))


# ---------------------------------------------------------------- records


def test_one_record_per_signal_and_transform_in_a_fixed_order():
    table = compare({"a": noise(16), "b": noise(8, 8)}, PAIR, measures=UNTIMED)
    assert [(r["signal"], r["transform"]) for r in table] == [(s, t) for s in "ab" for t in PAIR]
    assert table.columns == ("signal", "transform", "levels", "shape", *UNTIMED, "note")
    assert [r["shape"] for r in table] == [(16,), (16,), (8, 8), (8, 8)]
    assert [r["redundancy"] for r in table] == [1, 3, 1, 7]
    assert [r["nbytes"] for r in table] == [16 * 8, 48 * 8, 64 * 8, 448 * 8]
    assert all(r["levels"] == 2 and r["note"] == "" for r in table)
    assert len(table) == 4


def test_the_numbers_are_those_of_the_measures():
    x = noise(64)
    T = DWT("db4", levels=3)
    (record,) = compare(x, [T], measures=UNTIMED)
    assert record["signal"] == "x"
    assert record["shift_variance"] == metrics.shift_variance(T, x).total > 0.01
    assert record["equivariance_error"] == np.mean(metrics.equivariance_error(T, x, range(1, 9))) > 0.1
    assert SHIFTS == (1, 2, 3, 4, 5, 6, 7, 8)
    assert 0 < record["reconstruction_error"] < 1e-14


def test_an_swt_is_exact_and_a_dwt_is_not():
    dwt, swt = compare(noise(32, 32), ["dwt:sym8,levels=3", "swt:sym8,levels=3"], measures=UNTIMED)
    assert swt["shift_variance"] == swt["equivariance_error"] == 0
    assert dwt["shift_variance"] > 0.001
    assert dwt["equivariance_error"] > 0.1


def test_times_are_those_of_cost(monkeypatch):
    (record,) = compare(noise(64), "swt:haar,levels=2")
    assert all(record[name] > 0 for name in TIMINGS)
    asked = []

    def stub(T, shape, *, dtype):
        asked.append((T, shape, dtype))
        return metrics.Cost(3.0, 1536, 0, 0.5, 0.25, 8.0, 4.0)

    monkeypatch.setattr(metrics, "cost", stub)
    (record,) = compare(noise(64).astype(np.float32), "swt:haar,levels=2")
    assert asked == [(SWT("haar", 2), (64,), np.float32)]
    assert [record[name] for name in ("forward_seconds", "inverse_seconds")] == [0.5, 0.25]
    assert [record[name] for name in ("forward_ratio", "inverse_ratio")] == [8.0, 4.0]


def untimed(table):
    """Return the records without times, nan made equal to itself."""
    return [{k: "nan" if v != v else v for k, v in r.items() if k not in TIMINGS} for r in table]  # noqa: PLR0124


def test_everything_but_the_times_is_deterministic():
    transforms = [*PAIR, "bestshift:haar,levels=2", "cyclespin:(dwt:db4,levels=2),shifts=4", "dtcwt:levels=2"]
    signals = {"x": noise(40), "y": noise(8, 12)}
    first = untimed(compare(signals, transforms))
    assert first == untimed(compare(signals, transforms))
    assert first == untimed(compare(signals, transforms, workers=2))


def test_the_order_of_the_columns_is_frozen():
    # a new measure goes in front of the times; any other change is another version of the format
    assert shiftinv.comparison.FORMAT == "shiftinv.Comparison/2"
    assert compare(noise(8), PAIR).columns == (
        "signal", "transform", "levels", "shape", "redundancy", "nbytes", "shift_variance", "aliasing_db",
        "equivariance_error", "energy_error", "subpixel_error", "lower_bound", "upper_bound", "noise_amplification",
        "denoising_gain",
        "reconstruction_error", "forward_ratio", "inverse_ratio", "forward_seconds", "inverse_seconds", "note",
    )  # fmt: skip


def test_measures_of_a_transform_alone_are_those_of_the_metrics():
    T, S = DWT("bior4.4", levels=3), SWT("bior4.4", levels=3)
    one, two = compare(noise(512), [T, S], measures=UNTIMED)
    assert one["aliasing_db"] == max(metrics.aliasing_energy_ratio(T, level) for level in (1, 2, 3))
    assert two["aliasing_db"] == -math.inf
    assert (two["lower_bound"], two["upper_bound"]) == metrics.frame_bounds(S, 256)
    assert (round(two["lower_bound"], 4), round(two["upper_bound"], 4)) == (0.8434, 1.1057)  # of CONVENTIONS
    assert one["noise_amplification"] == metrics.noise_amplification(T, 256)
    (image,) = compare(noise(64, 96), [S], measures=["lower_bound", "upper_bound"])
    assert (image["lower_bound"], image["upper_bound"]) == metrics.frame_bounds(S, (32, 32))


def test_what_depends_on_no_signal_is_measured_once(monkeypatch):
    asked = []
    honest = metrics.frame_bounds
    monkeypatch.setattr(metrics, "frame_bounds", lambda T, shape: asked.append(shape) or honest(T, shape))
    compare({"a": noise(512), "b": noise(1024), "c": noise(128)}, PAIR, measures=["lower_bound"])
    assert sorted(asked) == [(128,)] * 2 + [(256,)] * 2


@pytest.mark.parametrize(
    ("spec", "least", "most"),
    [
        ("dwt:sym8,levels=4", -5, -2),
        ("cyclespin:(dwt:sym8,levels=4),shifts=2", -8.6, -8.4),
        ("dtcwt:near_sym_b,qshift_b,levels=4", -24.8, -24.5),
        ("pswt:sym8,levels=4,undecimated=2", -39, -35),
        ("cyclespin:(dwt:sym8,levels=4),shifts=4", -16.4, -16.1),
        ("swt:sym8,levels=4", -math.inf, -math.inf),
    ],
)
def test_anchors_of_the_worst_aliasing(spec, least, most):
    (record,) = compare(noise(64), spec, measures="aliasing_db")
    assert least <= record["aliasing_db"] <= most


def test_energy_error_is_the_change_of_the_details_energies():
    x, T = noise(64), DWT("db4", levels=3)

    def energies(signal):
        c = T.forward(signal)
        return np.array([np.sum(c[band] ** 2) for band in c.layout.details])

    before = energies(x)
    changes = [np.linalg.norm(energies(np.roll(x, k)) - before) / np.linalg.norm(before) for k in range(1, 9)]
    (record,) = compare(x, [T], measures="energy_error")
    assert record["energy_error"] == pytest.approx(np.mean(changes), rel=1e-12)


def test_denoising_gain_is_that_of_hard_thresholds_at_three_sigma():
    x, T = signals({"e": shiftinv.datasets.ecg()})["e"], SWT("sym8", levels=4)
    sigma = x.std() / math.sqrt(10)
    noisy = x + sigma * np.random.default_rng(0).standard_normal(x.shape)
    c = T.forward(noisy)
    for band in c.layout.details:
        c[band] = c[band] * (np.abs(c[band]) > 3 * sigma * T.noise_gain(band, x.shape))
    gain = 10 * math.log10(np.sum((noisy - x) ** 2) / np.sum((T.inverse(c) - x) ** 2))
    (record,) = compare(x, [T], measures="denoising_gain")
    assert record["denoising_gain"] == pytest.approx(gain, abs=1e-9)
    assert gain > 5


def test_what_is_not_linear_is_measured_where_it_can_be_and_says_so():
    (record,) = compare(noise(64), "bestshift:sym8,levels=3", measures=UNTIMED)
    assert record["shift_variance"] == record["equivariance_error"] == 0
    for name in ("aliasing_db", "lower_bound", "noise_amplification", "denoising_gain"):
        assert math.isnan(record[name]), name
    assert record["note"].count("is not linear") == 1


def test_a_constant_sets_no_scale_for_noise():
    (record,) = compare(np.ones(16), "swt:haar,levels=1", measures="denoising_gain")
    assert math.isnan(record["denoising_gain"])
    assert "constant" in record["note"]


def test_the_signals_of_the_reference_benchmark():
    given = reference()
    assert list(given) == ["impulse", "step", "box", "chirp", "ecg", "camera", "aero"] == list(SIGNALS)
    assert [int(given[name].sum()) for name in ("impulse", "box")] == [1, 64]
    assert set(np.diff(given["step"])) == {0, 1}
    assert {x.shape for x in given.values()} == {(1024,), (512, 512)}
    assert not {id(x) for x in given.values()} & {id(x) for x in reference().values()}


def test_every_measure_has_one_line():
    names = [name for measurement in MEASUREMENTS for name in measurement.measures]
    assert names == list(MEASURES)
    assert len(set(names)) == len(names)
    assert tuple(names[-4:]) == TIMINGS


def test_a_comparison_is_frozen_and_its_records_are_copies():
    table = compare(noise(8), PAIR, measures=FRONT)
    with pytest.raises(AttributeError):
        table.rows = ()
    table.records[0]["redundancy"] = -1
    assert table.records[0]["redundancy"] == 1
    assert pickle.loads(pickle.dumps(table)).rows == table.rows


def test_the_default_is_ecg_and_camera_under_every_kind():
    table = compare(measures=FRONT[:1])
    told = [shiftinv.transform(spec).spec for spec in TRANSFORMS]
    shapes = {"ecg": (1024,), "camera": (512, 512)}
    assert [(r["signal"], r["shape"], r["transform"]) for r in table] == [
        (name, shape, spec) for name, shape in shapes.items() for spec in told
    ]
    assert {spec.partition(":")[0] for spec in TRANSFORMS} == set(shiftinv.list_transforms())


def test_default_transforms_are_ranked_and_given_ones_keep_their_order():
    x = noise(64)
    table = compare(x, measures=FRONT)
    assert table.rows == table.ranked().rows
    assert len(table) == len(TRANSFORMS)
    specs = ["swt:haar,levels=2", "dwt:haar,levels=2"]
    assert [r["transform"] for r in compare(x, specs, measures=FRONT)] == specs


def test_transforms_may_be_one_spec_one_object_or_a_generator():
    x = noise(8)
    for given in ("swt:haar,levels=1", SWT("haar", 1), (SWT("haar", 1) for _ in range(1))):
        (record,) = compare(x, given, measures="redundancy")
        assert (record["transform"], record["redundancy"]) == ("swt:haar,levels=1", 2)


def test_an_object_keeps_its_own_axes():
    (record,) = compare(noise(3, 16), [SWT("haar", 2, axes=-1)], measures=["redundancy"])
    assert (record["shape"], record["redundancy"]) == ((3, 16), 3)


def test_complex_and_single_precision_signals():
    real = noise(16).astype(np.float32)
    first, second = compare({"f": real, "c": noise(16) + 1j * noise(16)}, "dwt:haar,levels=2", measures=UNTIMED)
    assert (first["nbytes"], second["nbytes"]) == (64, 256)
    assert 1e-9 < first["reconstruction_error"] < 1e-6
    assert second["reconstruction_error"] < 1e-15


@pytest.mark.parametrize("names", ["rz", "zr"])
def test_real_transforms_refuse_a_complex_signal_with_the_reason_and_leave_the_other_rows(names):
    given = {"r": noise(30), "z": noise(30) + 1j * noise(30)[::-1]}
    specs = ["dwt:sym4,levels=2", "steerable:levels=2"]
    table = compare({name: given[name] for name in names}, specs, measures=UNTIMED, progress=True)
    found = {(r["signal"], r["transform"].partition(":")[0]): r for r in table}
    for key in (("r", "dwt"), ("r", "steerable"), ("z", "dwt")):
        assert "takes real signals only" not in found[key]["note"]
        assert not any(math.isnan(found[key][name]) for name in ("redundancy", "shift_variance", "upper_bound"))
    refused = found["z", "steerable"]
    assert refused["levels"] is None
    assert all(math.isnan(refused[name]) for name in UNTIMED)
    assert refused["note"].count("the signal is complex128") == refused["note"].count("takes real signals only") == 1


def test_noise_of_a_complex_signal_has_two_equal_parts_and_the_same_snr():
    x, T = noise(512).cumsum() + 1j * np.linspace(0, 9, 512), SWT("sym8", levels=3)
    sigma = x.std() / math.sqrt(10) / math.sqrt(2)
    rng = np.random.default_rng(0)
    noisy = x + sigma * rng.standard_normal(512) + 1j * sigma * rng.standard_normal(512)
    assert 20 * math.log10(np.linalg.norm(x - x.mean()) / np.linalg.norm(noisy - x)) == pytest.approx(10, abs=0.5)
    left = shiftinv.denoise(noisy, T, method=3.0, rule="hard", sigma=sigma) - x
    (record,) = compare(x, [T], measures="denoising_gain")
    gain = 20 * math.log10(np.linalg.norm(noisy - x) / np.linalg.norm(left))
    assert record["denoising_gain"] == pytest.approx(gain, abs=1e-9)
    assert gain > 4


def test_a_batch_that_looks_like_colours_is_denoised_without_a_warning():
    (record,) = compare(noise(16, 16, 3), "swt:haar,levels=2,axes=(0,1)", measures="denoising_gain")
    assert record["note"] == ""


def test_a_signal_of_zeros_has_no_error():
    (record,) = compare(np.zeros(8), "dwt:haar,levels=1", measures=UNTIMED)
    assert record["reconstruction_error"] == record["shift_variance"] == record["equivariance_error"] == 0


# ---------------------------------------------------------------- the fairness rule


def test_other_lengths_are_cropped_at_the_end_for_all_transforms():
    x = noise(1000)
    table = compare(x, ["dwt:haar,levels=5", "swt:haar,levels=2", "dwt:haar,levels=1"], measures=FRONT)
    assert [r["shape"] for r in table] == [(992,)] * 3
    assert [r["note"] for r in table] == ["cropped from 1000 to 992 for dwt:haar,levels=5"] * 3
    expected = metrics.shift_variance(DWT("haar", 5), x[:992]).total
    assert table.records[0]["shift_variance"] == expected


def test_an_image_is_cropped_on_every_transformed_axis():
    (image,) = compare(noise(13, 22), "dwt:haar,levels=2", measures=FRONT)
    assert (image["shape"], image["note"]) == ((12, 20), "cropped from 13x22 to 12x20 for dwt:haar,levels=2")
    (rows,) = compare(noise(13, 22), [DWT("haar", 2, axes=-1)], measures=FRONT)
    assert rows["shape"] == (13, 20)


def test_nothing_is_cropped_without_need():
    table = compare(noise(100), ["dwt:haar,levels=2", "swt:haar,levels=5"], measures=FRONT)
    assert [r["shape"] for r in table] == [(100,)] * 2
    assert [r["note"] for r in table] == [""] * 2
    (record,) = compare(noise(61), "swt:haar,levels=3", measures=UNTIMED)
    assert record["shape"] == (61,)
    assert record["shift_variance"] == 0


def test_a_transform_that_cannot_be_circular_crops_nothing_for_the_others():
    deep, fits = compare(noise(20), ["dwt:haar,levels=5", "dwt:haar,levels=2"], measures=UNTIMED)
    assert fits["shape"] == deep["shape"] == (20,)
    assert fits["note"] == ""
    assert fits["shift_variance"] > 0
    assert "circular" in deep["note"]
    assert math.isnan(deep["shift_variance"])
    assert math.isnan(deep["equivariance_error"])
    assert deep["reconstruction_error"] < 1e-14  # what needs no shift is still measured


def test_levels_too_deep_are_a_record_with_the_reason():
    deep, fits = compare(noise(9), ["dwt:haar,levels=9", "dwt:haar,levels=3"])
    assert all(math.isnan(deep[name]) for name in MEASURES)
    assert deep["levels"] is None
    assert deep["note"].startswith("cropped from 9 to 8 for dwt:haar,levels=3; levels=9 is too deep")
    assert deep["note"].count("too deep") == 1
    assert fits["shift_variance"] > 0


def test_axes_that_do_not_exist_are_a_record_with_the_reason():
    (record,) = compare(noise(8), [DWT("haar", 1, axes=(0, 1))], measures=FRONT)
    assert "axes=(0, 1)" in record["note"]
    assert math.isnan(record["redundancy"])


def test_ends_are_the_reason_once_and_about_the_signal_of_the_record():
    given = {"a": noise(500), "b": noise(300)}
    for record in compare(given, "swt:sym8,levels=3,boundary=symmetric", measures=UNTIMED):
        assert record["note"] == (
            "a circular shift would measure the seam between the ends, for the transform is not circular at shape "
            f"{record['shape']}: boundary='symmetric' does not continue the signal along a circle. "
            "Use a periodic boundary."
        )
        assert math.isnan(record["aliasing_db"])
        assert record["upper_bound"] > 0
    (record,) = compare(noise(61), "bestbasis:(packets:db2,levels=2,boundary=symmetric)", measures="shift_variance")
    assert "boundary='symmetric' does not continue" in record["note"]
    with pytest.raises(metrics.UnfairPairing, match=r"axis 0 has 61 samples, and 2\^2 = 4 must divide them"):
        metrics.shift_variance(DWT("haar", 2, boundary="symmetric"), noise(61))  # on 60 its filters meet no end


def test_depth_that_no_length_allows_asks_for_no_longer_signal():
    for spec in ("swt:sym8,levels=40", "pswt:sym8,levels=40,undecimated=40"):
        (record,) = compare(noise(64), spec, measures=UNTIMED)
        assert record["note"].endswith(": at most 32 for any length. Use levels<=32.")
    (record,) = compare(noise(64), "swt:sym8,levels=40,boundary=symmetric", measures=UNTIMED)
    assert record["note"].endswith(": at most 6. Use levels<=6 or a longer signal.")


def test_the_middle_is_as_long_as_a_deep_transform_is_circular_on():
    (record,) = compare(noise(4100), "dwt:haar,levels=11", measures="subpixel_error")
    assert record["subpixel_error"] > 0.1
    assert record["note"] == "cropped from 4100 to 4096 for dwt:haar,levels=11"


# ---------------------------------------------------------------- refusals


def test_values_that_are_not_finite_are_counted_and_placed():
    x = noise(4, 5)
    x[1, 3], x[2, 0] = math.nan, -math.inf
    with pytest.raises(
        ValueError, match=r"x\['lead'\] has 2 of 20 values that are not finite, the first at index \(1, 3\)"
    ):
        compare({"lead": x})
    with pytest.raises(ValueError, match=r"x has 1 of 3 values that are not finite, the first at index 2\."):
        signals([1.0, 2.0, math.inf])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (({},), ValueError, "holds no signal"),
        (("words",), TypeError, "is a string, not an array of samples.*load it first"),
        (([1.0], []), ValueError, "names no transform"),
        (([1.0], ["dwt:harr"]), ValueError, "Did you mean 'haar'"),
        (([1.0], [3]), TypeError, "is an int"),
        (([1.0], {"feat": np.abs}), TypeError, r"a mapping of 'feat'.*Use a list.*metrics\.shift_variance\(f, x\)"),
        (([1.0], np.fft.fft), TypeError, r"the function fft, and compare takes.*metrics\.shift_variance\(f, x\)"),
        (([1.0], ["dwt:haar", np.fft.fft]), TypeError, "the function fft"),
        (([1.0], [DWT]), TypeError, r"the class DWT\. Use a transform of it, DWT\("),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        compare(*arguments)


def test_measures_are_a_choice_in_the_fixed_order():
    table = compare(noise(8), PAIR, measures=["shift_variance", "redundancy"])
    assert table.measures == FRONT
    with pytest.raises(ValueError, match="Did you mean 'redundancy'"):
        compare(noise(8), PAIR, measures=["redundency"])
    with pytest.raises(ValueError, match="names no measure"):
        compare(noise(8), PAIR, measures=[])


def test_only_what_is_asked_for_is_measured(monkeypatch):
    monkeypatch.setattr(metrics, "cost", None)
    monkeypatch.setattr(metrics, "equivariance_error", None)
    (record,) = compare(noise(8), "dwt:haar,levels=1", measures=FRONT)
    assert record["redundancy"] == 1


@pytest.mark.parametrize("error", [ZeroDivisionError, TypeError])
def test_a_bug_is_not_taken_for_a_refusal(monkeypatch, error):
    def broken(T, x):
        raise error

    monkeypatch.setattr(metrics, "shift_variance", broken)
    with pytest.raises(error):
        compare(noise(8), PAIR, measures=FRONT)


def test_an_iteration_that_does_not_settle_is_a_reason(monkeypatch):
    def unsettled(T, shape):
        raise RuntimeError("the bounds do not settle")

    monkeypatch.setattr(metrics, "frame_bounds", unsettled)
    (record,) = compare(noise(8), "dwt:haar,levels=1", measures=[*FRONT, "lower_bound"])
    assert math.isnan(record["lower_bound"])
    assert (record["redundancy"], record["note"]) == (1, "the bounds do not settle")


# ---------------------------------------------------------------- the Pareto front


def test_pareto_keeps_what_nothing_dominates():
    table = by_hand((1, 0.5), (1, 0.4), (2, 0.4), (2, 0.1), (4, 0.0), (6, 0.0), (3, math.nan), (math.nan, 0.0))
    assert [(r["redundancy"], r["shift_variance"]) for r in table.pareto()] == [(1, 0.4), (2, 0.1), (4, 0)]


def test_rounding_dominates_nothing():
    table = by_hand((4, 0.0), (4, 1e-16), (5, 1e-16), (4, 1e-11))
    assert [r["transform"] for r in table.pareto()] == ["t0", "t1"]


def test_pareto_keeps_ties_and_treats_signals_apart():
    a, b = by_hand((4, 0.0), (4, 0.0), (5, 0.0), signal="a"), by_hand((8, 0.1), signal="b")
    front = Comparison(a.columns, a.rows + b.rows).pareto()
    assert [r["transform"] for r in front] == ["t0", "t1", "t0"]
    assert [r["signal"] for r in front] == ["a", "a", "b"]


def test_ranked_sorts_by_fronts_and_leaves_what_has_no_number_last():
    table = by_hand((1, 0.5), (4, 0.0), (math.nan, 0.1), (2, 0.1), (5, 0.0), (1, 0.4), (1, 0.4))
    assert [r["transform"] for r in table.ranked()] == ["t5", "t6", "t3", "t1", "t0", "t4", "t2"]
    two = Comparison(table.columns, table.rows + by_hand((3, 0.2), (2, 0.1), signal="y").rows)
    assert [r["signal"] for r in two.ranked()] == ["x"] * 7 + ["y"] * 2
    assert [r["transform"] for r in two.ranked()][7:] == ["t1", "t0"]
    with pytest.raises(ValueError, match="lack 'shift_variance'"):
        compare(noise(8), PAIR, measures=["redundancy"]).ranked()


def test_pareto_needs_both_measures():
    table = compare(noise(8), PAIR, measures=["redundancy"])
    with pytest.raises(ValueError, match="lack 'shift_variance'"):
        table.pareto()


# ---------------------------------------------------------------- writing down

ODD = by_hand((1, 0.25), (2, math.nan), (3, math.inf), signal="a|b<i>", note="levels=9 is | too <deep>")


def test_csv_gives_every_number_back():
    x = noise(16)
    table = compare({"a,b": x}, PAIR, measures=UNTIMED)
    rows = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert list(rows[0]) == list(table.columns)
    for row, record in zip(rows, table, strict=True):
        assert row["signal"] == "a,b"
        assert row["shape"] == "16"
        assert all(float(row[name]) == record[name] for name in UNTIMED)
    odd = list(csv.DictReader(io.StringIO(ODD.to_csv())))
    assert [row["shift_variance"] for row in odd] == ["0.25", "", "inf"]


def test_json_is_strict():
    def refuse(word):
        raise AssertionError(word)

    document = json.loads(ODD.to_json(), parse_constant=refuse)
    assert document["format"] == "shiftinv.Comparison/2"
    assert document["measures"] == {name: MEASURES[name] for name in FRONT}
    assert [r["shift_variance"] for r in document["records"]] == [0.25, None, "inf"]
    assert document["records"][0] == {
        "signal": "a|b<i>", "transform": "t0", "levels": 1, "shape": [8], "redundancy": 1, "shift_variance": 0.25,
        "note": "levels=9 is | too <deep>",
    }  # fmt: skip


def test_markdown_has_as_many_cells_in_every_line():
    lines = ODD.to_markdown().splitlines()
    assert len(lines) == 2 + len(ODD)
    for line in lines:
        assert line.replace("\\|", "").count("|") == len(ODD.columns) + 1
    assert set(lines[1]) == set("|-: ")
    assert "levels=9 is \\| too" in lines[2]
    assert "| shift variance |" in lines[0]


def test_a_frame_has_the_records():
    frame = compare(noise(16), PAIR, measures=UNTIMED).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["signal", "transform", "levels", "shape", *UNTIMED, "note"]
    assert frame["redundancy"].tolist() == [1, 3]


def test_without_pandas_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r'pip install "shiftinv\[table\]"'):
        ODD.to_frame()


def test_html_escapes_and_closes():
    class Cells(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.cells, self.open = [], []

        def handle_starttag(self, tag, attrs):
            self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

        def handle_data(self, data):
            if self.open[-1] == "td":
                self.cells.append(data)

    parser = Cells()
    parser.feed(ODD._repr_html_())
    assert parser.open == []
    assert len(parser.cells) == len(ODD) * len(ODD.columns)
    assert "a|b<i>" in parser.cells
    assert "<deep>" not in ODD._repr_html_()


@pytest.mark.parametrize("kind", ["csv", "json", "markdown"])
def test_files_hold_the_text_and_survive_failures(kind, tmp_path, monkeypatch):
    write = getattr(ODD, f"to_{kind}")
    path = tmp_path / "report"
    assert write(path) is None
    assert path.read_text(encoding="utf-8") == write()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    path.write_text("old")
    with pytest.raises(OSError, match="No space"):
        write(path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report"]


# ---------------------------------------------------------------- the table for people


def test_the_table_is_grouped_aligned_and_narrow():
    table = compare({"a": noise(16), "b": noise(8, 8)}, PAIR)
    parts = str(table).split("\n\n\n")
    assert len(parts) == 2  # too wide for one
    for part in parts:
        lines = part.splitlines()
        assert [line for line in lines if line.startswith(("a,", "b,"))] == ["a, 16 samples", "b, 8 x 8 samples"]
        rows = [line for line in lines if line.startswith(("dwt", "swt"))]
        assert len(rows) == 4
        assert len({len(line) for line in rows}) == 1
        assert max(map(len, lines)) <= 120
        assert lines[1].split()[0] == "transform"
    assert parts[0].splitlines()[1].split()[1:3] == ["levels", "redundancy"]
    assert parts[0].split()[0] == "coeffic."  # whose bytes they are
    heads = " ".join(line for part in parts for line in part.splitlines()[:2])
    assert all(heads.count(word) == 1 for word in ("kB", "levels", "amplif.", "gain"))
    assert repr(table) == str(table)


def test_the_table_to_the_letter():
    table = Comparison(by_hand().columns, by_hand((1, 0.25), (16, 0.0)).rows + by_hand((2, 1e-9), signal="y").rows)
    assert str(table).splitlines() == [
        "                                  shift",
        "transform  levels  redundancy  variance",
        "",
        "x, 8 samples",
        "t0              1           1      0.25",
        "t1              1          16         0",
        "",
        "y, 8 samples",
        "t0              1           2   1.0e-09",
    ]


def test_the_same_reason_stands_once_for_several_transforms():
    text = str(compare(noise(20), ["dwt:haar,levels=5", "dwt:db2,levels=5"], measures=FRONT))
    assert text.count("seam between the ends") == 1
    assert text.count("[1]") == 3


def test_a_transform_listed_twice_is_compared_once():
    table = compare(noise(16), ["dwt:haar,2", DWT("haar", 2), "dwt:db1,levels=2"], measures=FRONT)
    assert [r["transform"] for r in table] == ["dwt:haar,levels=2"]


def test_long_notes_are_wrapped():
    lines = str(by_hand((1, 0.5), note="a reason " * 40)).splitlines()
    assert max(map(len, lines)) <= 120
    assert sum(line.count("reason") for line in lines) == 40


def test_notes_stand_once_below_the_table():
    lines = str(compare(noise(9), ["dwt:haar,levels=3", "swt:haar,levels=3", "dwt:haar,levels=9"])).splitlines()
    marks = [line[-3:] for line in lines if line.startswith(("dwt", "swt"))]
    assert marks[:3] == ["[1]", "[1]", "[2]"]
    assert marks == marks[:3] * 2  # in both parts
    assert lines[-2:][0].startswith(("[1]", "[2]"))
    assert sum(line == "[1] cropped from 9 to 8 for dwt:haar,levels=3" for line in lines) == 1
    assert any(line.startswith("[2] cropped from 9 to 8 for dwt:haar,levels=3; levels=9 is too deep") for line in lines)
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.234e-16, "1.2e-16"),
        (0.12345, "0.123"),
        (16.0, "16"),
        (1234.5, "1,234"),
        (math.inf, "inf"),
        (math.nan, "-"),
    ],
)
def test_numbers_are_rounded_for_people(value, text):
    (line,) = (line for line in str(by_hand((1, value))).splitlines() if line.startswith("t0"))
    assert line.split() == ["t0", "1", "1", text]


# ---------------------------------------------------------------- progress


def test_progress_is_silent_where_there_is_no_terminal(capsys):
    compare(noise(8), PAIR, measures=FRONT)  # compiled by now
    capsys.readouterr()
    compare(noise(8), PAIR, measures=FRONT, progress=True)
    assert capsys.readouterr() == ("", "")


def test_no_bar_where_there_is_no_terminal(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    jobs = [1, 2]
    assert shown(jobs, "comparing", True) is jobs


def test_a_slow_first_call_says_that_kernels_are_compiled(capsys, monkeypatch):
    class Impatient:
        def __init__(self, seconds, say):
            assert seconds == 3
            self.start = say

        def cancel(self):
            pass

    monkeypatch.setattr("threading.Timer", Impatient)
    compare(noise(8), PAIR, measures=FRONT, progress=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "compiling kernels, once; later runs read them from disk\n"
    compare(noise(8), PAIR, measures=FRONT)
    assert capsys.readouterr().err == ""


def test_a_bar_is_shown_on_a_terminal_and_not_missed_without_tqdm(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    jobs = [1, 2]
    bar = shown(jobs, "comparing", True)
    assert type(bar).__name__ == "tqdm"
    assert bar.delay == 1
    assert list(bar) == jobs
    assert shown(jobs, "comparing", False) is jobs
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert shown(jobs, "comparing", True) is jobs
