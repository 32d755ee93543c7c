"""Clips: probing, decoding, encoding, normalising, scanning for flashes. No Django; arrays and paths only.

A frame is a (height, width, 3) uint8 array of sRGB. Frame k of a clip is what a player shows in the middle of
the k-th slot of 1/fps seconds.
"""

from __future__ import annotations

from benchmark.video.decode import iter_frames, read_frames
from benchmark.video.digest import sha256_file
from benchmark.video.encode import Encoder
from benchmark.video.flashes import FlashReport, scan_flashes
from benchmark.video.normalise import NormalisedClip, normalise
from benchmark.video.poster import write_poster
from benchmark.video.probe import Limits, VideoInfo, VideoRefused, probe

__all__ = [
    "Encoder",
    "FlashReport",
    "Limits",
    "NormalisedClip",
    "VideoInfo",
    "VideoRefused",
    "iter_frames",
    "normalise",
    "probe",
    "read_frames",
    "scan_flashes",
    "sha256_file",
    "write_poster",
]
