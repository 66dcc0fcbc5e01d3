"""The plan as it stands: fields that a mission lacks, statuses that contradict each other."""

from __future__ import annotations

from git_cmos.actions.verify.context import Remark
from git_cmos.model import COMPLETED
from git_cmos.queries import missions as asking
from git_cmos.queries import quality

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_cmos.actions.verify.context import Context
    from git_cmos.remembered import Issue

_OF_SPRINTS = ("sprint-open", "sprint-begun")


def field_missing(context: Context) -> Iterator[Remark]:
    """A planned mission without a field that a plan should have (`mission incomplete` lists
    them). All of the plan is looked at with `--all`; where the level is set, what a range speaks
    of is, too."""
    wanted = _wanted(context, "field-missing")
    for issue in quality.incomplete(context.memory) if wanted is None or wanted else ():
        if wanted is None or issue.mission in wanted:
            yield _remark(issue)


def contradiction(context: Context) -> Iterator[Remark]:
    """Statuses that cannot be true together, as commands told them: done before what it needs, a
    completed sprint with open missions, a block without a reason. Looked at as `field-missing`."""
    wanted = _wanted(context, "status-contradiction")
    for issue in quality.audit(context.memory) if wanted is None or wanted else ():
        if issue.mission is None:
            if wanted is None and issue.problem in _OF_SPRINTS:
                yield _remark(issue)
        elif (wanted is None or issue.mission in wanted) and _contradicts(context, issue):
            yield _remark(issue)


def _wanted(context: Context, rule: str) -> set[str] | None:
    """The missions to look at; None for all."""
    if context.everything:
        return None
    return context.spoken_of if context.memory.config.get(f"cmos.verify.{rule}") else set()


def _contradicts(context: Context, issue: Issue) -> bool:
    """A completion by a commit is the matter of `dependency-open`, which knows the commit."""
    row = asking.find(context.memory, issue.mission or "")
    if row is None or issue.problem not in ("need-open", "reason-missing"):
        return False
    if issue.problem == "reason-missing":
        return True
    return row["status"] == COMPLETED and row["decided_commit"] is None


def _remark(issue: Issue) -> Remark:
    who = issue.mission or f"sprint {issue.sprint}"
    hint = issue.hint if "`" in issue.hint else f"`{issue.hint}`"
    return Remark(commit=None, mission=issue.mission, message=f"{who} {issue.message}", hint=hint)
