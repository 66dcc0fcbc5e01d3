"""Which line of a message a finding is about."""

from __future__ import annotations

import re

from git_cmos.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory
    from git_cmos.model import Finding

_QUOTED = re.compile(r"'([A-Za-z0-9][A-Za-z0-9_ -]*): ([^']*)'")
_LARGEST = 16_000_000  # bytes of a commit


def located(memory: Memory, findings: list[Finding]) -> list[Finding]:
    """The findings, each that is about a commit with the line of its message: the one that it
    quotes, else one that names its mission, else the subject."""
    wanted = {it.commit for it in findings if it.commit and it.line is None}
    raw = dict(memory.repo.raw_commits(sorted(wanted), _LARGEST)) if wanted else {}
    texts = {oid: _message(content) for oid, content in raw.items()}
    return [
        replace(it, line=line_of(texts.get(it.commit, ""), it))
        if it.commit and it.line is None
        else it
        for it in findings
    ]


def _message(content: bytes) -> str:
    return content.partition(b"\n\n")[2].decode("utf-8", "replace")


def line_of(message: str, finding: Finding) -> int:
    """The number of the line, from 1. Trailers stand at the end, so the last one that fits."""
    quoted = _QUOTED.search(finding.message)
    key, text = quoted.groups() if quoted else ("", finding.mission or "")
    first = text.rstrip("…").split(" ")[0].rstrip(",")
    lines = [line.lower() for line in message.split("\n")]
    for start, inside in ((key.lower(), first.lower()), (key.lower(), ""), ("", first.lower())):
        if start or inside:
            for number in range(len(lines), 0, -1):
                if lines[number - 1].startswith(start) and inside in lines[number - 1]:
                    return number
    return next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
