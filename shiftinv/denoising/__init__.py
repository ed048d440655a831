"""Removal of noise from signals and images, one idea per file."""

from .anscombe import anscombe, inverse_anscombe
from .surelet import SureLet, surelet

__all__ = ["SureLet", "anscombe", "inverse_anscombe", "surelet"]
