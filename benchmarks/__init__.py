"""Side by side against peers and a memory copy: ``python -m benchmarks``."""
