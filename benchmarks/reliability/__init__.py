"""Reliability under real processes: many writers, kills, full disks, races, clones, clocks.

`python -m benchmarks.reliability -h`. Every row starts the installed `git-cmos` in repositories of
its own below a temporary folder, and counts what was acknowledged and is not there (lost), and
what went wrong otherwise (errors). Both have to be 0.
"""
