"""Loads photographs with captions and head boxes by split, with a box for each person."""
import json
import os
import re
from dataclasses import dataclass

import numpy as np

from compose.boxes import Box
from compose.crowds import heads_of, opened, small_grey, usable
from compose.split import look_alikes, split_of
from records import MAX_LINE_BYTES

SAME_PHOTO = 0.93

# A head box becomes a person: 2.6 head widths wide around the head, from its top 5 head heights down. Between sitting
# (3.5) and standing (7) people.
PERSON_WIDTH, PERSON_HEIGHT = 2.6, 5.0
# How far down a person may reach: no background may begin above it.
FULL_HEIGHT = 8.0

PEOPLE = re.compile(
    r"\b(m[ae]n|wom[ae]ns?|boys?|girls?|child(ren)?|people|persons?|players?|kids?|lad(y|ies)|guys?|crowd|"
    r"bab(y|ies)|toddlers?|someone|males?|females?|bikers?|cyclists?|(snow|skate)boarders?|skiers?|surfers?|climbers?|"
    r"hikers?|riders?|runners?|swimmers?|dancers?|performers?|drivers?|fire(m[ae]n|fighters?)|couple|famil(y|ies)|"
    r"teens?|teenagers?|adults?|friends?|group|team|audience|fans?|football|soccer|hands?|he|him|she|his|her)\b",
    re.I,
)


@dataclass(frozen=True)
class Photo:
    """`heads`: fractions of the picture, largest first. `empty`: nobody is in it, as far as its captions say."""

    path: str
    split: str
    captions: tuple[str, ...] = ()
    heads: tuple[Box, ...] = ()
    empty: bool = False

    def main_heads(self) -> tuple[Box, ...]:
        """At most three, none with less than half the height of the largest."""
        return tuple(
            head for head in self.heads[:3] if head[3] - head[1] >= 0.5 * (self.heads[0][3] - self.heads[0][1])
        )


def person_box(head: Box, size: tuple[float, float] = (1.0, 1.0)) -> Box:
    """In the unit of the head box, clipped to a picture of that size (1 × 1: fractions)."""
    x1, y1, x2, y2 = head
    middle, half = (x1 + x2) / 2, PERSON_WIDTH * (x2 - x1) / 2
    return (
        max(0.0, middle - half),
        max(0.0, y1),
        min(size[0], middle + half),
        min(size[1], y1 + PERSON_HEIGHT * (y2 - y1)),
    )



class Photos:
    """Captioned scenes and pictures of people, by split. Raises ValueError where a split would have none of a kind."""

    def __init__(self, folder: str) -> None:
        scenes, crowds = read_scenes(folder), read_crowds(folder)
        self.scenes = {split: [photo for photo in scenes if photo.split == split] for split in ("train", "dev")}
        self.empty = {split: [photo for photo in listed if photo.empty] for split, listed in self.scenes.items()}
        self.crowds = {split: [photo for photo in crowds if photo.split == split] for split in ("train", "dev")}
        for kind, listed in (("scenes without people", self.empty), ("pictures of people", self.crowds)):
            for split, photos in listed.items():
                if not photos:
                    raise ValueError(f"{folder}: no {kind} for {split}; more photographs are needed")


def json_lines(path: str) -> list[dict]:
    """Raises ValueError with the number of a line that is not an object or is too long."""
    found = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            record = json.loads(line) if len(line) <= MAX_LINE_BYTES else None
            if not isinstance(record, dict):
                raise ValueError(f"{path}:{number}: expected an object of at most {MAX_LINE_BYTES} characters")
            found.append(record)
    return found


def place(folder: str, name: str) -> str:
    """The picture's path. Raises ValueError where a name leads out of the folder."""
    path = os.path.normpath(os.path.join(folder, name))
    if not path.startswith(os.path.normpath(folder) + os.sep):
        raise ValueError(f"{name}: leads out of {folder}")
    return path


def read_scenes(folder: str) -> list[Photo]:
    """Lines {"image", "captions"} of captioned.jsonl."""
    photos = []
    for record in json_lines(f"{folder}/captioned.jsonl"):
        captions = tuple(caption.strip() for caption in record["captions"])
        nobody = not any(PEOPLE.search(caption) for caption in captions)
        photos.append(Photo(place(folder, record["image"]), split_of("photo", record["image"]), captions, empty=nobody))
    return photos


def read_crowds(folder: str) -> list[Photo]:
    """Lines {"image", "boxes": [[kind, x1, y1, x2, y2], …]} of heads.jsonl.

    The public collection holds rotated, mirrored and darkened copies: rotated and nearly black ones are left out,
    mirrored ones are on one side.
    """
    kept, thumbnails = [], []
    for record in json_lines(f"{folder}/heads.jsonl"):
        path = place(folder, record["image"])
        heads = heads_of(record["boxes"])
        image = opened(path)
        if usable(image, heads):
            kept.append((record["image"], path, tuple(box for _, box in heads)))
            thumbnails.append(small_grey(image))
    first = look_alikes(np.array(thumbnails), SAME_PHOTO, mirrored=True)
    return [Photo(path, split_of("photo", kept[at][0]), heads=heads) for (_, path, heads), at in zip(kept, first)]
