"""What survives: processes that die at every step, and the short forms of benchmarks.reliability."""
