"""The core: every decision, driven in domain words."""
