"""Cuts images and their regions into crops on disk, and loads the pictures of a batch as tensors."""
import hashlib
import json
import os
import random

import numpy as np
import torch

from umie_model import UMIE, Pictures

MAX_PIXELS = 40_000_000


NO_KIND = "none"
Box = list[float]


def build_crops(
    images: str,
    regions: str,
    output: str,
    size: int = 224,
    max_objects: int = 36,
    split: str | None = None,
    proposals: int | None = None,
    found: str | None = None,
) -> tuple[int, int]:
    """`regions`: JSONL of {"image_id", "file"?, "split"?, "boxes": [[x1, y1, x2, y2] as fractions, …], "kinds"?,
    "names"?, "complete"?: whether all that is there has its box}, best first. Returns (images, crops).

    Every image gives the whole picture and up to `max_objects` regions, each resized to size × size (bilinear), as
    bytes. Needs Pillow. With a seed for `proposals` the regions are as a proposer would find them: moved a little, and
    some where nothing is, if that is known. With `found`, a JSONL of {"image_id", "boxes"}, half of the images have
    those that a proposer did find, which may miss some.
    """
    found_boxes = read_found(found) if found is not None else {}
    os.makedirs(output, exist_ok=True)
    index: dict[str, list[int]] = {}
    sources: dict[str, list[int]] = {}
    boxes: list[Box] = []
    labels: list[tuple[str | None, str | None]] = []
    with open(regions, encoding="utf-8") as lines, open(f"{output}/crops.u8", "wb") as crops:
        for line in lines:
            record = json.loads(line)
            if split is not None and record.get("split") != split:
                continue
            image, true = str(record["image_id"]), checked_boxes(record["boxes"][:max_objects], record["image_id"])
            kinds, names = (record.get(name) or [None] * len(true) for name in ("kinds", "names"))
            rng = random.Random(f"{proposals}/{image}")
            if image in found_boxes and rng.random() < 0.5:
                shown = matched(true, found_boxes[image][:max_objects])
            else:
                shown = (
                    list(enumerate(true))
                    if proposals is None
                    else proposed(true, rng, max_objects if record.get("complete", True) else 0)
                )
            wanted = [[0.0, 0.0, 1.0, 1.0], *(box for _, box in shown)]
            for crop in crop_image(os.path.join(images, record.get("file", image)), wanted, size):
                crop.tofile(crops)
            index[image], sources[image] = [len(boxes), len(wanted)], [source for source, _ in shown]
            boxes += wanted
            # Where not all is boxed, what else a region shows is not known.
            other = (NO_KIND if record.get("complete", True) else None, None)
            labels += [(None, None), *((kinds[source], names[source]) if source >= 0 else other for source, _ in shown)]
    np.save(f"{output}/boxes.npy", np.array(boxes, np.float32))
    with open(f"{output}/index.json", "w", encoding="utf-8") as file:
        json.dump({"size": size, "images": index, "sources": sources, "labels": labels}, file)
    return len(index), len(boxes)


def proposed(boxes: list[Box], rng: random.Random, most: int = 36) -> list[tuple[int, Box]]:
    """(number of the true box or -1, box) in any order: edges off by up to a tenth of the side, and up to six boxes
    with IoU under 0.3 with all."""
    out = []
    for number, (x1, y1, x2, y2) in enumerate(boxes):
        off = lambda side: rng.uniform(-0.1, 0.1) * side  # noqa: E731
        wide, high = x2 - x1, y2 - y1
        moved = [max(0.0, x1 + off(wide)), max(0.0, y1 + off(high)), min(1.0, x2 + off(wide)), min(1.0, y2 + off(high))]
        out.append((number, moved))
    for _ in range(rng.randint(0, 6)):
        wide, high = (rng.uniform(0.08, 0.6) for _ in range(2))
        left, top = rng.uniform(0, 1 - wide), rng.uniform(0, 1 - high)
        box = [left, top, left + wide, top + high]
        if len(out) < most and all(overlap(box, true) < 0.3 for true in boxes):
            out.append((-1, box))
    rng.shuffle(out)
    return out


def read_found(path: str) -> dict[str, list[Box]]:
    with open(path, encoding="utf-8") as lines:
        return {
            str(record["image_id"]): checked_boxes(record["boxes"], record["image_id"])
            for record in map(json.loads, lines)
        }


def matched(true: list[Box], found: list[Box]) -> list[tuple[int, Box]]:
    """(number of the true box or -1, box): each true box is the found one that shares most of it, from IoU 0.5 on.

    Others that share as much of a taken box are left out: which of the two is meant could not be told.
    """
    source: dict[int, int] = {}
    for number, box in enumerate(true):
        best = max(
            (at for at in range(len(found)) if at not in source), key=lambda at: overlap(found[at], box), default=None
        )
        if best is not None and overlap(found[best], box) >= 0.5:
            source[best] = number
    kept = [at for at, box in enumerate(found) if at in source or all(overlap(box, each) < 0.5 for each in true)]
    return [(source.get(at, -1), found[at]) for at in kept]


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])  # noqa: E731
    return wide * high / (area(a) + area(b) - wide * high)


def read_sources(folder: str) -> dict[str, list[int]]:
    """Per image: which region of its list each crop after the first shows, -1 for one of nothing."""
    with open(f"{folder}/index.json", encoding="utf-8") as file:
        record = json.load(file)
    return record.get("sources") or {image: list(range(count - 1)) for image, (_, count) in record["images"].items()}


