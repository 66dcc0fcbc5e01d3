"""The memory itself: does it say what its events say, and could it read them all?"""

from __future__ import annotations

from git_cmos.actions import storage
from git_cmos.actions.verify.context import Remark
from git_cmos.events import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.verify.context import Context


def parity(context: Context) -> Iterator[Remark]:
    """The tables differ from a fold of all events from nothing."""
    here, fresh = storage.parity(context.memory)
    if here != fresh:
        yield Remark(
            commit=None,
            mission=None,
            message=f"the tables ({here[:12]}) are not what a fold from nothing makes"
            f" ({fresh[:12]})",
            hint="`git cmos db rebuild` folds them anew; please report how it came about",
        )


def set_aside(context: Context) -> Iterator[Remark]:
    """Events that this version cannot fold: they are kept, but say nothing yet."""
    sql = "SELECT kind, count(*) FROM set_aside GROUP BY kind ORDER BY kind"
    for kind, count in context.db.execute(sql).fetchall():
        counted = f"{count} events" if count > 1 else "an event"
        why = "with fields that do not fit it" if kind in KINDS else "that this version cannot read"
        yield Remark(
            commit=None,
            mission=None,
            message=f"{counted} of the kind {kind[:60]} {why} {'are' if count > 1 else 'is'}"
            " set aside",
            hint="nothing is lost: the next command after an upgrade of git cmos folds what it"
            " can read (`pip install --upgrade git-cmos`)",
        )
