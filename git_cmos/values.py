"""Frozen values, as `dataclasses` makes them, without its start-up time.

`import dataclasses` costs 0.7 times a whole `python -c pass` (it imports inspect, ast and
tokenize), and hooks and `next` are measured against that. Type checkers see an ordinary frozen
dataclass; at run time a value keeps its fields, in order of declaration, in its `__dict__`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar, dataclass_transform

    T = TypeVar("T")

    @dataclass_transform(frozen_default=True)
    def value(cls: type[T]) -> type[T]: ...

else:

    def value(cls):
        """Make `cls` a frozen value: keyword or positional construction, equality, repr."""
        inherited = {}
        for base in reversed(cls.__mro__[:-1]):
            inherited.update(dict.fromkeys(base.__dict__.get("__annotations__", ())))  # noqa: RUF063 - inspect is what this avoids
        cls._fields = tuple(inherited)
        cls._names = inherited.keys()
        cls._defaults = {f: getattr(cls, f) for f in cls._fields if hasattr(cls, f)}
        cls.__init__, cls.__eq__, cls.__hash__ = _init, _eq, _hash
        cls.__repr__, cls.__setattr__, cls.__delattr__ = _repr, _frozen, _frozen
        return cls

    def _init(self, *args, **named):
        cls = type(self)
        if not args and named.keys() == cls._names:  # as decoding does, by the hundred thousand
            object.__setattr__(self, "__dict__", named)
            return
        given = {**dict(zip(cls._fields, args, strict=False)), **named}
        fields = {f: given.pop(f, cls._defaults.get(f, _init)) for f in cls._fields}
        missing = [f for f, v in fields.items() if v is _init]
        if given or missing or len(args) > len(cls._fields):
            raise TypeError(f"{cls.__name__}: unknown {sorted(given)}, missing {missing}")
        object.__setattr__(self, "__dict__", fields)

    def _eq(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def _hash(self):
        return hash((type(self), *self.__dict__.values()))

    def _repr(self):
        fields = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items())
        return f"{type(self).__name__}({fields})"

    def _frozen(self, name, *_):
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed: values are frozen")


def names_of(cls: type) -> tuple[str, ...]:
    """The names of a value's fields, in the order of declaration."""
    names: tuple[str, ...] = cls._fields  # type: ignore[attr-defined]
    return names


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a value by name, in the order of declaration; a copy."""
    fields = vars(value)
    return {name: fields[name] for name in names_of(type(value))}


def replace(value: T, **changes: Any) -> T:
    """The same value with some fields changed."""
    return type(value)(**{**vars(value), **changes})
