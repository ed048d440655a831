"""Loops compiled by Numba. The only package that imports it, and only at the first call."""
