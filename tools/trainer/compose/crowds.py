"""Picks photographs that show people upright from a set in which some are rotated or darkened copies of others."""
import io

import numpy as np
from PIL import Image

from compose.boxes import Box, Size, area
from compose.parts import read_bytes

LONGEST = 256
MAX_PHOTO_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MIN_HEAD = 12  # pixels, of 256: the least height of the largest head
LOWEST = 0.5  # heads are above this height on average
DARKEST = 70  # grey level of a crowd's brightest spot
# By how much helmets are brighter above than below, and bare heads (hair, face) darker, in deviations: of 140 pictures
# above it none is upside down.
RIGHT_WAY_UP = 0.15


def opened(path: str) -> Image.Image:
    """RGB, longest side at most 256, as dark as the file is."""
    with Image.open(io.BytesIO(read_bytes(path, MAX_PHOTO_BYTES))) as file:
        if file.width * file.height > MAX_PIXELS:
            raise ValueError(f"{path}: {file.width} × {file.height} pixels are too many")
        image = file.convert("RGB")
    image.thumbnail((LONGEST, LONGEST), Image.BILINEAR)
    return image


def load(path: str) -> Image.Image:
    """As `opened`; a darkened picture is brought back to full range."""
    return restored(opened(path))


def restored(image: Image.Image) -> Image.Image:
    bright = brightness(image)
    return (
        image
        if bright >= 200
        else image.point([min(255, round(level * 235 / max(bright, 1))) for level in range(256)] * 3)
    )


def brightness(image: Image.Image) -> float:
    """The grey level that one pixel in a hundred is above, 0 … 255."""
    levels = np.cumsum(image.convert("L").histogram())
    return float(np.searchsorted(levels, 0.99 * levels[-1]))


def heads_of(boxes: list[list]) -> list[tuple[str, Box]]:
    """(kind, box) of boxes [kind, x1, y1, x2, y2] in fractions, largest first; empty ones, and those outside the
    picture, are left out."""
    heads = [(str(box[0]), tuple(float(edge) for edge in box[1:])) for box in boxes]
    heads = [(kind, box) for kind, box in heads if 0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1]
    return sorted(heads, key=lambda head: area(head[1]), reverse=True)


def small_grey(image: Image.Image) -> np.ndarray:
    """[16, 16]."""
    return np.asarray(image.convert("L").resize((16, 16), Image.BOX))


def usable(image: Image.Image, heads: list[tuple[str, Box]]) -> bool:
    """`image`: as dark as the file is."""
    if not heads or not well_placed([box for _, box in heads], image.size) or not bright_enough(small_grey(image)):
        return False
    return way_up(restored(image), heads) >= RIGHT_WAY_UP


def well_placed(heads: list[Box], size: Size) -> bool:
    """In a picture wider than high (the others are turned ones), high up, side by side, and the largest can be made
    out."""
    tallest = (heads[0][3] - heads[0][1]) * size[1] / max(size) * LONGEST
    middles = np.array([((x1 + x2) / 2 * size[0], (y1 + y2) / 2 * size[1]) for x1, y1, x2, y2 in heads])
    beside, above = middles.std(0)
    in_a_row = len(heads) < 3 or above <= 1.5 * beside
    return size[0] >= size[1] and tallest >= MIN_HEAD and middles[:, 1].mean() <= LOWEST * size[1] and in_a_row


def bright_enough(grey: np.ndarray) -> bool:
    """No black corners of a picture turned by 45°, and not nearly black."""
    turned = max(grey[0, 0], grey[0, -1], grey[-1, 0], grey[-1, -1]) < 4
    return not turned and grey.max() >= DARKEST and grey.mean() >= 0.25 * grey.max()


def way_up(image: Image.Image, heads: list[tuple[str, Box]]) -> float:
    """Above 0: helmets are above faces, and hair is, in most of the heads (by their heights); below 0: upside down."""
    grey = np.asarray(image.convert("L"), np.float32)
    signs = weight = 0.0
    for kind, (x1, y1, x2, y2) in heads:
        left, right = round((x1 + 0.2 * (x2 - x1)) * image.width), round((x2 - 0.2 * (x2 - x1)) * image.width)
        top, bottom = round(y1 * image.height), round(y2 * image.height)
        head = grey[top:bottom, left:right]
        if bottom - top < 6 or right - left < 3:
            continue
        middle = (bottom - top) // 2
        brighter_above = (head[:middle].mean() - head[middle:].mean()) / (head.std() + 8)
        signs += (bottom - top) * float(brighter_above if kind == "helmet" else -brighter_above)
        weight += bottom - top
    return signs / weight if weight else 0.0
