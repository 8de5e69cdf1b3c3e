"""PNG files of grids that differ in their cells alone, a hundred times faster.

A PNG keeps each row of pixels as its difference from a neighbour: the pixel to the
left (filter 1) or the row above (filter 2). Seen from the row above, only the first
row of a line of cells depends on their colours; the other 39 hold nothing but the
labels' changes. So everything is compressed once, in pieces that stand by
themselves, and each picture adds one short piece for every line of its grid.

PNG: https://www.w3.org/TR/png-3/; zlib's container: RFC 1950, deflate: RFC 1951.
"""

import struct
import zlib
from typing import NamedTuple

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, PALETTE = 2, 3  # PNG's types of colour
SUB, UP = 1, 2  # PNG's filters: difference from the left, from above
ZLIB_HEADER = b"\x78\x01"
LAST_BLOCK = b"\x03\x00"  # an empty deflate block that says "the end"
ADLER = 65521
# Compression of the parts made once, and of those made for every picture: 9 instead
# of 6 takes three times as long for a twentieth less.
ONCE, OFTEN = 6, 1


class Piece(NamedTuple):
    """Part of a zlib stream: compressed bytes that refer to no other piece."""

    deflated: bytes
    adler: int  # Adler-32 of the bytes it expands to
    length: int  # and their number


class GridPng:
    """Surroundings drawn once, for any number of grids."""

    def __init__(
        self,
        top: np.ndarray,
        left: np.ndarray,
        cell: int,
        colours: np.ndarray | None = None,
    ):
        """Prepare pictures of n x n cells of `cell` pixels a side.

        top: pixels above the grid, [any height, full width]; left: those to its
        left, [n * cell, any width].
        colours: of each pixel value, uint8 [256, 3], in a file of half the size; None
        makes values grays, in RGB like the pictures they are compared with.
        """
        self._colours = colours
        self._bytes_a_pixel = 3 if colours is None else 1
        self._width = top.shape[1]
        self._height = top.shape[0] + left.shape[0]
        # In a row's bytes.
        self._grid_start = 1 + self._bytes_a_pixel * left.shape[1]
        compressor = deflater(ONCE)
        # Bytes wrap around in a difference, as PNG wants it.
        self._top = piece(compressor, self._rows(SUB, difference(top, axis=1)))
        # Line by line: 512 tokens would be a picture of 1.3 GB.
        self._below = []
        for line in left.reshape(-1, cell, left.shape[1]):
            changes = np.zeros((cell - 1, self._width), np.uint8)
            changes[:, : left.shape[1]] = difference(line, axis=0)[1:]
            self._below.append(piece(compressor, self._rows(UP, changes)))
        self._firsts = self._first_rows(left[::cell])

    def png(self, cells: np.ndarray) -> bytes:
        """Return the picture with these values in its cells, uint8 [n, n]."""
        firsts = self._firsts.copy()
        # Only where a cell begins is there a difference from the left.
        grid = firsts[:, self._grid_start :].reshape(len(cells), len(cells), -1)
        grid[:, :, : self._bytes_a_pixel] += difference(cells, axis=1)[..., None]
        compressor = deflater(OFTEN)
        pieces = [self._top]
        for first, below in zip(firsts, self._below, strict=True):
            pieces += [piece(compressor, first), below]
        stream = [ZLIB_HEADER, *(p.deflated for p in pieces), LAST_BLOCK]
        stream.append(struct.pack(">I", joint_adler(pieces)))
        kind = RGB if self._colours is None else PALETTE
        size = struct.pack(">2I5B", self._width, self._height, 8, kind, 0, 0, 0)
        chunks = [
            chunk(b"IHDR", size),
            chunk(b"IDAT", b"".join(stream)),
            chunk(b"IEND", b""),
        ]
        if self._colours is not None:
            chunks.insert(1, chunk(b"PLTE", self._colours.tobytes()))
        return b"".join([SIGNATURE, *chunks])

    def _first_rows(self, left: np.ndarray) -> np.ndarray:
        """Return each line's first row, filtered, with cells of value 0."""
        changes = np.zeros((len(left), self._width), np.uint8)
        changes[:, : left.shape[1]] = difference(left, axis=1)
        changes[:, left.shape[1]] -= left[:, -1]  # from the last pixel to 0
        return self._rows(SUB, changes)

    def _rows(self, filter_type: int, changes: np.ndarray) -> np.ndarray:
        """Return differences of pixels, [rows, width], as PNG's rows: uint8."""
        n_rows, width = changes.shape
        filtered = np.empty((n_rows, 1 + self._bytes_a_pixel * width), np.uint8)
        filtered[:, 0] = filter_type
        filtered[:, 1:] = changes.repeat(self._bytes_a_pixel, axis=1)
        return filtered


def difference(pixels: np.ndarray, axis: int) -> np.ndarray:
    """Return each pixel less the one before it, modulo 256; before the first is 0."""
    return np.diff(pixels, axis=axis, prepend=np.uint8(0))


# zlib's own type has no public name.
def deflater(level: int) -> "zlib._Compress":
    # Cells are runs of one byte, which is all that this strategy looks for.
    strategy = zlib.Z_RLE if level == OFTEN else zlib.Z_DEFAULT_STRATEGY
    return zlib.compressobj(level, wbits=-zlib.MAX_WBITS, strategy=strategy)


def piece(compressor: "zlib._Compress", data: np.ndarray) -> Piece:
    # A full flush ends on a whole byte and makes what follows independent of it.
    deflated = compressor.compress(data.data) + compressor.flush(zlib.Z_FULL_FLUSH)
    return Piece(deflated, zlib.adler32(data.data), data.nbytes)


def joint_adler(pieces: list[Piece]) -> int:
    """Return the Adler-32 of the pieces' data in a row, from each one's own.

    >>> ab = [Piece(b"", zlib.adler32(data), len(data)) for data in (b"a", b"bc")]
    >>> joint_adler(ab) == zlib.adler32(b"abc")
    True
    """
    low, high = 1, 0
    for part in pieces:
        high += (part.adler >> 16) + part.length * (low - 1)
        low += (part.adler & 0xFFFF) - 1
        low, high = low % ADLER, high % ADLER
    return high << 16 | low


def chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(data, zlib.crc32(name))
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
