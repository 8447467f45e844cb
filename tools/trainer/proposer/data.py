"""Makes batches of augmented pictures for training, and whole pictures for scoring. Needs Pillow."""
import json
import os
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from compose.photos import read_crowds
from compose.split import SPLITS, split_of
from pictures import MAX_PIXELS, checked_boxes
from proposer.settings import Data, Network, Source

# A box that a cut leaves less of, or whose shorter side is below so many pixels, is dropped.
MIN_SHARE = 0.4
MIN_SIDE = 3.0
# Grey copies that agree more show the same photograph.
ALIKE = 0.93


@dataclass(frozen=True)
class Picture:
    path: str
    boxes: np.ndarray  # [n, 4], fractions
    kinds: np.ndarray  # [n], indices of Network.kinds
    marked: np.ndarray  # [K]: whether all boxes of a kind are there


def read_set(source: Source, network: Network, split: str) -> list[Picture]:
    """The pictures of a split. Boxes of kinds that the set is not read for are left out.

    Of a picture that says it is not complete, only the kinds it has are marked.
    """
    names = {kind: at for at, kind in enumerate(network.kinds)}
    pictures = []
    with open(source.regions, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["split"] != split:
                continue
            boxes = checked_boxes(record["boxes"], record["image_id"])
            kept = [(box, names[kind]) for box, kind in zip(boxes, record["kinds"]) if kind in source.kinds]
            file = record["file"]
            if os.path.isabs(file) or ".." in file.split("/"):
                raise ValueError(f"{source.regions}: {file!r} is outside the folder")
            indices = np.array([kind for _, kind in kept], np.int64)
            read = np.isin(
                np.arange(len(names)),
                indices if record.get("complete") is False else [names[kind] for kind in source.kinds],
            )
            pictures.append(
                Picture(
                    os.path.join(source.images, file),
                    np.array([box for box, _ in kept], np.float32).reshape(-1, 4),
                    indices,
                    read.astype(np.float32),
                )
            )
    return pictures


def open_picture(path: str):
    """A PIL picture, upright, RGB."""
    from PIL import Image, ImageOps

    with Image.open(path) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"{path}: {opened.width} × {opened.height} pixels are too many")
        return ImageOps.exif_transpose(opened).convert("RGB")


class Batches:
    """Batch number n is a function of the seed and n, so a run continues anywhere."""

    def __init__(self, data: Data, network: Network, seed: int) -> None:
        self.data, self.network, self.seed = data, network, seed
        self.sets = [read_set(source, network, "train") for source in data.sets]
        for source, pictures in zip(data.sets, self.sets):
            if not pictures:
                raise ValueError(f"{source.regions} has no picture of the split \"train\"")
        weights = np.array([source.weight for source in data.sets])
        self.shares = weights / weights.sum()
        self.chances = [np.cumsum(rarity(pictures, data.balance)) for pictures in self.sets]

    def batch(self, number: int, size: int) -> tuple[Tensor, list[np.ndarray], list[np.ndarray], np.ndarray]:
        """Pixels [B, 3, size, size], boxes in pixels, kinds, and what is marked [B, K]."""
        random = np.random.default_rng([self.seed, number])
        chosen = random.choice(len(self.sets), self.data.batch, p=self.shares)
        pixels, boxes, kinds, marked = [], [], [], []
        for at in chosen:
            drawn = np.searchsorted(self.chances[at], random.random() * self.chances[at][-1], side="right")
            picture = self.sets[at][min(int(drawn), len(self.sets[at]) - 1)]
            image, box, kept = changed(picture, size, random, self.data, self.data.sets[at].turned)
            pixels.append(image)
            boxes.append(box)
            kinds.append(picture.kinds[kept])
            marked.append(picture.marked)
        return normalised(np.stack(pixels), self.network), boxes, kinds, np.stack(marked)


def rarity(pictures: list[Picture], balance: float) -> np.ndarray:
    """How often each picture is drawn: 1, or more by how much rarer its rarest kind is than the most frequent one.
    [n]"""
    counts = np.bincount(np.concatenate([picture.kinds for picture in pictures]))
    rarest = [counts[picture.kinds].min(initial=counts.max(initial=1)) for picture in pictures]
    return (counts.max(initial=1) / np.array(rarest, np.float64)) ** balance


