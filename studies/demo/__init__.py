"""`make demo`: a whole study on one machine, with content made by the real pipeline."""
