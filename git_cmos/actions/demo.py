"""A small real repository to look at: branches, a merge, a revert, a dependency, a blocked
mission, an unlanded completion. Made with git's own commands, as a user would."""

from __future__ import annotations

import os

from git_cmos.actions import dependencies, missions, sprints
from git_cmos.errors import Refused
from git_cmos.git import command
from git_cmos.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# The demonstration must look the same whatever the user has configured: no signing, no hooks.
_SETTINGS = (
    *("-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false", "-c", "core.hooksPath=/dev/null"),
    *("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "advice.detachedHead=false"),
)


class Demo:
    """The repository in `folder`, and the acts by which it grows."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.abspath(folder)

    def create(self) -> None:
        """An empty repository with the tracked plan; Refused (1) where something is already."""
        if os.path.exists(self.folder) and os.listdir(self.folder):
            raise Refused(f"{self.folder} is not empty", "name a folder that does not exist yet")
        command.run(["init", "-q", "-b", "main", self.folder])
        self.commit("Begin", {"README": "# A shop\n"})
        with Memory.open(self.folder) as memory:
            plan(memory)

    def git(self, *args: str) -> str:
        said = command.run(["-C", self.folder, *_SETTINGS, *args])
        return said.decode("utf-8", "replace")

    def commit(self, subject: str, files: dict[str, str], *trailers: str) -> None:
        """Change files and say in the commit what that means."""
        for name, content in files.items():
            with open(os.path.join(self.folder, name), "a", encoding="utf-8") as file:
                file.write(content)
        self.git("add", "--", *files)
        said = [word for trailer in trailers for word in ("--trailer", trailer)]
        self.git("commit", "-q", "-m", subject, *said)

    def work(self) -> None:
        """On main one mission is finished; on a branch another; a third is blocked."""
        self.commit("Create the orders table", {"schema.sql": "orders\n"}, "Mission: B1.1")
        self.commit(
            "Create the users table",
            {"schema.sql": "users\n"},
            "Mission-Complete: B1.1 orders and users",
            "Decision: Use PostgreSQL",
        )
        self.git("tag", "v0.1")
        self.git("switch", "-q", "-c", "feat/login")
        self.commit("Check passwords", {"login.py": "check()\n"}, "Mission: B1.2")
        self.commit("Log in and out", {"login.py": "log()\n"}, "Mission-Complete: B1.2")
        self.git("switch", "-q", "main")
        self.commit(
            "Ask for the mail server", {"README": "Mail: soon\n"}, "Mission-Block: B1.3 no password"
        )

    def merge(self) -> None:
        self.git("merge", "-q", "--no-ff", "-m", "Merge branch 'feat/login'", "feat/login")

    def revert(self) -> None:
        self.git("revert", "--no-edit", ":/Create the users table")

    def hurry(self) -> None:
        self.commit(
            "Redirect after login", {"login.py": "go()\n"}, "Mission-Complete: B1.2 with redirect"
        )
        self.commit("Pay by card", {"pay.py": "pay()\n"}, "Misson: B1.4")


def plan(memory: Memory) -> None:
    """The backlog, told with the same actions that `git cmos mission add` calls."""
    sprints.add(memory, "sprint-01", "Open the shop", status="Current", agent="Ada")
    add: Callable[..., object] = missions.add
    add(memory, "B1.1", "Database schema", sprint_id="sprint-01", agent="Ada")
    add(memory, "B1.2", "Log in", sprint_id="sprint-01", agent="Ada")
    add(memory, "B1.3", "Send mail", sprint_id="sprint-01", agent="Ada")
    add(memory, "B1.4", "Check out", sprint_id="sprint-01", agent="Ada")
    dependencies.depends(memory, "B1.1", "B1.2", type="Blocks", agent="Ada")
    dependencies.depends(memory, "B1.4", "B1.2", type="Requires", agent="Ada")
