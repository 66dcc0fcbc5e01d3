"""Processes that die at every step, and a little of each row of benchmarks.reliability."""
