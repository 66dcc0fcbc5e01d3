"""git cmos adopt"""

from __future__ import annotations

import click

from git_cmos import adopted, adoption
from git_cmos.actions import adopting
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT
from git_cmos.errors import Misused
from git_cmos.render import adoptions as text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory

_CLAIMS = click.Choice(tuple(adoption.CLAIMS))
_WITHIN = click.Choice(adoption.WITHIN)


@click.command(context_settings=CONTEXT)
@click.option("--pattern", "patterns", multiple=True, metavar="REGEX", help="Repeat it to compare.")
@click.option("--claims", type=_CLAIMS, default="work", help="What a match says; work by default.")
@click.option("--within", type=_WITHIN, default="subject", help="Where to look; the subject.")
@click.option("--apply", is_flag=True, help="Read history so from now on, in every clone.")
@click.option("--suggest", is_flag=True, help="Propose patterns from the history itself.")
@click.option("--list", "list_", is_flag=True, help="The patterns in force.")
@click.option("--remove", metavar="REGEX", help="Read history without this pattern again.")
@params.agent
@params.as_json
def adopt(
    patterns: tuple[str, ...],
    claims: str,
    within: str,
    apply: bool,
    suggest: bool,
    list_: bool,
    remove: str | None,
    agent: str | None,
    json: bool,
) -> None:
    """Read a history that names missions its own way: `s95-m04: …`, `[B1.1] …`, `PROJ-12`.

    Shows what each REGEX would claim and changes nothing until `--apply`. The mission is the
    group named `id`, or the first group, or all that matches. A commit whose trailers name a
    mission (or `Mission: none`) keeps its own word.

    For example: `git cmos adopt --pattern '^(s\\d+-m\\d+):'`.
    """
    if sum(map(bool, (patterns, suggest, list_, remove))) > 1 or (apply and not patterns):
        raise Misused("one of --pattern (with or without --apply), --suggest, --list, --remove")
    with params.opened() as memory:
        if list_ or remove:
            _rules(memory, remove, agent, json)
        elif suggest or not patterns:
            with params.progress() as counted:
                found = adopting.suggest(memory, counted)
            params.put(memory, json, found, lambda style: text.suggestions(found, style))
        else:
            _patterns(memory, adopting.rules_of(patterns, claims, within), apply, agent, json)


def _rules(memory: Memory, remove: str | None, agent: str | None, json: bool) -> None:
    if remove:
        with params.progress() as counted:
            adopting.drop(memory, remove, agent=agent, progress=counted)
    found = adopted.rules(memory.db)
    params.put(memory, json, found, lambda style: text.rule_lines(found, style))


def _patterns(
    memory: Memory, rules: list[adoption.Rule], apply: bool, agent: str | None, json: bool
) -> None:
    with params.progress() as counted:
        if apply:
            found = adopting.adopt(memory, rules, agent=agent, progress=counted)
        else:
            found = adopting.previews(memory, rules, counted)
    params.put(memory, json, found, lambda style: text.previews(found, style, apply))
