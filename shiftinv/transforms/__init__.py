"""One transform per file; those not at the top level of the library are found here."""

from .dwt import DWT
from .swt import SWT

__all__ = ["DWT", "SWT"]
