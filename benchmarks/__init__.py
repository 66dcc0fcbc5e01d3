"""The speed bounds of `git cmos`, each measured next to its reference in the same run.

`python -m benchmarks -h`. Only ratios count: every row runs the command and what it is held
against in turns, on repositories that a seeded generator makes under `benchmarks/.work/`.
"""
