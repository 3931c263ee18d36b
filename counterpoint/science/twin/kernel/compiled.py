"""The decorator of every function inside the kernel; only the entry points in ``__init__`` face Python."""

from __future__ import annotations

from numba import njit

inner = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
