"""Cuts backgrounds from photographs, with the heads that are in them, and portraits to paste."""
import math
import random
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from compose.boxes import Box, Size, area, cut, in_pixels, overlap, window
from compose.crowds import load
from compose.draw import Layer, card_layer
from compose.photos import FULL_HEIGHT, Photo, Photos, person_box

MAX_ENLARGED = 3.5


@dataclass
class Setting:
    """`heads` in the background's own pixels, some outside it. `complete`: people without a head box are not in it."""

    image: Image.Image
    heads: list[Box] = field(default_factory=list)
    complete: bool = True


def whole_scene(photo: Photo, longest: int) -> Setting:
    """The photograph, its longer side `longest`."""
    image = load(photo.path)
    share = longest / max(image.size)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return Setting(image.resize(size, Image.BICUBIC), complete=photo.empty)


def around_person(photo: Photo, size: Size, share: float, chance: random.Random) -> Setting:
    """A cut around one of the larger heads, so that its person fills `share` of the picture (√ of the areas)."""
    image = load(photo.path)
    x1, y1, x2, y2 = in_pixels(person_box(chance.choice(photo.main_heads())), image.size)
    wide = math.sqrt((x2 - x1) * (y2 - y1) * size[0] / size[1]) / share
    wide = min(max(wide, size[0] / MAX_ENLARGED), image.width, image.height * size[0] / size[1])
    high = wide * size[1] / size[0]
    left = (x1 + x2) / 2 - wide * chance.uniform(0.3, 0.7)
    top = min((y1 + y2) / 2 - high * chance.uniform(0.35, 0.65), y1 - high * chance.uniform(0, 0.12))
    left, top = max(0.0, min(left, image.width - wide)), max(0.0, min(top, image.height - high))
    scale = size[0] / wide
    heads = [
        tuple((edge - (left, top)[at % 2]) * scale for at, edge in enumerate(in_pixels(each, image.size)))
        for each in photo.heads
    ]
    # Rounding may put the far edge a hair outside, which Pillow refuses.
    picture = image.resize(
        size, Image.BICUBIC, (left, top, min(left + wide, image.width), min(top + high, image.height))
    )
    if chance.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
        heads = [(size[0] - head[2], head[1], size[0] - head[0], head[3]) for head in heads]
    return Setting(picture, heads)


def nobody(photos: Photos, split: str, size: Size, chance: random.Random) -> Setting:
    """A background without people: a plain one, a cut of a crowd's picture beside the crowd, a scene."""
    style = chance.random()
    if style < 0.12:
        return Setting(plain(size, chance))
    if style < 0.6:
        found = beside_persons(chance.choice(photos.crowds[split]), size, chance)
        if found is not None:
            return Setting(found)
    return Setting(empty_cut(photos, split, size, chance.uniform(0.55, 1.0), chance))


def empty_cut(photos: Photos, split: str, size: Size, share: float, chance: random.Random) -> Image.Image:
    """A cut of a photograph without people."""
    image = load(chance.choice(photos.empty[split]).path)
    return cut(image, window(image.size, size, share, chance), size, chance)


def beside_persons(photo: Photo, size: Size, chance: random.Random) -> Image.Image | None:
    """A cut of a crowd's picture where nobody is; None when twelve tries find none."""
    image = load(photo.path)
    taken = [
        in_pixels((2 * x1 - x2, y1 - 0.3 * (y2 - y1), 2 * x2 - x1, y1 + FULL_HEIGHT * (y2 - y1)), image.size)
        for x1, y1, x2, y2 in photo.heads
    ]
    for _ in range(12):
        box = window(image.size, size, chance.uniform(0.3, 0.7), chance)
        if all(overlap(box, other) == 0 for other in taken):
            return cut(image, box, size, chance)
    return None


def plain(size: Size, chance: random.Random) -> Image.Image:
    """One colour fading into another, from edge to edge."""
    first, last = (np.array([chance.randint(0, 255) for _ in range(3)], np.float32) for _ in range(2))
    last = first + (last - first) * chance.choice((0.0, 0.3, 1.0))
    turn = chance.uniform(0, 2 * math.pi)
    along = np.add.outer(
        np.linspace(-0.5, 0.5, size[1]) * math.sin(turn), np.linspace(-0.5, 0.5, size[0]) * math.cos(turn)
    )
    share = ((along - along.min()) / max(1e-6, np.ptp(along)))[:, :, None]
    return Image.fromarray((first + (last - first) * share).astype(np.uint8))


def portrait(photo: Photo, chance: random.Random) -> Layer | None:
    """A framed cut of one person of a crowd's picture; None when someone else is in it."""
    image = load(photo.path)
    head = chance.choice(photo.main_heads())
    x1, y1, x2, y2 = in_pixels(person_box(head), image.size)
    aside, tall = 0.12 * (x2 - x1), y2 - y1
    bottom = y1 + tall * chance.uniform(0.6, 1.0)
    box = (max(0.0, x1 - aside), max(0.0, y1 - 0.15 * tall), min(float(image.width), x2 + aside), bottom)
    others = [in_pixels(person_box(each), image.size) for each in photo.heads if each != head]
    if any(overlap(box, other) > 0.12 * area(box) for other in others):
        return None
    high = 160
    scale = high / (box[3] - box[1])
    wide = max(16, round((box[2] - box[0]) * scale))
    inner = (round((x1 - box[0]) * scale), round((y1 - box[1]) * scale), round((x2 - box[0]) * scale), high)
    return card_layer(image.resize((wide, high), Image.BICUBIC, box), inner, chance)
