"""Repositories whose hooks pre-commit runs: ours, or hooks that do nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from benchmarks.repositories import Repository

STAGES = ("prepare-commit-msg", "commit-msg", "post-commit")


def configure(repository: Repository, entry: str) -> None:
    """One hook for each stage of a commit. entry: what is run, `{}` standing for the stage.

    `language: system`, so that no index is asked: `python` runs the same program, from an
    environment that pre-commit made before.
    """
    lines = ["repos:", "- repo: local", "  hooks:"]
    for stage in STAGES:
        lines += [
            f"  - id: {stage}",
            f"    name: {stage}",
            f"    entry: {entry.format(stage)}",
            "    language: system",
            f"    stages: [{stage}]",
            "    always_run: true",
            f"    pass_filenames: {'true' if stage.endswith('-msg') else 'false'}",
        ]
    (repository.path / ".pre-commit-config.yaml").write_text("\n".join(lines) + "\n")
    types = [word for stage in STAGES for word in ("-t", stage)]
    repository.git("add", ".pre-commit-config.yaml")
    repository.run("pre-commit", "install", *types)
