"""Claims and what a sync did, as lines for a person."""

from __future__ import annotations

from git_cmos.queries.leases import span
from git_cmos.render.missions import suggest
from git_cmos.render.pages import count
from git_cmos.render.style import columns_of, pad, safe, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos.actions.sync import Synced
    from git_cmos.queries.leases import Claim
    from git_cmos.render.style import Style

_TINTS = {"held": "green", "tentative": "yellow", "expired": "dim"}


def sync_lines(found: Synced, style: Style) -> list[str]:
    """What came, what went, what is odd."""
    name = safe(found.remote)
    moved = f"{count(found.received, 'event')} from {name}, {count(found.sent, 'event')} to it"
    lines = [f"up to date with {name}" if not found.received and not found.sent else moved]
    if found.packed:
        before, after = found.packed
        same = f"the ledger is short already: {count(before, 'commit')}"
        lines.append(f"packed {count(before, 'commit')} into {after}" if after < before else same)
    for sentence in found.claims:
        lines += wrap(sentence, style.width, "")
    for sentence in found.problems:
        lines += wrap(f"! {sentence}", style.width, "")
    return lines


def claim_lines(claims: Sequence[Claim], style: Style) -> list[str]:
    """Every claim: mission, state, holder, age."""
    if not claims:
        return ["no claims", "", *suggest(style, ("git cmos next --claim", "takes the next one"))]
    columns = max(columns_of(claim.mission) for claim in claims)
    lines = []
    for claim in claims:
        state = style(pad(claim.state, 9), _TINTS[claim.state])
        whose = " (you)" if claim.mine else " (another clone)" if claim.elsewhere else ""
        ends = "since" if claim.state == "expired" else "until"
        rest = f"{claim.holder}{whose}, {span(claim.age)} ago, {ends} {claim.expires_at}"
        first, *more = wrap(rest, style.width, " " * (columns + 15))
        lines += [f"  {pad(safe(claim.mission), columns)}  {state}  {first.strip()}", *more]
    return lines


def claimed_lines(claim: Claim, style: Style) -> list[str]:
    """The answer to one who claimed."""
    name = safe(claim.mission)
    if claim.state == "tentative":
        return [
            *wrap(f"{name} is yours tentatively: the remote cannot be reached", style.width, ""),
            "",
            *suggest(style, ("git cmos sync", "settles it, once it can be reached again")),
        ]
    return [
        f"{name} is yours until {claim.expires_at}; commits and commands on it renew that",
        "",
        *suggest(
            style,
            (f"git cmos mission start {name}", "begin"),
            (f"git cmos release {name}", "let it go"),
        ),
    ]