def read_kinds(folder: str) -> dict[str, set[str]]:
    """Per image: the kinds of what its regions show."""
    with open(f"{folder}/index.json", encoding="utf-8") as file:
        record = json.load(file)
    labels = record.get("labels") or [(None, None)] * sum(count for _, count in record["images"].values())
    return {
        image: {kind for kind, _ in labels[first : first + count]} - {None, NO_KIND}
        for image, (first, count) in record["images"].items()
    }


def checked_boxes(boxes: list, image: str) -> list[list[float]]:
    for box in boxes:
        if len(box) != 4 or not (0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1):
            raise ValueError(f"{image}: {box} is not a box in fractions of the image")
    return [[float(edge) for edge in box] for box in boxes]


def crop_image(path: str, boxes: list[list[float]], size: int) -> list[np.ndarray]:
    """uint8 [3, size, size] per box; EXIF orientation applied."""
    from PIL import Image, ImageOps

    with Image.open(path) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"{path}: {opened.width} × {opened.height} pixels are too many")
        image = ImageOps.exif_transpose(opened).convert("RGB")
    width, height = image.size
    out = []
    for x1, y1, x2, y2 in boxes:
        box = (x1 * width, y1 * height, max(x2 * width, x1 * width + 1), max(y2 * height, y1 * height + 1))
        out.append(np.asarray(image.resize((size, size), Image.BILINEAR, box=box)).transpose(2, 0, 1).copy())
    return out


class PictureStore:
    """Crops by image id. With a frozen backbone its features are computed once, kept beside the crops, and read from
    the model's device."""

    def __init__(self, folder: str, c: dict, device: torch.device | str = "cpu") -> None:
        with open(f"{folder}/index.json", encoding="utf-8") as file:
            record = json.load(file)
        umie, self.size = c["umie"], record["size"]
        if self.size != umie["image_size"]:
            raise ValueError(f"{folder} holds crops of {self.size} pixels, the model reads {umie['image_size']}")
        self.folder, self.images, self.slots, self.device = (
            folder,
            record["images"],
            umie["max_objects"] + 1,
            torch.device(device),
        )
        self.boxes = torch.from_numpy(np.load(f"{folder}/boxes.npy")).to(self.device)
        self.mean, self.std = (torch.tensor(umie[name])[:, None, None] for name in ("image_mean", "image_std"))
        self.features: torch.Tensor | None = None

    def crops(self) -> np.ndarray:
        """uint8 [N, 3, s, s]; not needed where the features are kept."""
        return np.memmap(f"{self.folder}/crops.u8", np.uint8, "r").reshape(-1, 3, self.size, self.size)

    def pixels(self, crops: np.ndarray) -> torch.Tensor:
        """uint8 → [R, 3, s, s], with ImageNet's mean and deviation."""
        return (torch.from_numpy(np.array(crops)).float() / 255 - self.mean) / self.std

    @torch.no_grad()
    def compute_features(self, model: UMIE, at_once: int = 64) -> None:
        """[N, d_v] of the frozen backbone, kept in a file named after its weights."""
        digest = hashlib.sha256()
        for name, value in sorted(model.visual.backbone.state_dict().items()):
            digest.update(name.encode() + value.cpu().numpy().tobytes())
        path = f"{self.folder}/features.{digest.hexdigest()[:16]}.npy"
        if not os.path.exists(path):
            model.visual.backbone.eval()
            crops = self.crops()
            parts = [
                model.visual.backbone(self.pixels(crops[at : at + at_once]).to(self.device)).cpu()
                for at in range(0, len(crops), at_once)
            ]
            with open(path + ".part", "wb") as file:
                np.save(file, torch.cat(parts).numpy())
            os.replace(path + ".part", path)
        self.features = torch.from_numpy(np.load(path)).to(self.device)

    def batch(self, ids: list[str | None], orders: list[list[int] | None] | None = None) -> Pictures | None:
        """The pictures of a batch, their regions in the given orders; None when no row has one."""
        known = [self.images.get(image) if image is not None else None for image in ids]
        if not any(known):
            return None
        # Crops of each row, -1 where there is none. A row without a picture attends to one empty region, and its result
        # is not used. As many regions as the picture with the most has.
        longest = max(
            place[1] if orders is None or orders[row] is None else len(orders[row]) + 1
            for row, place in enumerate(known)
            if place is not None
        )
        rows = np.full((len(ids), min(self.slots, longest)), -1)
        for row, place in enumerate(known):
            if place is None:
                continue
            first, count = place
            order = orders[row] if orders is not None else None
            rows[row, : count if order is None else len(order) + 1] = (
                range(first, first + count) if order is None else [first, *(first + 1 + at for at in order)]
            )
        crops = torch.from_numpy(rows).to(self.device)
        there = crops >= 0
        boxes = self.boxes[crops.clamp(min=0)] * there[..., None]
        mask = there.float()
        mask[:, 0] = 1.0
        present = torch.tensor([place is not None for place in known], device=self.device)
        if self.features is not None:
            return Pictures(boxes, mask, present, self.features[crops.clamp(min=0)] * there[..., None], None)
        # One crop for every region of the mask: a row without a picture has the first.
        shown = [crop for row, place in zip(rows, known) for crop in (row[row >= 0] if place is not None else [0])]
        return Pictures(boxes, mask, present, None, self.pixels(self.crops()[shown]).to(self.device))
