"""The onboarding page and prompts of a given size, in markdown: for agents and people alike."""

from __future__ import annotations

from git_cmos.queries.onboarding import within
from git_cmos.render.style import wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from git_cmos.queries.onboarding import Section

_HOW = """
## How to work here

- `git cmos next` says what to do; `git cmos mission start ID` takes it.
- Say in commits what you did: `git commit --trailer 'Mission: ID'`, and when
  it is done `--trailer 'Mission-Complete: ID'`. It is true where the commit is.
- Keep what you learn: the trailers `Decision:`, `Fact:`, `Learning:`, or
  `git cmos decision add`, `git cmos fact add`.
- Stuck: `git cmos mission block ID --reason '…'`. Unsure: `git cmos -h`.
"""
_LEFT = "\nLeft out: {}.\n"


def page(found: dict[str, Any], parts: list[Section], budget: int) -> str:
    """At most `budget` characters: who, where, what counts, how to go on; what is left out."""
    head, how = _head(found), _HOW
    room = budget - len(head) - len(how) - 400  # for the line of what is left out
    if room < 0:  # a prompt of a few hundred characters: no manners, only what is next
        head, how, room = "", "", budget - 120
    shown, left = within(parts, max(room, 0))
    text = head + "".join(map(_section, shown)) + how
    said = _left_out(left)
    if len(text) + len(said) > budget:
        said = _LEFT.format("what the budget does not hold") if left else ""
    text += said
    return text.lstrip("\n") if len(text) <= budget else text[: max(budget - 1, 0)] + "…"


def _head(found: dict[str, Any]) -> str:
    project, sprint = found["project"], found["sprint"]
    name = str(project.get("name", ""))[:100]
    about = str(project.get("description") or "")[:500]
    lines = [f"# {name}", ""]
    lines += [*wrap(about, 80, ""), ""] if about else []
    lines.append(f"You look at {found['view']}.")
    if sprint:
        lines.append(
            f"Sprint {sprint.title[:100]} ({sprint.status}): {sprint.completed} of"
            f" {sprint.missions} missions completed."
        )
    lines.append(f"In all {found['queued']} queued, {found['completed']} completed.")
    if found["session"]:
        session = found["session"]
        lines.append(f"Session {session.id} of {session.agent} is open: {session.title[:100]}.")
    return "\n".join(lines) + "\n"


def _section(part: Section) -> str:
    lines = [f"- {line[2:]}" if first else line for line, first in _lines(part)]
    return "\n".join(["", f"## {part.title}", "", *lines, ""])


def _lines(part: Section) -> Iterator[tuple[str, bool]]:
    """(line, whether an item begins with it), 80 columns wide."""
    for item in part.items:
        for place, line in enumerate(wrap(item, 80, "  ")):
            yield line, place == 0


def _left_out(left: list[Section]) -> str:
    if not left:
        return ""
    counts = (f"{len(p.items)} of {p.title.lower()} (`{p.command}`)" for p in left)
    return "\n".join(["", *wrap(_LEFT.strip().format(", ".join(counts)), 80, ""), ""])
