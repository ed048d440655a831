"""
The price of shift invariance
=============================

Aliasing of the worst level, and shift variance of the energies of an ECG, against the redundancy that each transform
pays. What is Pareto-optimal has a ring: nothing else is as good for as little.
"""

import shiftinv as si

transforms = [
    "dwt:sym8,levels=4",
    "bestshift:sym8,levels=4",
    "cyclespin:(dwt:sym8,levels=4),shifts=2",
    "dtcwt:levels=4",
    "pswt:sym8,levels=4,undecimated=2",
    "cyclespin:(dwt:sym8,levels=4),shifts=4",
    "steerable:levels=4",
    "swt:sym8,levels=4",
]
measures = ["redundancy", "shift_variance", "aliasing_db"]
table = si.compare({"ecg": si.datasets.ecg()}, transforms, measures=measures)
table.plot("price_of_invariance.png")

aliasing = [
    record["aliasing_db"] for record in table if record["transform"].startswith(("dwt", "dtcwt", "pswt", "swt"))
]
assert aliasing == sorted(aliasing, reverse=True)  # what costs more aliases less
