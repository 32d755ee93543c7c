"""Statistics of a comparison study: arrays in, frozen dataclasses out, no web framework.

Start with :class:`RatingTable` (one dimension's ratings) and :func:`agreement`; see docs/statistics.md.
"""
