"""The kinds of work of this room; importing them declares them."""

from benchmark.jobs import capturing, ingesting, scoring

__all__ = ["capturing", "ingesting", "scoring"]
