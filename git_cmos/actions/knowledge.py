"""The knowledge base: index and search the documents of HEAD, or of any commit."""

from __future__ import annotations

from git_cmos.kb import Documents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from git_cmos.kb import Indexed
    from git_cmos.memory import Memory
    from git_cmos.remembered import Passage


def index(
    memory: Memory, progress: Callable[[int], object] = lambda count: None, rev: str | None = None
) -> Indexed:
    """Bring the index to the documents of `rev` (HEAD); only what changed is read."""
    with _documents(memory, rev) as documents:
        return documents.index(progress, tidy=rev is None)


def search(memory: Memory, query: str, limit: int = 20, rev: str | None = None) -> list[Passage]:
    """Passages of the documents of `rev` (HEAD) that hold every word of the query, best first."""
    with _documents(memory, rev) as documents:
        documents.index()
        return documents.search(query, limit)


def _documents(memory: Memory, rev: str | None) -> Documents:
    head = memory.tips.heads.get(memory.repo.head_name, "")
    oid = memory.repo.objects.resolve(rev) if rev else head
    return Documents(memory.repo, oid, memory.config.get("cmos.kb.paths").split())
