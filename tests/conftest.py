"""What all tests share. Warnings are errors by pyproject.toml."""

from hypothesis import settings

# A slow card or a busy machine is not a bug: examples have no deadline, and a failing one prints how to repeat it.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
