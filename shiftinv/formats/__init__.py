"""Kinds of files that hold signals, one module a kind: each checks what a header announces, then decodes."""
