"""Values of `model` to what a person or a program reads."""
