"""Working together: sync, claim, release."""

from __future__ import annotations

import sys

import click

from git_cmos.actions import claims as claiming
from git_cmos.actions import sync as exchanging
from git_cmos.cli import params
from git_cmos.cli.app import CONTEXT
from git_cmos.render import team as text


@click.command(context_settings=CONTEXT)
@click.argument("remote", required=False)
@click.option("--fetch", is_flag=True, help="Only take in what the remote has.")
@click.option("--push", is_flag=True, help="Only give what the remote lacks.")
@click.option("--pack", is_flag=True, help="Fold a long ledger into few commits first.")
@params.as_json
def sync(remote: str | None, fetch: bool, push: bool, pack: bool, json: bool) -> None:
    """Exchange told events and claims with REMOTE.

    REMOTE is `cmos.remote` by default, else origin. Only what is new travels, both ways; nothing
    is forced and nothing is lost, whatever the remote did. It is git's own fetch and push, by
    whatever protocol the remote's URL names.
    """
    with params.opened() as memory:
        found = exchanging.sync(
            memory,
            remote,
            fetch=fetch or not push,
            push=push or not fetch,
            pack=pack,
            progress=_progress,
        )
        params.put(memory, json, found, lambda style: text.sync_lines(found, style))


def _progress(words: str) -> None:
    """What is being done, on a terminal, until the next thing is."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{words} ...\r", nl=False, err=True)


@click.command(context_settings=CONTEXT)
@click.argument("mission", required=False)
@params.ttl
@params.agent
@params.as_json
def claim(mission: str | None, ttl: str | None, agent: str | None, json: bool) -> None:
    """Take MISSION, or renew the claim on it; without MISSION, list all claims.

    With a remote, one ref there decides who was first; without one, a ref of this repository.
    Exit status 1: somebody else holds it. What cannot be asked of the remote is tentative until
    `git cmos sync`. A claim holds until its time is over after the holder's last commit or
    command on the mission.
    """
    with params.opened() as memory:
        if mission is None:
            every = claiming.listed(memory, agent)
            params.put(memory, json, every, lambda style: text.claim_lines(every, style))
            return
        found = claiming.claim(memory, mission, agent=agent, ttl=ttl)
        params.put(memory, json, found, lambda style: text.claimed_lines(found, style))


@click.command(context_settings=CONTEXT)
@click.argument("mission")
@params.agent
@params.as_json
def release(mission: str, agent: str | None, json: bool) -> None:
    """Let a claimed MISSION go, so that another may take it at once."""
    with params.opened() as memory:
        said = claiming.release(memory, mission, agent=agent)
        params.put(memory, json, {"mission": mission, "released": said}, lambda style: [said])
