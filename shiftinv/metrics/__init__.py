"""Measures of shift variance, equivariance and cost, one per file."""