def changed(
    picture: Picture, size: int, random: np.random.Generator, data: Data, turned: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A window of the picture, scaled, perhaps turned and mirrored, in other light.

    Returns float32 [size, size, 3] of 0…1, boxes in pixels, and which boxes are left.
    """
    from PIL import Image

    image, fractions = open_picture(picture.path), picture.boxes
    for _ in range(int(random.integers(1, 4)) if random.random() < turned else 0):
        image = image.transpose(Image.Transpose.ROTATE_90)
        fractions = np.stack([fractions[:, 1], 1 - fractions[:, 2], fractions[:, 3], 1 - fractions[:, 0]], 1)
    scale = np.exp(random.uniform(*np.log(data.zoom))) * min(1.0, 256 / max(image.size))
    width, height = (min(size, max(1, round(side * scale))) for side in image.size)
    # What does not fit is cut off somewhere.
    left, top = (random.uniform(0, max(0.0, side - kept / scale)) for side, kept in zip(image.size, (width, height)))
    window = (left, top, min(image.width, left + width / scale), min(image.height, top + height / scale))
    light = recoloured(
        np.asarray(image.resize((width, height), Image.BILINEAR, box=window), np.float32) / 255, random, data
    )
    boxes = fractions * np.tile(image.size, 2) - np.tile([left, top], 2)
    boxes *= np.tile([width / (window[2] - left), height / (window[3] - top)], 2)
    if random.random() < 0.5:
        light, boxes = light[:, ::-1], np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], 1)
    out = np.full((size, size, 3), np.nan, np.float32)
    out[:height, :width] = light
    cut = np.clip(boxes, 0, [width, height, width, height])
    sides = cut[:, 2:] - cut[:, :2]
    share = sides.prod(1) / np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(1), 1e-6)
    kept = (share >= MIN_SHARE) & (sides.min(1, initial=np.inf) >= MIN_SIDE)
    return out, cut[kept].astype(np.float32), kept


def recoloured(pixels: np.ndarray, random: np.random.Generator, data: Data) -> np.ndarray:
    """Other brightness, contrast and saturation; sometimes much darker."""
    brightness, contrast, saturation = random.uniform(-data.colour, data.colour, 3) * (random.random(3) < 0.7)
    grey = pixels.mean(2, keepdims=True)
    pixels = grey + (pixels - grey) * (1 + saturation)
    left = random.uniform(1 / 3, 1) if random.random() < data.dark else 1.0
    return np.clip((pixels - 0.5) * (1 + contrast) + 0.5 + brightness / 2, 0, 1) * np.float32(left)


def normalised(pixels: np.ndarray, network: Network) -> Tensor:
    """[B, s, s, 3] of 0…1, NaN where there is no picture → [B, 3, s, s]; nothing is zero: the mean colour."""
    mean, std = np.array(network.image_mean, np.float32), np.array(network.image_std, np.float32)
    return torch.from_numpy(np.ascontiguousarray(np.nan_to_num((pixels - mean) / std, nan=0.0).transpose(0, 3, 1, 2)))


def whole(picture: Picture, network: Network) -> tuple[Tensor, tuple[float, float]]:
    """As the engine looks at it: at most `image_size` on the longer side, at the top left of the square.

    Returns pixels [1, 3, s, s], and the picture's share of both sides.
    """
    from PIL import Image

    image = open_picture(picture.path)
    scale = min(1.0, network.image_size / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    square = np.full((1, network.image_size, network.image_size, 3), np.nan, np.float32)
    square[0, :height, :width] = np.asarray(image.resize((width, height), Image.BOX), np.float32) / 255
    return normalised(square, network), (width / network.image_size, height / network.image_size)


def write_head_regions(folder: str, output: str) -> tuple[int, int]:
    """The folder's heads.jsonl, {"image", "size", "boxes": [["head", x1, y1, x2, y2], …]}, as regions of the kind
    "head". Returns (train, dev).

    Copies of one photograph (turned by 90 or 180 degrees, mirrored, darkened) are on one side, and on the side
    where composed pictures use them.
    """
    counts = dict.fromkeys(SPLITS, 0)
    folder = os.path.abspath(folder)
    composed = {os.path.relpath(photo.path, folder): photo.split for photo in read_crowds(folder)}
    with open(f"{folder}/heads.jsonl", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    first = look_alikes([os.path.join(folder, entry["image"]) for entry in records])
    split_at = {at: split_of("photo", records[at]["image"]) for at in set(first)}
    split_at |= {at: composed[entry["image"]] for at, entry in zip(first, records) if entry["image"] in composed}
    with open(output, "w", encoding="utf-8") as out:
        for entry, original in zip(records, first):
            boxes = [[min(1.0, max(0.0, edge)) for edge in box[1:]] for box in entry["boxes"]]
            boxes = [box for box in boxes if box[0] < box[2] and box[1] < box[3]]
            split = split_at[original]
            counts[split] += 1
            record = {
                "image_id": os.path.splitext(os.path.basename(entry["image"]))[0],
                "file": entry["image"],
                "split": split,
                "size": entry["size"],
                "boxes": boxes,
                "kinds": ["head"] * len(boxes),
                "names": [None] * len(boxes),
            }
            out.write(json.dumps(record) + "\n")
    return counts["train"], counts["dev"]


def look_alikes(paths: list[str]) -> list[int]:
    """For each picture the number of the first one that shows the same, by the correlation of small grey copies in all
    eight turns."""
    from PIL import Image

    grey = np.stack(
        [np.asarray(open_picture(path).convert("L").resize((16, 16), Image.BOX), np.float32) for path in paths]
    )
    grey -= grey.mean((1, 2), keepdims=True)
    grey /= np.sqrt((grey**2).sum((1, 2), keepdims=True)) + 1e-6
    turns = [
        view for turn in range(4) for view in (np.rot90(grey, turn, (1, 2)), np.rot90(grey, turn, (1, 2))[:, :, ::-1])
    ]
    flat = grey.reshape(len(grey), -1)
    first = list(range(len(paths)))
    for at in range(1, len(paths)):
        alike = np.max([turn.reshape(len(grey), -1)[:at] @ flat[at] for turn in turns], axis=0) >= ALIKE
        if alike.any():
            first[at] = first[int(np.argmax(alike))]
    return first
