"""The use cases: may I, and what happened? The Python API and every door call these."""
