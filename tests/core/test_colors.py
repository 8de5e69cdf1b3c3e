"""Colours that everybody can tell apart: numbers from WCAG 2.2 and CIELAB.

Colour vision is simulated by Machado, Oliveira and Fernandes 2009 ("A
Physiologically-based Model for Simulation of Color Vision Deficiency") as colorspacious
has it; at a severity of 100 one of the three kinds of cones is missing.
"""

import re
import tomllib
import zlib
from base64 import b64decode
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from colorspacious import cspace_convert, deltaE

from attention.heads.roles import LEGEND, ROLES
from attention.pictures.colors import DISTINCT, GRAY, MAGMA
from attention.pictures.heatmap import difference_chart
from attention.pictures.long_head import packed_levels
from attention.pictures.paper import chart_svg
from tests.support.serving import ROOT

# WCAG 2.2, 1.4.3 Contrast (Minimum), for text below 24 pixels …
TEXT = 4.5
# … and 1.4.11 Non-text Contrast: what tells a control, its state or its focus.
CONTROL = 3
# CIELAB's lightness L*, 0 to 100. One unit is about what an eye notices between two
# large areas side by side; a legend's steps stand apart and are small.
LEGEND_STEP = 5
# Euclidean distance in CAM02-UCS (Luo, Cui and Li 2006), where 1 is about just
# noticeable for large areas side by side.
TOLD_APART = 10
# Of as many heads in one picture of lines. With eight, the gray and the pink are 6
# apart for who lacks the cones for green; each line's tokens tell which it is.
COLOURS_APART = 6

VISIONS = pytest.mark.parametrize(
    "vision", ["usual", "protanomaly", "deuteranomaly", "tritanomaly"]
)


def rgb(colour: str) -> np.ndarray:
    """Return "#rrggbb" as three numbers from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def seen(colours: np.ndarray, vision: str) -> np.ndarray:
    """Return sRGB colours, 0 to 1, as somebody with that vision sees them."""
    if vision == "usual":
        return colours
    space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
    return cspace_convert(colours, space, "sRGB1").clip(0, 1)


def lightness(colours: np.ndarray) -> np.ndarray:
    """Return CIELAB's L*, 0 to 100."""
    return cspace_convert(colours, "sRGB1", "CIELab")[..., 0]


def distance(one: np.ndarray, other: np.ndarray, vision: str) -> float:
    """Return how far apart two sRGB colours are, as TOLD_APART counts it."""
    pair = seen(np.stack([one, other]), vision)
    return float(deltaE(*pair, input_space="sRGB1", uniform_space="CAM02-UCS"))


def luminance(colour: np.ndarray) -> float:
    """Return WCAG 2.2's relative luminance of three numbers from 0 to 1."""
    linear = np.where(
        colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4
    )
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """Return WCAG 2.2's contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def theme(scheme: str) -> dict[str, np.ndarray]:
    """Return the colours of config.toml for "light" or "dark"."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    return {name: rgb(colour) for name, colour in config["theme"][scheme].items()}


def test_the_pages_style_has_no_colours_but_the_themes_backgrounds():
    style = (ROOT / "components/frontend/page.css").read_text(encoding="utf-8")
    themes = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    backgrounds = [themes[name]["backgroundColor"] for name in ("light", "dark")]
    assert re.findall(r"#[0-9a-fA-F]{3,}", style) == backgrounds


@pytest.mark.parametrize("scale", [MAGMA, GRAY], ids=lambda scale: scale.name)
def test_no_attention_is_the_first_colour_and_all_attention_the_last(scale):
    colours = scale.palette()[scale.levels(np.array([0.0, 1.0]))]
    drawn = ["#" + bytes(rgb).hex() for rgb in colours]
    assert drawn == [scale.stops[0], scale.stops[-1]]


@pytest.mark.parametrize(
    ("scale", "level", "colour"),
    # 255 times 0.5, and matplotlib's magma there; 255 times 0.25.
    [(MAGMA, 128, (183, 55, 121)), (GRAY, 64, (64, 64, 64))],
    ids=["magma", "gray"],
)
def test_a_quarter_of_the_attention_has_its_colour(scale, level, colour):
    assert scale.levels(0.25) == level
    np.testing.assert_allclose(scale.palette()[level], colour, atol=2)


