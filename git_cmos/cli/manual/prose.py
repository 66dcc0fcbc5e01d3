"""What the click tree does not say: the idea, examples, files, settings, exit status.

EXAMPLES and MORE are keyed by the command's words; a command without an entry has none.
"""

from __future__ import annotations

from git_cmos.actions.verify import RULES, sentence
from git_cmos.cli.manual.page import Section, Terms, Text
from git_cmos.config import SETTINGS
from git_cmos.errors import ANSWER_IS_NO, BROKEN_PIPE, CANNOT, INTERRUPTED, OK, USAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_cmos.cli.manual.page import Block

DESCRIPTION = (
    Text(
        "So mission state is a function of repository history. Merge a branch and its missions "
        "have landed; revert the commit and the mission is open again; delete the branch and its "
        "claims are gone. Rebase, amend, squash, cherry-pick, fetch: the state follows, whatever "
        "git client did it, with no hook installed. `--at REV` shows it as it was there."
    ),
    Text("`cmosctl` is the same program under its other name."),
)

HELP_EVERYWHERE = (
    "Every command takes `-h` (say in short how it is used) and `--help` (show this page)."
)
COMMANDS = (
    Text("Each has a page of its own: `git cmos COMMAND --help`, `man git-cmos-COMMAND`."),
    Text(
        "Everything that reads takes `--json`: one document on standard output, UTF-8, with "
        "stable keys. With `--json` an error is a document, too, on standard error."
    ),
)

TRAILERS = (
    Text("What a commit says takes effect wherever that commit is:"),
    Terms(
        (
            ("Mission: B1.1", "This commit is work on it. Several: repeat, or commas."),
            ("Mission: none", "This commit belongs to no mission."),
            ("Mission-Start: B1.1", "Started."),
            ("Mission-Complete: B1.1 notes", "Completed."),
            ("Mission-Block: B1.1 reason", "Blocked."),
            ("Mission-Unblock: B1.1 how", "Free again."),
            ("Decision: title", "A decision; folded lines are its rationale."),
            ("Fact: kind: content", "Memory; also `Learning:`, `Constraint:`, `Next-Step:`."),
            ("Agent: name", "Who did it, if not the author."),
            ("Session: id", "The session it belongs to."),
            ("Validation-Score: 0.9", "How sure, from 0 to 1."),
        )
    ),
    Text(
        "git's own rules decide what a trailer is: the last paragraph, folding, any case of the "
        "key. See git-interpret-trailers(1)."
    ),
)

# words of the command -> (what it is for, lines to type…)
EXAMPLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (
        (
            "Begin in any repository, plan two missions, and ask what is next:",
            "git cmos init",
            'git cmos mission add B1.1 "Database schema"',
            'git cmos mission add B1.2 "Log in"',
            "git cmos mission depends B1.2 B1.1 --type Requires",
            "git cmos next",
        ),
        (
            "Work with commits; no other command is needed:",
            'git commit -m "Create the users table" --trailer "Mission: B1.1"',
            'git commit -m "Index it" --trailer "Mission-Complete: B1.1"',
        ),
    ),
    "next": (
        ("For a program:", "git cmos next --json"),
        ("The loop that an agent runs:", "git cmos next --claim --agent codex"),
    ),
    "sync": (
        ("Both ways with origin:", "git cmos sync"),
        (
            "A host that takes branches only (then the team's refs are kept as branches):",
            "git config cmos.ledgerPrefix refs/heads/cmos/",
        ),
    ),
    "claim": (
        (
            "Take a mission for half an hour after each sign of life:",
            "git cmos claim B1.1 --ttl 30m",
        ),
        ("Who holds what?", "git cmos claim"),
    ),
    "log": (
        (
            "What one agent completed of late:",
            "git cmos log --agent codex --action complete --since '10 days ago'",
        ),
    ),
    "where": (("Has it landed?", "git cmos where B1.1"),),
    "diff": (("What shipped between two tags:", "git cmos diff v1.0..v1.1"),),
    "status": (("As it was at a tag:", "git cmos status --at v1.0"),),
    "verify": (
        ("What a branch would bring, in CI:", "git cmos verify origin/main..HEAD"),
        ("Everything that this clone has:", "git cmos verify --all"),
        ("The last ten commits, as annotations:", "git cmos verify --format github -n 10"),
    ),
    "mission add": (
        (
            "With everything that a complete mission has:",
            'git cmos mission add B1.1 "Database schema" --sprint sprint-01 \\',
            '    --objective "Users can be stored" --criterion "it loads" \\',
            "    --deliverable db/schema.sql",
        ),
    ),
    "mission depends": (
        (
            "The command reads as the sentence it is; these two say the same:",
            "git cmos mission depends B1.1 B1.2 --type Blocks",
            "git cmos mission depends B1.2 B1.1 --type Requires",
        ),
    ),
    "mission block": (
        (
            "Say why, and what would help:",
            'git cmos mission block B1.2 --reason "No mail server" --need "an account"',
        ),
    ),
    "mission list": (
        ("What is done on one branch:", "git cmos mission list --status Completed --at feat/login"),
    ),
    "sprint add": (
        (
            "A sprint with its dates:",
            'git cmos sprint add sprint-01 --title "Open the shop" --start 2026-01-05',
        ),
    ),
    "completion": (
        (
            "bash, also for `git cmos`:",
            "mkdir -p ~/.local/share/bash-completion/completions",
            "cd ~/.local/share/bash-completion/completions",
            "git cmos completion bash > git-cmos && ln -sf git-cmos cmosctl",
        ),
        (
            "zsh, in a folder of your own on `$fpath`:",
            "git cmos completion zsh > ~/.zfunc/_git-cmos",
        ),
        (
            "fish, also for `git cmos`:",
            "git cmos completion fish > ~/.config/fish/conf.d/git-cmos.fish",
        ),
    ),
    "help": (("The page on missions:", "git cmos help mission"),),
}


