"""Every setting: one table over git's configuration.

Hooks and `next` must not pay for a `git config` process each time, so the values are kept with
the stamps of the files they came from (`Cached`); settings given by environment or `git -c` are
always read afresh.
"""

from __future__ import annotations

import json
import os

from git_cmos.errors import Cannot
from git_cmos.git import command
from git_cmos.lazy import lazy
from git_cmos.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_cmos import claims, trailers
    from git_cmos.claims import Vocabulary
else:
    claims, trailers = lazy("git_cmos.claims"), lazy("git_cmos.trailers")

_IN_REFS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/")
LEVELS = ("off", "warn", "error")

# (key, kind, default, meaning): the reference page and `get` both read this table.
SETTINGS: tuple[tuple[str, str, str, str], ...] = (
    ("cmos.agent", "text", "", "who acts when nothing else says so"),
    ("cmos.defaultbranch", "text", "", "the branch on which work counts as landed"),
    ("cmos.trailer.<name>", "text", "", "another key for the trailer <name>"),
    ("cmos.verify.<rule>", "level", "", "off, warn or error for one rule of verify"),
    ("cmos.remote", "text", "", "the remote that told events and claims go to; else origin"),
    ("cmos.ledgerprefix", "text", "refs/cmos/", "where they are kept there, e.g. refs/heads/cmos/"),
    ("cmos.claimttl", "text", "2h", "how long a claim holds after its last sign of life"),
    ("cmos.date.future", "seconds", "86400", "how far ahead of the clock a date may lie"),
    ("cmos.kb.paths", "text", "", "where `kb` looks for documents; all of the repository if empty"),
    ("color.cmos", "color", "", "auto, always or never; else color.ui"),
    ("color.ui", "color", "auto", "git's own"),
    ("color.pager", "bool", "true", "git's own: colour what goes through the pager, too"),
    ("pager.cmos", "pager", "", "true or a pager: page what is read, as git does"),
    ("pager.cmos.<command>", "pager", "", "the same for one command: `pager.cmos.log`"),
    ("commit.cleanup", "text", "", "git's own: what it strips of a message"),
    ("core.commentchar", "text", "#", "git's own: lines of a message that begin so are comments"),
    ("trailer.separators", "text", ":", "git's own: what may stand between key and value"),
    ("init.defaultbranch", "text", "", "git's own"),
    ("author.name", "text", "", "git's own"),
    ("user.name", "text", "", "git's own"),
)
_KEPT = (
    "cmos.",
    "color.",
    "pager.",
    "trailer.separators",
    "init.",
    "author.",
    "user.",
    "core.",
    "commit.",
    "remote.",
)


@value
class Config:
    """git's settings as they hold in one repository: lower-case key -> last value."""

    values: dict[str, str]

    def get(self, key: str) -> str:
        """The value, or the table's default; "" for what the table does not know."""
        found = self.values.get(key.lower())
        return _DEFAULTS.get(key.lower(), "") if found is None else found

    def remotes(self) -> list[str]:
        """The names of the remotes, in order, as `git remote` has them."""
        keys = (key.split(".", 1)[1] for key in self.values if key.startswith("remote."))
        return sorted({key.rpartition(".")[0] for key in keys if "." in key})

    def seconds(self, key: str) -> int:
        text = self.get(key)
        try:
            return int(text)
        except ValueError:
            raise Cannot(
                f"bad value {text!r} of {key}", f"git config {key} <seconds>", "bad-config"
            ) from None

    def ledger_prefix(self) -> str:
        """Where our refs are kept on remotes, with a slash at its end; Cannot for what is none."""
        text = self.get("cmos.ledgerprefix").rstrip("/") + "/"
        odd = any(pair in text for pair in ("//", "..", "/.", "./"))
        plain = set(text) <= _IN_REFS and not odd
        if plain and text.startswith("refs/") and text.count("/") > 1 and text != "refs/heads/":
            return text
        raise Cannot(
            f"bad value {text!r} of cmos.ledgerPrefix",
            "git config cmos.ledgerPrefix refs/heads/cmos/",
            "bad-config",
        )

    def level(self, rule: str, default: str) -> str:
        """off, warn or error for a rule of verify; Cannot for any other word."""
        level = self.get(f"cmos.verify.{rule}") or default
        if level not in LEVELS:
            raise Cannot(
                f"bad level {level!r} of cmos.verify.{rule}",
                f"git config cmos.verify.{rule} off|warn|error",
                "bad-config",
            )
        return level

    def colour(self) -> str:
        """always, never or auto, as git reads color.cmos and color.ui; Cannot for another word."""
        for key in ("color.cmos", "color.ui"):
            text = self.values.get(key)
            if text is None:
                continue
            if text.lower() in ("always", "never", "auto"):
                return text.lower()
            known = boolean(text)
            if known is None:
                raise Cannot(
                    f"bad value {text!r} of {key}",
                    f"git config {key} auto|always|never",
                    "bad-config",
                )
            return "auto" if known else "never"
        return "auto"

    def pager(self, names: Sequence[str]) -> str | None:
        """What pager.cmos[.names] says, the nearest first: "" for git's own pager, a command, or
        None where nothing is to be paged."""
        for cut in range(len(names), -1, -1):
            text = self.values.get(".".join(("pager.cmos", *names[:cut])).lower())
            if text is not None:
                known = boolean(text)
                return text if known is None else ("" if known else None)
        return None

    def vocabulary(self) -> Vocabulary:
        """The trailer keys in force, and the part of git's configuration that steers parsing.

        `trailer.<name>.key` is left out on purpose: it would make git, and so us, see trailers
        on this clone that the next clone does not see.
        """
        renamed = {name: self.get(f"cmos.trailer.{name}") or name for name in claims.NAMES}
        comment = self.get("core.commentchar")
        return claims.vocabulary(
            renamed,
            trailers.Rules(
                separators=self.get("trailer.separators").encode() or b":",
                comment=(b"#" if comment == "auto" else comment.encode() or b"#")[:1],
            ),
        )


