"""Arrow arrays made by hand, so that they can be wrong in ways that no library lets happen."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any


class _Schema(ctypes.Structure):
    pass


class _Array(ctypes.Structure):
    pass


class _Stream(ctypes.Structure):
    pass


_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_GET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_ERROR = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)

_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", _RELEASE),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", _RELEASE),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", _GET),
    ("get_next", _GET),
    ("get_last_error", _ERROR),
    ("release", _RELEASE),
    ("private_data", ctypes.c_void_p),
]

_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


class Handmade:
    """An exporter of one array; counts how often each of its structures is released."""

    def __init__(
        self,
        form: str,
        length: int,
        buffers: Sequence[bytes | None],
        *,
        offset: int = 0,
        null_count: int = 0,
        dictionary: Handmade | None = None,
        children: Sequence[Handmade] = (),
        names: Sequence[str] = (),
    ) -> None:
        self.released = {"schema": 0, "array": 0, "stream": 0}
        self._memory: list[Any] = []
        self.schema = _Schema(form.encode(), b"", None, 0, len(children))
        self.array = _Array(length, null_count, offset, len(buffers), len(children))
        self.array.buffers = self._pointers(buffers)
        for kind, struct in (("schema", self.schema), ("array", self.array)):
            if dictionary is not None:
                struct.dictionary = ctypes.pointer(getattr(dictionary, kind))
            if children:
                pointers = [ctypes.pointer(getattr(child, kind)) for child in children]
                block = (type(pointers[0]) * len(pointers))(*pointers)
                self._memory.append(block)
                struct.children = ctypes.cast(block, type(struct.children))
            struct.release = self._release(kind, type(struct))
        for child, name in zip(children, names, strict=True):
            child.schema.name = name.encode()
        self._memory += [dictionary, children]

    def _pointers(self, buffers: Sequence[bytes | None]) -> Any:  # noqa: ANN401 - ctypes
        kept = [None if b is None else ctypes.create_string_buffer(b, len(b)) for b in buffers]
        addresses = [None if b is None else ctypes.addressof(b) for b in kept]
        block = (ctypes.c_void_p * max(len(addresses), 1))(*addresses)
        self._memory += [kept, block]
        return ctypes.cast(block, ctypes.POINTER(ctypes.c_void_p))

    def _release(self, kind: str, struct: Any) -> Any:  # noqa: ANN401 - ctypes
        def release(at: int) -> None:
            self.released[kind] += 1
            struct.from_address(at).release = _RELEASE()

        self._memory.append(_RELEASE(release))
        return self._memory[-1]

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[Any, Any]:
        return (
            _new_capsule(ctypes.addressof(self.schema), b"arrow_schema", None),
            _new_capsule(ctypes.addressof(self.array), b"arrow_array", None),
        )


class HandmadeStream:
    """An exporter of a stream that gives the arrays of some exporters, then ends or fails."""

    def __init__(self, arrays: Sequence[Handmade], error: bytes | None = None) -> None:
        self.arrays = list(arrays)
        self.released = 0
        self._error = ctypes.create_string_buffer(error) if error else None
        self._next = iter(self.arrays)
        self.stream = _Stream(
            _GET(self._get_schema),
            _GET(self._get_next),
            _ERROR(self._get_error),
            _RELEASE(self._release),
        )

    def _get_schema(self, _: int, out: int) -> int:
        ctypes.memmove(out, ctypes.addressof(self.arrays[0].schema), ctypes.sizeof(_Schema))
        return 0

    def _get_next(self, _: int, out: int) -> int:
        array = next(self._next, None)
        if array is not None:
            ctypes.memmove(out, ctypes.addressof(array.array), ctypes.sizeof(_Array))
            return 0
        if self._error is not None:
            return 5
        _Array.from_address(out).release = _RELEASE()
        return 0

    def _get_error(self, _: int) -> int:
        return ctypes.addressof(self._error) if self._error is not None else 0

    def _release(self, at: int) -> None:
        self.released += 1
        _Stream.from_address(at).release = _RELEASE()

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:  # noqa: ANN401 - capsule
        return _new_capsule(ctypes.addressof(self.stream), b"arrow_array_stream", None)