# command -> more sections of its page: (title, blocks)
def _rules() -> Iterator[tuple[str, str]]:
    for name, rule in RULES.items():
        yield f"{name} ({rule.level})", sentence(rule.look.__doc__ or "")


MORE: dict[str, tuple[tuple[str, tuple[Block, ...]], ...]] = {
    "verify": (
        ("RULES", (Terms(tuple(_rules())),)),
        (
            "CONFIGURATION",
            (
                Text(
                    "`git config cmos.verify.<rule>` sets a rule to off, warn or error; an "
                    "error makes the exit status 1, a warning does not. docs/verify.md says more "
                    "about each rule, docs/ci.md has recipes."
                ),
            ),
        ),
    ),
}

STATUS = Section(
    "EXIT STATUS",
    (
        Terms(
            (
                (str(OK), "Fine."),
                (str(ANSWER_IS_NO), "The answer is no: findings, an illegal move, an unknown id."),
                (str(CANNOT), "It cannot: no repository, storage, a newer format, a remote."),
                (str(USAGE), "The command line is wrong."),
                (str(INTERRUPTED), "Interrupted."),
                (str(BROKEN_PIPE), "Whoever read the output went away."),
            )
        ),
    ),
)

_FILES = Terms(
    (
        (
            ".cmos/memory.db",
            "The working copy (SQLite), beside the main worktree's `.git`; in a bare repository "
            "in the git directory. Ignored by git; delete it at any moment, nothing is lost.",
        ),
        (
            "refs/cmos/ledger/*",
            "What commands said, as commits whose messages read as a log: one ref a writer.",
        ),
        (
            "refs/cmos/remotes/*",
            "What was seen of remotes: the ledgers of others, and the register of claims.",
        ),
    )
)

_ENVIRONMENT = Terms(
    (
        ("CMOS_AGENT", "Who acts, before `cmos.agent` and what else tells."),
        ("GIT_DIR, GIT_WORK_TREE", "The repository, as for git."),
        ("NO_COLOR", "If set and not empty: no colour, unless a setting says always."),
        ("GIT_PAGER, PAGER", "The pager, before and after `core.pager`, as for git."),
        ("GIT_PROGRESS_DELAY", "Seconds before progress is shown (1)."),
    )
)

SECTIONS = (
    Section(
        "CONFIGURATION",
        (
            Text("With git-config(1):"),
            Terms(
                tuple(
                    (key, f"{meaning}; by default {default}" if default else meaning)
                    for key, _, default, meaning in SETTINGS
                )
            ),
        ),
    ),
    Section("ENVIRONMENT", (_ENVIRONMENT,)),
    Section("FILES", (_FILES,)),
    STATUS,
)


def see_also(names: Sequence[str]) -> str:
    """References to pages, in the manner of manuals."""
    return ", ".join(f"{name}(1)" for name in (*names, "git", "git-interpret-trailers"))
