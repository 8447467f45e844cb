"""Composes a picture that shows what a post needs, with the exact boxes of what is visible in it."""
import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image

from compose.backgrounds import Setting, around_person, empty_cut, nobody, portrait, whole_scene
from compose.boxes import Box, PixelBox, area, bounds, inside, overlap
from compose.draw import Canvas, Layer, card_layer, finished, flag_layer, logo_layer, tilted
from compose.parts import Parts
from compose.photos import Photo, Photos, person_box

MIN_PIXELS, MIN_SEEN, MAX_REGIONS = 10, 0.4, 36
SHAPES = ((1, 1), (1, 0.75), (0.75, 1), (1, 0.667), (0.667, 1), (1, 0.5625), (1, 0.8), (0.8, 1))
# √(width · height) as a share of the picture: the 5th, 25th, 50th, 75th and 95th of a hundred of GMNER's training
# boxes; logos large enough to see.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SIZES = {
    "person": (0.15, 0.40, 0.60, 0.75, 0.94), "logo": (0.07, 0.09, 0.13, 0.30, 0.80),
    "flag": (0.09, 0.28, 0.54, 0.85, 0.95), "object": (0.08, 0.17, 0.38, 0.60, 0.80),
}
DECIDING = {"person": (0.4, 0.9), "logo": (0.3, 0.75), "flag": (0.35, 0.85)}
BESIDE_DECIDING = (0.08, 0.2)
TRIES, CLEAN_FROM = 16, 5  # tries to show what a post needs; from the sixth on nothing covers it


@dataclass(frozen=True)
class Plan:
    """What a picture must show: `logos` and `flags` name a brand (slug) or country (code), None is any of the split.

    `deciding`: the kind of its largest region. `scene`: a photograph to show as it is; `anyone`: any of them, people or
    not.
    """

    image_id: str
    split: str
    persons: int = 0
    logos: tuple[str | None, ...] = ()
    flags: tuple[str | None, ...] = ()
    objects: int = 0
    deciding: str | None = None
    scene: Photo | None = None
    anyone: bool = False

    def kinds(self) -> set[str]:
        wanted = {"person": self.persons, "logo": len(self.logos), "flag": len(self.flags), "object": self.objects}
        return {kind for kind, count in wanted.items() if count}


@dataclass(frozen=True)
class Region:
    """`key`: the brand's slug or the country's code; `name`: as people write it."""

    kind: str
    key: str | None
    name: str | None
    box: PixelBox


@dataclass
class Picture:
    """`regions`: largest first. `complete`: every person who is seen has one (a captioned scene's people have none)."""

    image: Image.Image
    regions: list[Region]
    complete: bool


def shows(picture: Picture, plan: Plan) -> bool:
    if not plan.kinds() <= {region.kind for region in picture.regions}:
        return False
    return plan.deciding is None or picture.regions[0].kind == plan.deciding


def size_of(kind: str, deciding: str | None, chance: random.Random) -> float:
    """√(width · height) as a share of the picture's."""
    if deciding is not None:
        return chance.uniform(*(DECIDING[kind] if kind == deciding else BESIDE_DECIDING))
    return float(np.interp(chance.random(), QUANTILES, SIZES[kind]))


