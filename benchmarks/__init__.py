"""Side by side against peers and a memory copy: ``python -m benchmarks``.

Everybody runs on one thread: ndwt would otherwise take all cores.
"""

import os

os.environ["RAYON_NUM_THREADS"] = "1"
