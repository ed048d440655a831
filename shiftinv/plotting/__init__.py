"""Pictures of comparisons and of transforms; the only package that draws."""

from .labels import between, spread_apart
from .saving import SUFFIXES, as_svg, available
from .shifts import energies, equivariance, sensitivity, shifted_steps
from .tradeoff import MOST_PANELS, check_panels, pareto

__all__ = [
    "MOST_PANELS",
    "SUFFIXES",
    "as_svg",
    "available",
    "between",
    "check_panels",
    "energies",
    "equivariance",
    "pareto",
    "sensitivity",
    "shifted_steps",
    "spread_apart",
]
