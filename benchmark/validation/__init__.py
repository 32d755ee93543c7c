"""The proof that a metric measures what it says: animations got wrong on purpose, in one dimension, by degrees.

No Django. `run` makes the observations, `statistics` says what they show:

    from benchmark.validation.run import observe
    from benchmark.validation.statistics import validate

    validate(observe(Path("validation"), metrics=["object-appearance", "trajectory"]), split="held out")
"""
