"""A study's rows as files for other programs, streamed, with a codebook."""
