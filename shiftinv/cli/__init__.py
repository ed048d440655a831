"""The command line: ``shiftinv compare``, ``denoise``, ``list``, ``info`` and ``warmup``, one module a command.

Results go to stdout, messages to stderr. Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""

try:
    import click  # noqa: F401
except ModuleNotFoundError as missing:
    if missing.name != "click":
        raise
    raise SystemExit('shiftinv\'s command line needs click: pip install "shiftinv[cli]"') from None

from .comparing import compare_files
from .denoising import denoise_files
from .installation import compile_ahead, info
from .names import list_names
from .program import main

for command in (compare_files, denoise_files, list_names, info, compile_ahead):
    main.add_command(command)

__all__ = ["main"]
