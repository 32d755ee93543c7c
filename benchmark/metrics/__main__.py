"""python -m benchmark.metrics REFERENCE CANDIDATE [--metric NAME]…: one JSON object on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from benchmark.metrics import FeatureCache, MetricRefused, registry, score
from benchmark.video.probe import VideoRefused


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        refuse(f"{message[:1].upper()}{message[1:]}; see python -m benchmark.metrics --help.")


def refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


def main(arguments: list[str] | None = None) -> None:
    try:
        names = ", ".join(registry.names())
    except MetricRefused as error:  # another package's metric cannot be loaded
        refuse(str(error))
    parser = Parser(
        prog="python -m benchmark.metrics", description="Scores of one candidate clip against its reference."
    )
    parser.add_argument("reference", type=Path, help="the clip to be like")
    parser.add_argument("candidate", type=Path, help="the clip to be scored")
    parser.add_argument("--metric", action="append", metavar="NAME", help=f"one of {names}")
    parser.add_argument(
        "--cache", type=Path, metavar="FOLDER", help="keep features there, and use those that are"
    )
    chosen = parser.parse_args(arguments)
    cache = FeatureCache(chosen.cache) if chosen.cache else None
    try:
        scores = score(chosen.reference, chosen.candidate, chosen.metric, cache=cache)
    except (MetricRefused, VideoRefused) as error:
        refuse(str(error))
    print(json.dumps({"scores": {name: asdict(value) for name, value in scores.items()}}, allow_nan=False))


if __name__ == "__main__":
    main()
