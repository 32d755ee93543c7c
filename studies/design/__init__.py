"""Designing a study: which comparisons, in which blocks, shown in which order. Knows no Django."""