_DEFAULTS = {key: default for key, _, default, _ in SETTINGS}


def boolean(text: str) -> bool | None:
    """git's booleans; None for any other word."""
    word = text.lower()
    if word in ("true", "yes", "on"):
        return True
    if word in ("false", "no", "off", ""):
        return False
    return int(word) != 0 if word.removeprefix("-").isdecimal() else None


def by_environment() -> bool:
    """Whether settings came by environment: then no file's stamp can vouch for a kept copy."""
    return any(name.startswith("GIT_CONFIG") for name in os.environ)


def read(git_dir: str) -> tuple[Config, list[str]]:
    """The settings, and the files that they came from or could come from."""
    said = command.run(["--git-dir", git_dir, "config", "--list", "--show-origin", "-z"])
    values: dict[str, str] = {}
    files = set(_usual_files(git_dir))
    fields = said.decode("utf-8", "replace").split("\0")
    for origin, entry in zip(fields[::2], fields[1::2], strict=False):
        key, has_value, text = entry.partition("\n")
        if origin.startswith("file:"):
            files.add(os.path.join(os.getcwd(), origin.removeprefix("file:")))
            if key.startswith("include") and key.endswith(".path"):
                files.add(_included(text, origin.removeprefix("file:")))
        if key.startswith(_KEPT):
            # git gives sections and variables in lower case; a remote's name keeps its own.
            name = key if key.startswith("remote.") else key.lower()
            values[name] = text if has_value else "true"  # `[pager] cmos`: git's short yes
    return Config(values=values), sorted(files)


def _included(path: str, origin: str) -> str:
    """The file that an `include.path` names, whether it is there yet or not."""
    return os.path.join(os.getcwd(), os.path.dirname(origin), os.path.expanduser(path))


def pack(config: Config, files: list[str], git_dir: str) -> str:
    """The settings with the stamps of their files, as text to keep."""
    kept = {"stamp": stamp(files, git_dir), "files": files, "values": config.values}
    return json.dumps(kept)


def unpack(text: str, git_dir: str) -> Config | None:
    """Settings kept by `pack`, or None where one of their files changed since."""
    try:
        kept = json.loads(text)
        if stamp(kept["files"], git_dir) == kept["stamp"]:
            return Config(values=dict(kept["values"]))
    except (ValueError, TypeError, KeyError):  # an altered file: as if nothing were kept
        pass
    return None


def _usual_files(git_dir: str) -> list[str]:
    home = os.environ.get("HOME", "")
    xdg = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    return [
        "/etc/gitconfig",
        os.path.join(home, ".gitconfig"),
        os.path.join(xdg, "git", "config"),
        os.path.join(git_dir, "config"),
        os.path.join(git_dir, "config.worktree"),
    ]


def stamp(files: list[str], git_dir: str) -> str:
    """What the files look like now. HEAD counts: `includeIf.onbranch` depends on it."""
    parts = [os.environ.get("HOME", ""), os.environ.get("XDG_CONFIG_HOME", "")]
    for path in [*files, os.path.join(git_dir, "HEAD")]:
        try:
            stat = os.stat(path)
            parts.append(f"{path} {stat.st_mtime_ns} {stat.st_ino} {stat.st_size}")
        except OSError:
            parts.append(f"{path} -")
    return "\n".join(parts)
