"""The one colour scale for attention, the same in every picture and legend.

Magma, from black (0) to pale yellow (1): its lightness grows evenly, so it reads
without colour vision and in print. Colours follow the square root of the weight,
because most weights of a long sentence are small and still worth seeing.
"""

import numpy as np

# Evenly spaced over the scale.
STOPS = (
    *("#000004", "#180f3d", "#440f76", "#721f81", "#9e2f7f"),
    *("#cd4071", "#f1605d", "#fd9668", "#feca8d", "#fcfdbf"),
)
LEVELS = 256


def palette() -> np.ndarray:
    """Return LEVELS colours from low to high: uint8 [LEVELS, 3]."""
    stops = np.array([[int(s[i : i + 2], 16) for i in (1, 3, 5)] for s in STOPS])
    position = np.linspace(0, len(STOPS) - 1, LEVELS)
    channels = [np.interp(position, range(len(STOPS)), stops[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def levels(weights: np.ndarray) -> np.ndarray:
    """Return each weight's (0-1) place in the palette: uint8, same shape."""
    return (np.sqrt(weights.clip(0, 1)) * (LEVELS - 1)).round().astype(np.uint8)
