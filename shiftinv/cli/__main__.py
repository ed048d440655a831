"""The command line, as ``python -m shiftinv.cli``."""

from . import main

if __name__ == "__main__":
    main()
