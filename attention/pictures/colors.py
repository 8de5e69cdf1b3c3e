"""Colours: the scales for attention, and some that tell one thing from another.

Of the scales one is chosen, for every picture and legend.

Magma, from black (0) to pale yellow (1): its lightness grows evenly, so it reads
without colour vision and in print. Its colours follow the square root of the weight,
because most weights of a long sentence are small and still worth seeing. Gray is
that of CS50's diagrams, from black to white as the weight itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LEVELS = 256
# Okabe and Ito's colours, which read without colour vision.
DISTINCT = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7"),
    *("#e69f00", "#56b4e9", "#999999", "#f0e442"),
)


@dataclass(frozen=True)
class ColourScale:
    """Which colour a weight has; both go from 0 to 1, and weights are cut to that."""

    name: str
    stops: tuple[str, ...]  # "#rrggbb", evenly spaced over the scale
    exponent: float  # of a weight: its power is its place on the scale

    def palette(self) -> np.ndarray:
        """Return LEVELS colours from low to high: uint8 [LEVELS, 3]."""
        rgb = np.array([list(bytes.fromhex(stop[1:])) for stop in self.stops])
        position = np.linspace(0, len(rgb) - 1, LEVELS)
        channels = [np.interp(position, range(len(rgb)), one) for one in rgb.T]
        return np.stack(channels, axis=-1).round().astype(np.uint8)

    def levels(self, weights: ArrayLike) -> np.ndarray:
        """Return each weight's index in the palette: uint8, same shape.

        >>> MAGMA.levels(0.25), GRAY.levels(0.25)
        (np.uint8(128), np.uint8(64))
        """
        # In double precision, so that one number and a whole array round alike.
        weights = np.asarray(weights, np.float64).clip(0, 1)
        return (self.places(weights) * (LEVELS - 1)).round().astype(np.uint8)

    def places(self, weights: np.ndarray) -> np.ndarray:
        """Return where each weight's colour stands on the scale, 0-1."""
        return weights**self.exponent


MAGMA = ColourScale(
    "magma",
    ("#000004", "#180f3d", "#440f76", "#721f81", "#9e2f7f")
    + ("#cd4071", "#f1605d", "#fd9668", "#feca8d", "#fcfdbf"),
    exponent=0.5,
)
GRAY = ColourScale("gray", ("#000000", "#ffffff"), exponent=1)
SCALES = {scale.name: scale for scale in (MAGMA, GRAY)}
