from __future__ import annotations

import colorsys

import numpy as np
import pytest

from benchmark.demo.colours import towards_opposite, turned


def luminance(colour: str) -> float:
    encoded = np.array([int(colour[index : index + 2], 16) for index in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("colour", ["#ef476f", "#06d6a0", "#0e1330", "#ffffff", "#000000"])
def test_a_full_turn_and_no_turn_change_nothing(colour: str) -> None:
    for degrees in (0, 360):
        back = turned(colour, degrees)
        assert all(abs(int(back[k : k + 2], 16) - int(colour[k : k + 2], 16)) <= 1 for k in (1, 3, 5))


@pytest.mark.parametrize("colour", ["#ef476f", "#5b8cff", "#3a5bff"])
def test_a_turn_changes_the_hue_and_hardly_the_light(colour: str) -> None:
    other = turned(colour, 150)
    hues = [
        colorsys.rgb_to_hsv(*(int(each[k : k + 2], 16) for k in (1, 3, 5)))[0] for each in (colour, other)
    ]
    apart = abs(hues[0] - hues[1])
    assert min(apart, 1 - apart) > 0.25
    assert luminance(other) == pytest.approx(luminance(colour), abs=0.08)


def test_the_opposite_of_dark_is_light_by_degrees() -> None:
    lights = [luminance(towards_opposite("#0e1330", share)) for share in (0, 0.25, 0.5, 0.75, 1)]
    assert lights == sorted(lights)
    assert lights[0] < 0.02
    assert lights[-1] > 0.6
