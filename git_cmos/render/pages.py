"""Status, sprints, the log, where, diff and verify as lines for a person."""

from __future__ import annotations

from git_cmos.render.missions import TINTS, facts, mission_line, mission_list, suggest
from git_cmos.render.style import clip, columns_of, pad, safe, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from git_cmos.model import Difference, LogEntry, Mission, Sprint, Status, Verdict, Whereabouts
    from git_cmos.remembered import BrokenLink, Issue, Passage
    from git_cmos.render.style import Style


def status_page(status: Status, style: Style, verbose: bool = False) -> list[str]:
    """Where the project stands."""
    lines = [style(safe(status.view), "dim")]
    if status.sprint:
        lines.append(sprint_line(status.sprint, style))
    groups = [
        ("in progress", status.active),
        ("current", [status.current] if status.current else []),
        ("blocked", status.blocked),
    ]
    for title, missions in groups:
        if missions:
            shown = missions if verbose else missions[:10]
            columns = max(columns_of(m.id) for m in shown)
            lines += ["", style(title, "bold")]
            for mission in shown:
                lines.append(mission_line(mission, style, columns))
                if mission.blocked_reason:
                    lines.append(
                        f"      {style(clip(mission.blocked_reason, style.width - 6), 'dim')}"
                    )
            if len(missions) > len(shown):
                lines.append(f"    and {len(missions) - len(shown)} more")
    lines += ["", f"{status.queued} queued, {status.completed} completed"]
    if status.recent:
        lines += ["", style("recently", "bold"), *log_lines(status.recent, style)]
    for problem in status.problems:
        lines += ["", *wrap(f"! {problem}", style.width, "")]
    return [*lines, "", *_status_hint(status, style)]


def _status_hint(status: Status, style: Style) -> list[str]:
    if not (status.active or status.current or status.blocked or status.queued or status.completed):
        return suggest(
            style,
            ("git cmos mission add B1.1 'The first thing to do'", "plan"),
            ("git commit --trailer 'Mission: B1.1'", "or say it in a commit"),
        )
    return suggest(style, ("git cmos next", "what to do, and why"))


def sprint_line(sprint: Sprint, style: Style) -> str:
    filled = round(20 * sprint.completed / sprint.missions) if sprint.missions else 0
    bar = style("█" * filled, "green") + style("░" * (20 - filled), "dim")
    name = sprint.title if sprint.title == sprint.id else f"{sprint.id}: {sprint.title}"
    return (
        f"{style(clip(name, style.width - 40), 'bold')}  {bar} "
        f"{sprint.completed}/{sprint.missions} {style(sprint.status, 'dim')}"
    )


def sprint_page(sprint: Sprint, missions: Sequence[Mission], style: Style) -> list[str]:
    known = [("focus", sprint.focus or ""), ("from", sprint.start_date or "")]
    known.append(("to", sprint.end_date or ""))
    listed = mission_list(
        missions, style, "no missions yet: `git cmos mission add ID NAME --sprint …`"
    )
    body = [line for line in listed if line != style(safe(sprint.id), "bold")]
    return [sprint_line(sprint, style), *facts(known, style), "", *body]


def log_lines(entries: Iterable[LogEntry], style: Style) -> list[str]:
    """The work log; a commit's own line gives way to what the same commit claims."""
    listed = list(entries)
    spoken = {entry.commit for entry in listed if entry.commit and entry.action != "commit"}
    shown = [e for e in listed if not (e.action == "commit" and e.commit in spoken)]
    if not shown:
        return ["nothing yet"]
    columns = min(max((columns_of(e.mission_id or "-") for e in shown), default=1), 16)
    return [_log_line(entry, style, columns) for entry in shown]


def _log_line(entry: LogEntry, style: Style, columns: int) -> str:
    at = f"{entry.at[:10]} {entry.at[11:16]}"
    where = entry.commit[:7] if entry.commit else "told   "
    who = clip(entry.agent, 14)
    head = f"  {at}  {where}  {pad(clip(entry.mission_id or '-', columns), columns)}  "
    room = style.width - columns_of(head) - columns_of(who) - 14
    action = pad(entry.action, 9)
    return (
        f"  {style(at, 'dim')}  {style(where, 'dim')}  "
        f"{style(pad(clip(entry.mission_id or '-', columns), columns), 'bold')}  "
        f"{action}  {pad(clip(entry.summary, room), room)} {style(who, 'dim')}"
    ).rstrip()


