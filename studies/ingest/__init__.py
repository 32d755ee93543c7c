"""Ratings that were given elsewhere, brought in as a study."""
