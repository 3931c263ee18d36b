"""The decorator of every function inside the kernel; only the entry points in ``__init__`` face Python.

Inner functions carry no Python wrapper, which halves the time to compile: never call one from Python, only from
another compiled function.
"""

from __future__ import annotations

from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
inner: Any = njit(**_OPTIONS)
