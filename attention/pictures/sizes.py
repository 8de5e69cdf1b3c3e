"""Sizes that a page needs before it draws pictures, and so without their libraries."""

HEAD_HEIGHT = 360  # pixels, of a heatmap and of what holds its place
