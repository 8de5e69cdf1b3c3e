"""Tokens as pixels, in a font that ships with the project.

DejaVu Sans (fonts/LICENSE) has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew,
Arabic letters, mathematics and some emoji. What it lacks, Chinese above all, is
written as code points, such as U+4E2D: a reader can look those up, an empty box
says nothing.

Arabic letters join where Pillow finds the FriBiDi library (Linux and macOS
usually have it). Elsewhere they stand unjoined, in the right order.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, features

FONTS = Path(__file__).with_name("fonts")
FONT = FONTS / "DejaVuSans.ttf"
# Who opens an SVG elsewhere may not have it, and Verdana's letters are as wide.
FONT_FAMILY = "DejaVu Sans, Verdana, sans-serif"
# What XML cannot hold.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SMALLEST = 13  # pixels; a longer token loses its end instead of its legibility
ELLIPSIS = "…"
NOT_A_CHARACTER = "\uffff"  # no font has it, so its glyph is the one for "missing"


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


@cache
def is_drawable(character: str) -> bool:
    """True if the font shows this character, and not a box or nothing at all."""
    # Without shaping, which puts a circle under accents that stand alone.
    plain = ImageFont.truetype(FONT, 28, layout_engine=ImageFont.Layout.BASIC)
    glyph, missing = (plain.getmask(c) for c in (character, NOT_A_CHARACTER))
    if glyph.size == missing.size and bytes(glyph) == bytes(missing):
        return False
    is_blank = not any(bytes(glyph))
    return not is_blank or character == " "


def readable(text: str) -> str:
    """Write what the font lacks, and what cannot be seen, as code points.

    >>> readable("naïve")
    'naïve'
    >>> readable("##中国a")
    '##U+4E2D U+56FD a'
    """
    result, ends_in_code = "", False
    for character in text:
        is_code = not is_drawable(character)
        shown = f"U+{ord(character):04X}" if is_code else character
        # A space, where two would otherwise read as one.
        is_joint = is_code or character.isalnum()
        if is_joint and (ends_in_code or (is_code and result[-1:].isalnum())):
            result += " "
        result += shown
        ends_in_code = is_code
    return result


def in_drawing_order(text: str) -> str:
    """Return text as a layout engine without right-to-left writing must get it."""
    if features.check("raqm"):
        return text  # Pillow orders and joins the letters itself
    is_leftward = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return text[::-1] if is_leftward else text


def fit(text: str, size: int, width: int) -> tuple[str, ImageFont.FreeTypeFont]:
    """Return the text, cut short if need be, and the largest font that fits width.

    Sizes go from `size` down to SMALLEST.
    """
    needed = font(size).getlength(text)
    if needed > width:
        size = max(min(size, SMALLEST), int(size * width / needed))
    if font(size).getlength(text) <= width:
        return text, font(size)
    return cut(text, font(size), width), font(size)


def cut(text: str, with_font: ImageFont.FreeTypeFont, width: int) -> str:
    """Return as much of the text's beginning as fits, and an ellipsis."""
    shortest, longest = 0, len(text)  # lengths that fit, and that may not
    while longest - shortest > 1:
        middle = (shortest + longest) // 2
        if with_font.getlength(text[:middle].rstrip() + ELLIPSIS) <= width:
            shortest = middle
        else:
            longest = middle
    return text[:shortest].rstrip() + ELLIPSIS


def label(token: str, size: int, width: int, height: int, align: str) -> np.ndarray:
    """Draw one token on black: uint8 [height, width], 255 where there is ink.

    align: "left" or "right"; the text is centred from top to bottom.
    """
    text, with_font = fit(in_drawing_order(readable(token)), size, width)
    image = Image.new("L", (width, height))
    x, anchor = (0, "lm") if align == "left" else (width, "rm")
    ImageDraw.Draw(image).text((x, height // 2), text, 255, with_font, anchor)
    return np.asarray(image)
