"""Draws parts as they look in pictures (on signs, waving, tilted) on a canvas that knows what hides what."""
import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from compose.boxes import PixelBox, bounds

Colour = tuple[int, int, int]
Corners = list[tuple[float, float]]  # top left, top right, bottom right, bottom left
COVERED = 255  # label of what belongs to no region but hides some


@dataclass(frozen=True)
class Layer:
    """A part before it is placed: `image` RGBA, `mask` L of the same size: where the part itself is (a logo, not its
    sign)."""

    image: Image.Image
    mask: Image.Image


def luminance(colour: Colour) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def logo_colours(own: Colour, chance: random.Random) -> tuple[Colour, Colour]:
    """(ink, plate): the brand's own colour on white or black, white on its own, or black and white."""
    white, black = (255, 255, 255), (16, 16, 16)
    style = chance.random()
    if style < 0.45:
        return own, white if luminance(own) < 170 else black
    if style < 0.8:
        return white if luminance(own) < 170 else black, own
    if style < 0.9:
        any_colour = tuple(chance.randint(0, 255) for _ in range(3))
        return white if luminance(any_colour) < 140 else black, any_colour
    return (white, black) if chance.random() < 0.5 else (black, white)


def logo_layer(ink: Image.Image, own: Colour, chance: random.Random, shirt: bool) -> Layer:
    """The logo bare (on shirts, and at times elsewhere), on a sign, a round plate or a panel across."""
    colour, plate = logo_colours(own, chance)
    style = "bare" if shirt and chance.random() < 0.7 else chance.choice(("bare", "sign", "sign", "round", "panel"))
    width, height = ink.size
    longer = max(width, height)
    edge = round(longer * chance.uniform(0.08, 0.35))
    aside = edge + (round(longer * chance.uniform(0.3, 1.2)) if style == "panel" else 0)
    if style == "round":
        edge = round((math.hypot(width, height) - height) / 2 * chance.uniform(1.05, 1.4)) + 2
        aside = edge + (height - width) // 2
    if style == "bare":
        edge = aside = 1
    size = (max(width + 2 * aside, width), height + 2 * edge)
    at = ((size[0] - width) // 2, edge)
    mask = Image.new("L", size, 0)
    mask.paste(ink, at)
    if style == "bare":
        image = Image.new("RGB", size, colour)
        image.putalpha(mask)
        return Layer(image, mask)
    image, alpha = Image.new("RGB", size, plate), Image.new("L", size, 0)
    image.paste(Image.new("RGB", size, colour), (0, 0), mask)
    pen, whole = ImageDraw.Draw(alpha), (0, 0, size[0] - 1, size[1] - 1)
    if style == "round":
        pen.ellipse(whole, fill=255)
    else:
        pen.rounded_rectangle(whole, radius=round(chance.choice((0, 0.08, 0.2)) * min(size)), fill=255)
    image.putalpha(alpha)
    return Layer(image, mask)


def flag_layer(flag: Image.Image, chance: random.Random) -> Layer:
    """A flag waving on a pole, flat, or as a round badge."""
    style = chance.random()
    if style < 0.12:
        side = flag.height
        left = (flag.width - side) // 2
        image, mask = flag.crop((left, 0, left + side, side)), Image.new("L", (side, side), 0)
        ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
        image.putalpha(mask)
        return Layer(image, mask)
    if style < 0.35:
        image = flag.resize((flag.width, round(flag.width * chance.choice((0.5, 0.6, 0.667, 0.75)))), Image.BILINEAR)
        image.putalpha(255)
        return Layer(image, Image.new("L", image.size, 255))
    return waving(flag, chance)


def waving(flag: Image.Image, chance: random.Random) -> Layer:
    """Columns shifted by a sine that grows away from the pole; slopes are lit and shaded."""
    width, height = flag.size
    swing = chance.uniform(0.02, 0.09) * height
    waves, phase = chance.uniform(0.6, 2.2), chance.uniform(0, 2 * math.pi)
    along = np.arange(width) / width
    angle = 2 * math.pi * waves * along + phase
    shift = swing * (0.25 + 0.75 * along) * np.sin(angle)
    margin = math.ceil(swing) + 1
    rows = np.round(np.arange(height + 2 * margin)[:, None] - margin - shift[None, :]).astype(np.int32)
    inside = (rows >= 0) & (rows < height)
    light = 1 + chance.uniform(0.1, 0.35) * np.cos(angle)[None, :, None]
    colours = np.asarray(flag, np.float32)[np.clip(rows, 0, height - 1), np.arange(width)[None, :]] * light
    image = np.concatenate([np.clip(colours, 0, 255), inside[:, :, None] * np.float32(255)], 2).astype(np.uint8)
    mask = Image.fromarray(image[:, :, 3])
    layer = Image.fromarray(image, "RGBA")
    if chance.random() < 0.5:
        return Layer(layer, mask)
    pole = 8
    grown, grown_mask = Image.new("RGBA", (width + pole, layer.height), (0, 0, 0, 0)), Image.new(
        "L", (width + pole, layer.height), 0
    )
    grown.paste(layer, (pole, 0))
    grown_mask.paste(mask, (pole, 0))
    ImageDraw.Draw(grown).rectangle((0, 0, pole - 1, layer.height), fill=(chance.randint(60, 220),) * 3 + (255,))
    return Layer(grown, grown_mask)


def card_layer(photo: Image.Image, inner: PixelBox | None, chance: random.Random) -> Layer:
    """A photograph in a frame, as a print or a screen. `inner` is the part that counts; None: all of it, frame
    included."""
    edge = chance.choice((0, 3, 6, 10))
    frame = chance.choice(((255, 255, 255), (245, 240, 225), (20, 20, 22), (60, 45, 30)))
    size = (photo.width + 2 * edge, photo.height + 2 * edge)
    image = Image.new("RGB", size, frame)
    image.paste(photo, (edge, edge))
    image.putalpha(255)
    mask = Image.new("L", size, 255 if inner is None else 0)
    if inner is not None:
        ImageDraw.Draw(mask).rectangle(
            (inner[0] + edge, inner[1] + edge, inner[2] + edge - 1, inner[3] + edge - 1), fill=255
        )
    return Layer(image, mask)


def tilted(
    centre: tuple[float, float], width: float, height: float, turn: float, skew: float, chance: random.Random
) -> Corners:
    """A rectangle's corners, turned by `turn` radians, each moved by up to `skew` of the sides."""
    corners = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        x, y = (x + chance.uniform(-skew, skew)) * width, (y + chance.uniform(-skew, skew)) * height
        corners.append(
            (centre[0] + x * math.cos(turn) - y * math.sin(turn), centre[1] + x * math.sin(turn) + y * math.cos(turn))
        )
    return corners


def coefficients(source: Corners, target: Corners) -> np.ndarray:
    """The eight numbers of the perspective that takes points of the target to points of the source, as Pillow wants
    them."""
    rows, values = [], []
    for (u, v), (x, y) in zip(source, target):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows), np.array(values))


