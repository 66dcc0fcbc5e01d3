"""An open memory, and its views from other commits."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory


class Opened:
    """A memory that is caught up with history before every answer. A context manager."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def close(self) -> None:
        self.memory.close()

    def _caught_up(self) -> Memory:
        self.memory.catch_up()
        return self.memory

    def _view(self, at: str | None) -> View:
        return View(self._caught_up(), at)


class View:
    """The memory itself, or its view from one commit, closed at the end of the block."""

    def __init__(self, memory: Memory, at: str | None) -> None:
        self.memory = memory if at is None else memory.at(at)
        self._own = at is not None

    def __enter__(self) -> Memory:
        return self.memory

    def __exit__(self, *exc: object) -> None:
        if self._own:
            self.memory.close()
