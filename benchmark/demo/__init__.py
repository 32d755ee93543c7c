"""Demo content of our own: animations, openly synthetic systems, graded perturbations, a practice round. No Django."""

from __future__ import annotations
