"""The decorator of every function inside the kernel; only the entry points in ``__init__`` face Python.

Inner functions carry no Python wrapper, which halves the time to compile: never call one from Python, only from
another compiled function. They take the flat arrays as bare pointers (:func:`pointer`): an array is seven arguments and
a sign test an index, a pointer is one argument and none.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
inner: Any = njit(**_OPTIONS)
# On the way of every customer: worth its machine code at every call.
hot: Any = njit(forceinline=True, **_OPTIONS)


def _pointer(_context: Any, array: Any) -> Any:
    """Address of the first number of an array; the caller keeps the array alive while the pointer is in use."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return make_array(signature.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), codegen


pointer: Any = intrinsic(_pointer)


def _bits(_context: Any, numbers: Any) -> Any:
    """The floats behind a pointer, read as whole numbers: from 0.0 up to infinity these stand in the same order."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64).as_pointer())

    return types.CPointer(types.int64)(numbers), codegen


def _number(_context: Any, bits: Any) -> Any:
    """The float that these bits are."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(bits), codegen


bits_at: Any = intrinsic(_bits)
number_of: Any = intrinsic(_number)


@hot
def copy(source: Any, target: Any, n: int) -> None:
    """The first ``n`` numbers behind one pointer to another; a slice of an array would be copied one by one."""
    for i in range(n):
        target[i] = source[i]
