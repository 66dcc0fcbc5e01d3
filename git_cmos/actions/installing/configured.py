"""Hooks in git's configuration (`hook.<name>.command`, `hook.<name>.event`), which git runs from
2.54 on, before the one in the hooks folder: nobody's place is taken, whatever writes there."""

from __future__ import annotations

from git_cmos.actions.hooks import HOOKS, program
from git_cmos.actions.installing import managers
from git_cmos.actions.installing.hook import CONFIGURATION, Hook
from git_cmos.config import boolean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_cmos.memory import Memory

    Entries = dict[str, list[str]]  # lower-case key -> values, the last one counts

SINCE = (2, 54)
_EVENTS_SINCE = (2, 55)  # `hook.<event>.enabled`


def section(name: str) -> str:
    """The friendly name of ours for a hook; the name of a hook itself may not be one."""
    return f"cmos-{name}"


def command(name: str) -> str:
    """What git hands to the shell, with the arguments behind it, as the shim has it: what
    installed this, else any git-cmos on the PATH, else nothing."""
    python, entry = program()
    here = f"test -x {python} && test -f {entry}"
    words = f'if {here}; then exec {python} -I -S {entry} hook {name} "$@"; fi; '
    words += f"! command -v git-cmos >/dev/null 2>&1 || git-cmos hook {name}"
    if name != "prepare-commit-msg":
        return words
    return f"case ${{2-}} in message | commit) exit 0 ;; esac; {words}"


def entries(memory: Memory) -> Entries:
    """All of `hook.*` as it holds here, whatever file it comes from."""
    said = memory.repo.run("config", "-z", "--get-regexp", r"^hook\.", ok=(0, 1))
    found: Entries = {}
    for entry in said.decode("utf-8", "replace").split("\0"):
        key, has_value, text = entry.partition("\n")
        if key:
            found.setdefault(key, []).append(text if has_value else "true")
    return found


def look(found: Entries, name: str, version: tuple[int, ...]) -> Hook | None:
    """How ours for a hook stands; None where no entry is there. version: git's."""
    key = f"hook.{section(name)}"
    said = found.get(f"{key}.command", [])
    if not said or name not in found.get(f"{key}.event", []):
        return None
    off = [f"{key}.enabled", *([f"hook.{name}.enabled"] if version >= _EVENTS_SINCE else [])]
    switched = next((it for it in off if boolean(found.get(it, ["true"])[-1]) is False), "")
    if version < SINCE:
        number = ".".join(map(str, version[:2]))
        state, by = "shadowed", f"git {number}, which runs no hooks from its configuration"
    elif switched:
        state, by = "shadowed", f"{switched} = false"
    else:
        state, by = (
            ("live" if managers.is_current(said[-1], command(name)) else "stale"),
            CONFIGURATION,
        )
    return Hook(name=name, state=state, before=False, path="", by=by)


def write(memory: Memory, names: list[str]) -> None:
    """Have these hooks in this repository's configuration, each once, switched on."""
    remove(memory)
    for name in names:
        key = f"hook.{section(name)}"
        memory.repo.run("config", "--local", f"{key}.command", command(name))
        memory.repo.run("config", "--local", f"{key}.event", name)


def are_there(found: Entries) -> bool:
    """Whether any entry is ours."""
    return any(f"hook.{section(name)}.command" in found for name in HOOKS)


def remove(memory: Memory) -> None:
    """Take ours out of this repository's configuration; nothing else in it changes."""
    found = entries(memory)
    for name in HOOKS:
        if any(key.startswith(f"hook.{section(name)}.") for key in found):
            said = ("config", "--local", "--remove-section", f"hook.{section(name)}")
            memory.repo.run(*said, ok=(0, 128))  # 128: it is in the user's file, not in ours
