"""The command line, as ``python -m shiftinv``."""

from .cli import main

if __name__ == "__main__":
    main()