class Composer:
    """Draws pictures with a longer side of `size` pixels. A picture depends on the seed and its plan only."""

    def __init__(self, parts: Parts, photos: Photos, seed: int, size: int) -> None:
        self.parts, self.photos, self.seed, self.size = parts, photos, seed, size

    def draw(self, plan: Plan) -> Picture:
        """Tries until the picture shows what it must. Raises ValueError when it never does."""
        for attempt in range(TRIES):
            picture = self.try_once(
                plan, random.Random(f"{self.seed}/{plan.image_id}/{attempt}"), clean=attempt >= CLEAN_FROM
            )
            if shows(picture, plan):
                return picture
        raise ValueError(f"{plan.image_id}: no picture shows {', '.join(sorted(plan.kinds()))} after {TRIES} tries")

    def try_once(self, plan: Plan, chance: random.Random, clean: bool) -> Picture:
        in_background = plan.persons > 0 and plan.deciding in (None, "person") and chance.random() < 0.8
        setting = self.setting(plan, in_background, chance)
        canvas = Canvas(setting.image)
        keys = self.paste_parts(canvas, plan, setting.heads, 0 if in_background else plan.persons, chance)
        if not clean and plan.scene is None and chance.random() < 0.15:
            self.cover(canvas, plan.split, chance)
        regions = [
            Region("person", None, None, box)
            for box in (seen_person(canvas, head) for head in setting.heads)
            if box is not None
        ]
        for label, (kind, key) in keys.items():
            box, share = canvas.seen(label)
            if box is not None and share >= MIN_SEEN and large_enough(box):
                regions.append(Region(kind, key or None, self.name_of(kind, key), box))
        regions.sort(key=lambda region: -area(region.box))
        return Picture(finished(canvas.image, chance), regions[:MAX_REGIONS], setting.complete)

    def setting(self, plan: Plan, in_background: bool, chance: random.Random) -> Setting:
        shape = chance.choice(SHAPES)
        size = (round(self.size * shape[0]), round(self.size * shape[1]))
        if plan.scene is not None or plan.anyone:
            return whole_scene(plan.scene or chance.choice(self.photos.scenes[plan.split]), self.size)
        if in_background:
            share = size_of("person", plan.deciding, chance)
            return around_person(chance.choice(self.photos.crowds[plan.split]), size, share, chance)
        return nobody(self.photos, plan.split, size, chance)

    def paste_parts(
        self, canvas: Canvas, plan: Plan, heads: list[Box], cards: int, chance: random.Random
    ) -> dict[int, tuple[str, str]]:
        """Pastes what the plan names, large before small; some logos go on the chest of a person. Returns label →
        (kind, slug or code)."""
        wanted = [("person", "")] * cards + [("object", "")] * plan.objects
        wanted += [("logo", slug or chance.choice(self.parts.logos_of[plan.split])) for slug in plan.logos]
        wanted += [("flag", code or chance.choice(self.parts.flags_of[plan.split])) for code in plan.flags]
        sized = sorted(((size_of(kind, plan.deciding, chance), kind, key) for kind, key in wanted), reverse=True)
        chests = [head for head in heads if head[3] - head[1] > 20 and inside(head, canvas.image.size)]
        keys: dict[int, tuple[str, str]] = {}
        for label, (share, kind, key) in enumerate(sized, 1):
            worn = kind == "logo" and plan.deciding != "logo" and bool(chests) and chance.random() < 0.4
            layer = self.layer(kind, key, plan.split, worn, chance)
            if layer is None:
                continue
            side = share * math.sqrt(canvas.image.width * canvas.image.height)
            at, side = chest(chests.pop(0), chance) if worn else (free_place(canvas, side, chance), side)
            place(canvas, layer, at, side, label, chance)
            keys[label] = (kind, key)
        return keys

    def name_of(self, kind: str, key: str) -> str | None:
        if kind == "logo":
            return self.parts.logos[key].title
        return self.parts.flags[key].name if kind == "flag" else None

    def layer(self, kind: str, key: str, split: str, worn: bool, chance: random.Random) -> Layer | None:
        if kind == "logo":
            return logo_layer(self.parts.logo(key), self.parts.logos[key].colour, chance, worn)
        if kind == "flag":
            return flag_layer(self.parts.flag(key), chance)
        if kind == "person":
            return portrait(chance.choice(self.photos.crowds[split]), chance)
        wide = chance.randint(110, 170)
        size = (wide, round(wide * chance.choice((0.67, 0.75, 1.2))))
        return card_layer(empty_cut(self.photos, split, size, chance.uniform(0.5, 0.9), chance), None, chance)

    def cover(self, canvas: Canvas, split: str, chance: random.Random) -> None:
        """One or two things in front: strips and patches of another photograph or of one colour."""
        width, height = canvas.image.size
        for _ in range(chance.randint(1, 2)):
            strip = chance.random() < 0.5
            wide, high = (
                (chance.uniform(0.04, 0.12), chance.uniform(0.3, 1.2))
                if strip
                else (chance.uniform(0.1, 0.3), chance.uniform(0.08, 0.25))
            )
            size = (max(8, round(wide * width)), max(8, round(high * height)))
            x, y = chance.randint(-10, width - 12), chance.randint(-10, height - 12)
            colour = tuple(chance.randint(0, 255) for _ in range(3))
            patch = (
                Image.new("RGB", size, colour)
                if chance.random() < 0.5
                else empty_cut(self.photos, split, size, 0.4, chance)
            )
            canvas.hide((x, y), patch)


def large_enough(box: PixelBox) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) >= MIN_PIXELS


def seen_person(canvas: Canvas, head: Box) -> PixelBox | None:
    """The box of what is seen of a person. None where less than 40 % of the head is in the picture, or of the body is
    uncovered."""
    size = canvas.image.size
    if overlap(head, (0, 0, *size)) < MIN_SEEN * area(head):
        return None
    x1, y1, x2, y2 = (round(edge) for edge in person_box(head, size))
    free = canvas.labels[y1:y2, x1:x2] == 0
    box = bounds(free)
    if box is None or free.mean() < MIN_SEEN:
        return None
    found = (x1 + box[0], y1 + box[1], x1 + box[2], y1 + box[3])
    return found if large_enough(found) else None


def chest(head: Box, chance: random.Random) -> tuple[tuple[float, float], float]:
    """(centre, side) of a logo on the shirt below a head, in pixels."""
    wide, high = head[2] - head[0], head[3] - head[1]
    at = ((head[0] + head[2]) / 2 + chance.uniform(-0.4, 0.4) * wide, head[1] + chance.uniform(1.9, 2.6) * high)
    return at, wide * chance.uniform(0.7, 1.3)


def free_place(canvas: Canvas, side: float, chance: random.Random) -> tuple[float, float]:
    """A centre where little is hidden, the best of five; now and then a part is over the edge."""
    best, least = (canvas.image.width / 2, canvas.image.height / 2), math.inf
    for _ in range(5):
        edge = side * (0.25 if chance.random() < 0.12 else 0.5)
        x, y = (
            min(max(chance.gauss(0.5, 0.24) * length, min(edge, length / 2)), max(length - edge, length / 2))
            for length in canvas.image.size
        )
        near = canvas.labels[
            max(0, int(y - side / 2)) : int(y + side / 2) + 1, max(0, int(x - side / 2)) : int(x + side / 2) + 1
        ]
        hidden = int((near > 0).sum())
        if hidden < least:
            best, least = (x, y), hidden
    return best


def place(
    canvas: Canvas, layer: Layer, at: tuple[float, float], side: float, label: int, chance: random.Random
) -> None:
    """So that the part itself, not its sign, has the size; what would be larger than the picture is made to fit."""
    x1, y1, x2, y2 = layer.mask.getbbox() or (0, 0, *layer.mask.size)
    scale = min(
        side / math.sqrt((x2 - x1) * (y2 - y1)),
        *(0.97 * room / length for room, length in zip(canvas.image.size, (x2 - x1, y2 - y1))),
    )
    turn = chance.gauss(0, 0.1) if chance.random() < 0.7 else 0.0
    corners = tilted(at, layer.image.width * scale, layer.image.height * scale, turn, chance.uniform(0, 0.09), chance)
    canvas.paste(layer, corners, label)
