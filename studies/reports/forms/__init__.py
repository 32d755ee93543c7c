"""The report on paper and for other programs: PDF, LaTeX tables, figures, every number as JSON."""