def where_page(found: Whereabouts, style: Style) -> list[str]:
    """Who said what of a mission, in which commit, and how far that commit has come."""
    lines = [mission_line(found.mission, style, columns_of(found.mission.id)).strip(), ""]
    if not found.commits:
        lines.append("  no commit speaks of it; it was told with commands (`git cmos log`)")
    for carrier in found.commits:
        state = "reverted" if carrier.reverted_by else "landed" if carrier.landed else "unlanded"
        tint = {"reverted": "red", "landed": "green", "unlanded": "yellow"}[state]
        said = pad(", ".join(carrier.claims), 9)
        room = style.width - 34
        subject = clip(carrier.subject, room)
        lines.append(
            f"  {style(carrier.oid[:9], 'dim')}  {said}  {style(pad(state, 8), tint)}  {subject}"
        )
        place = f"by {carrier.reverted_by[:9]}" if carrier.reverted_by else ", ".join(carrier.refs)
        lines += wrap(place, style.width, " " * 13) if place else []
    return lines


def diff_page(differences: Sequence[Difference], style: Style) -> list[str]:
    """Missions whose state changed, one a line."""
    if not differences:
        return ["no mission's state differs"]
    columns = min(max(columns_of(d.mission) for d in differences), 24)
    lines = []
    for difference in differences:
        before, after = difference.before, difference.after
        known = after or before
        assert known is not None  # noqa: S101 - a difference has a side
        words = f"{before.status if before else 'unknown'} → {after.status if after else 'unknown'}"
        if before and after and before.status == after.status:
            words = f"{after.status}, changed"
        tint = TINTS[after.status] if after else ("dim",)
        room = style.width - columns - 29
        lines.append(
            f"  {style(pad(clip(difference.mission, columns), columns), 'bold')}  "
            f"{style(pad(words, 25), *tint)} {clip(known.name, room)}".rstrip()
        )
    return lines


def verdict_page(verdict: Verdict, style: Style) -> list[str]:
    """What verify found, and the way out of each."""
    lines: list[str] = []
    for finding in verdict.findings:
        tint = "red" if finding.level == "error" else "yellow"
        place = f"{finding.commit[:9]} " if finding.commit else ""
        lines += [f"{style(finding.level, tint)}: {finding.rule}"]
        lines += wrap(f"{place}{finding.message}", style.width, "  ")
        lines += [style(line, "dim") for line in wrap(finding.hint, style.width, "  ") if line]
        lines += [""]
    errors = sum(finding.level == "error" for finding in verdict.findings)
    counted = safe(f"{count(verdict.checked, 'commit')} in {verdict.range}")
    if not verdict.findings:
        return [f"{style('ok', 'green')}: {counted}: nothing to report"]
    word = style("ok", "green") if verdict.ok else style("not ok", "red")
    warnings = count(len(verdict.findings) - errors, "warning")
    return [*lines, f"{word}: {counted}: {count(errors, 'error')}, {warnings}"]


def issue_lines(issues: Sequence[Issue], style: Style) -> list[str]:
    """What is amiss with the plan, and the command that mends each."""
    if not issues:
        return [f"{style('ok', 'green')}: nothing is amiss"]
    lines: list[str] = []
    for issue in issues:
        who = issue.mission or f"sprint {issue.sprint}"
        lines += wrap(f"{who} {issue.message}", style.width, "")
        lines += [style(line, "dim") for line in wrap(issue.hint, style.width, "    ")]
    return [*lines, "", count(len(issues), "issue")]


def broken_lines(files: int, broken: Sequence[BrokenLink], style: Style) -> list[str]:
    """Links that lead nowhere, as compilers name places."""
    lines = [safe(f"{link.file}:{link.line}: {link.target}: {link.why}") for link in broken]
    if not lines:
        return [f"{style('ok', 'green')}: no broken link in {count(files, 'document')}"]
    return [*lines, "", f"{count(len(lines), 'broken link')} in {count(files, 'document')}"]


def passage_lines(passages: Sequence[Passage], style: Style) -> list[str]:
    """Places in documents, with what stands there."""
    lines: list[str] = []
    for passage in passages:
        lines.append(style(safe(f"{passage.path}:{passage.line}"), "bold"))
        lines += [f"    {clip(line, style.width - 4)}" for line in passage.text.splitlines()]
    return lines or ["nothing in the documents of this commit"]


def health_lines(found: dict[str, Any]) -> list[str]:
    """What is known of the file, a line each."""
    return [f"{name:<12} {safe(str(word))}" for name, word in found.items()]


def count(number: int, noun: str) -> str:
    """`1 commit`, `2 commits`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