def test_grays_are_255_times_the_weight():
    weights = np.array([0, 0.002, 0.25, 0.4, 0.75, 1], np.float32)
    grays = [[gray] * 3 for gray in (0, 1, 64, 102, 191, 255)]
    assert GRAY.palette()[GRAY.levels(weights)].tolist() == grays


@pytest.mark.parametrize("scale", [MAGMA, GRAY], ids=lambda scale: scale.name)
def test_a_long_heads_levels_arrive_as_they_were(scale):
    weights = np.random.default_rng(0).dirichlet(np.ones(50), 50)
    sent = zlib.decompress(b64decode(packed_levels(weights, scale)))
    assert sent == scale.levels(weights).tobytes()


@VISIONS
def test_more_attention_is_lighter_at_every_step_of_the_scale(vision):
    assert (np.diff(lightness(seen(MAGMA.palette() / 255, vision))) > 0).all()


@VISIONS
def test_neighbouring_colours_of_the_legend_differ_in_lightness(vision):
    stops = lightness(seen(np.stack([rgb(stop) for stop in MAGMA.stops]), vision))
    assert (np.diff(stops) > LEGEND_STEP).all()


@VISIONS
def test_less_none_and_more_of_a_difference_are_told_apart(vision):
    for one, other in combinations(difference_colours(), 2):
        assert distance(one, other, vision) > TOLD_APART


def difference_colours() -> np.ndarray:
    """Return the colours that a difference of -1, 0 and 1 is drawn in: [3, rgb]."""
    cells = {"query": 0, "key": range(3), "query_token": "a", "key_token": list("abc")}
    frame = pd.DataFrame(cells | {"score": [-1.0, 0.0, 1.0]})
    drawn = chart_svg(difference_chart(frame), n_tokens=3)
    cell = re.compile(r'<path aria-label="a → [^>]* fill="rgb\((\d+), (\d+), (\d+)\)"')
    return np.array(cell.findall(drawn), int) / 255


@VISIONS
def test_lines_of_several_heads_are_told_apart(vision):
    colours = map(rgb, DISTINCT[:COLOURS_APART])
    for one, other in combinations(colours, 2):
        assert distance(one, other, vision) > TOLD_APART


@VISIONS
def test_a_roles_symbol_is_read_on_its_colour(vision):
    black, least = np.zeros(3), TEXT if vision == "usual" else CONTROL
    for role in ROLES:
        assert contrast(seen(rgb(role.colour), vision), black) >= least, role


def test_colour_is_never_the_only_sign_of_a_role():
    # WCAG 2.2, 1.4.1 Use of Color.
    symbols = [role.symbol for role in LEGEND]
    assert len(set(symbols)) == len(symbols)
    assert all(len(role.symbol) == 1 for role in ROLES)
    assert all(role.name for role in LEGEND)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_every_background(scheme):
    colours = theme(scheme)
    for background in ("backgroundColor", "secondaryBackgroundColor"):
        for text in ("textColor", "primaryColor"):
            assert contrast(colours[text], colours[background]) >= TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_stands_out_from_what_is_not(scheme):
    colours = theme(scheme)
    assert contrast(colours["primaryColor"], colours["borderColor"]) >= CONTROL


def test_contrast_is_wcags():
    black, white = np.zeros(3), np.ones(3)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == 1
    # The gray that WCAG's own explanations give as just enough on white.
    assert contrast(rgb("#767676"), white) == pytest.approx(4.54, abs=0.005)


def test_a_simulated_eye_misses_what_the_missing_cones_would_see():
    # Red and green of one lightness, for somebody without the cones for green.
    red, green = rgb("#c0563c"), rgb("#7e7a1c")
    assert distance(red, green, "usual") > TOLD_APART
    assert distance(red, green, "deuteranomaly") < TOLD_APART
