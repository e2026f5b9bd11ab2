"""The whole product on one desk: a world, a cloud and a site, and the story that they play."""

from edge.app.demo.main import main

__all__ = ["main"]
