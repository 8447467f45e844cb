"""Clips, compares and draws boxes at random."""
import random

import numpy as np
from PIL import Image

Box = tuple[float, float, float, float]  # x1, y1, x2, y2: pixels or fractions, as said where it is used
PixelBox = tuple[int, int, int, int]  # the last two exclusive
Size = tuple[int, int]  # width, height


def in_pixels(box: Box, size: Size) -> Box:
    return box[0] * size[0], box[1] * size[1], box[2] * size[0], box[3] * size[1]


def in_fractions(box: PixelBox, size: Size) -> list[float]:
    """Rounded to four places, as the annotated sets are."""
    return [
        round(box[0] / size[0], 4),
        round(box[1] / size[1], 4),
        round(box[2] / size[0], 4),
        round(box[3] / size[1], 4),
    ]


def area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def overlap(one: Box, other: Box) -> float:
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def inside(box: Box, size: Size) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


def bounds(shown: np.ndarray) -> PixelBox | None:
    """The box around the true pixels of [h, w]."""
    rows, columns = np.flatnonzero(shown.any(1)), np.flatnonzero(shown.any(0))
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else None


def window(size: Size, shape: tuple[float, float], share: float, chance: random.Random) -> Box:
    """A box of the wanted shape somewhere in a picture, its sides `share` of the largest that fits."""
    wide = min(size[0], size[1] * shape[0] / shape[1]) * share
    high = wide * shape[1] / shape[0]
    left, top = chance.uniform(0, size[0] - wide), chance.uniform(0, size[1] - high)
    return left, top, min(left + wide, size[0]), min(top + high, size[1])


def cut(image: Image.Image, box: Box, size: Size, chance: random.Random) -> Image.Image:
    """The box of a picture at another size, mirrored half of the time."""
    piece = image.resize(size, Image.BICUBIC, box)
    return piece.transpose(Image.FLIP_LEFT_RIGHT) if chance.random() < 0.5 else piece
