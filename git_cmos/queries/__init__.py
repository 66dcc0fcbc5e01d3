"""Questions about the state: SELECTs in, values of `model` out. Nothing here writes."""