class Canvas:
    """A picture being composed, and for each of its pixels the number of the part that is seen there (0:
    background)."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.labels = np.zeros((image.height, image.width), np.uint8)
        self.whole: dict[int, int] = {}  # pixels of each part, before anything was cut off or covered

    def paste(self, layer: Layer, corners: Corners, label: int) -> None:
        """Draws the layer with its corners there. Other parts below it are hidden."""
        xs, ys = zip(*corners)
        left, top = math.floor(min(xs)), math.floor(min(ys))
        size = (max(1, math.ceil(max(xs)) - left), max(1, math.ceil(max(ys)) - top))
        share = min(1.0, 1.5 * max(size[0] / layer.image.width, size[1] / layer.image.height))
        small = (max(2, round(layer.image.width * share)), max(2, round(layer.image.height * share)))
        image, mask = (part.resize(small, Image.BILINEAR) if share < 1 else part for part in (layer.image, layer.mask))
        width, height = image.size
        numbers = coefficients(
            [(0, 0), (width, 0), (width, height), (0, height)], [(x - left, y - top) for x, y in corners]
        )
        seen, part = (each.transform(size, Image.PERSPECTIVE, numbers, Image.BILINEAR) for each in (image, mask))
        self.image.paste(seen, (left, top), seen)
        self.mark(np.asarray(seen.getchannel("A")) > 127, np.asarray(part) > 127, left, top, label)

    def mark(self, hides: np.ndarray, part: np.ndarray, left: int, top: int, label: int) -> None:
        height, width = self.labels.shape
        rows, columns = slice(max(0, top), min(height, top + part.shape[0])), slice(
            max(0, left), min(width, left + part.shape[1])
        )
        self.whole[label] = int(part.sum())
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        inner = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
        view = self.labels[rows, columns]
        view[hides[inner]] = COVERED
        view[part[inner]] = label

    def hide(self, at: tuple[int, int], patch: Image.Image) -> None:
        """Puts something in front that is not a part: pasted with its top left corner there."""
        self.image.paste(patch, at)
        self.labels[max(0, at[1]):max(0, at[1] + patch.height), max(0, at[0]):max(0, at[0] + patch.width)] = COVERED

    def seen(self, label: int) -> tuple[PixelBox | None, float]:
        """The box around what is seen of a part, and which share of it that is."""
        shown = self.labels == label
        share = float(shown.sum()) / max(1, self.whole.get(label, 0))
        return bounds(shown), share


def finished(image: Image.Image, chance: random.Random) -> Image.Image:
    """Light, colour, blur and noise of a hasty photograph."""
    gain, lift, gamma = chance.uniform(0.7, 1.25), chance.uniform(-18, 18), chance.uniform(0.8, 1.25)
    tables: list[int] = []
    for tint in (chance.uniform(0.92, 1.08) for _ in range(3)):
        tables += [round(min(255, max(0, 255 * (level / 255) ** gamma * gain * tint + lift))) for level in range(256)]
    image = image.point(tables)
    if chance.random() < 0.06:
        image = image.convert("L").convert("RGB")
    if chance.random() < 0.35:
        image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 1.3)))
    if chance.random() < 0.4:
        noise = np.random.Generator(np.random.PCG64(chance.getrandbits(64))).standard_normal(
            (image.height, image.width, 3), np.float32
        )
        image = Image.fromarray(np.clip(np.asarray(image) + noise * chance.uniform(2, 14), 0, 255).astype(np.uint8))
    return image
