"""Goes in: images and their regions. Comes out: crops on disk, and the pictures of a batch as tensors."""
import hashlib
import json
import os

import numpy as np
import torch

from umie_model import UMIE, Pictures

MAX_PIXELS = 40_000_000


def build_crops(images: str, regions: str, output: str, size: int = 224, max_objects: int = 36) -> tuple[int, int]:
    """`regions`: JSONL of {"image_id", "file"?, "boxes": [[x1, y1, x2, y2] as fractions, …]}, best first. Returns (images, crops).

    Every image gives the whole picture and up to `max_objects` regions, each resized to size × size (bilinear), as bytes. Needs Pillow.
    """
    os.makedirs(output, exist_ok=True)
    index: dict[str, list[int]] = {}
    boxes: list[list[float]] = []
    with open(regions, encoding="utf-8") as lines, open(f"{output}/crops.u8", "wb") as crops:
        for line in lines:
            told = json.loads(line)
            wanted = [[0.0, 0.0, 1.0, 1.0], *checked_boxes(told["boxes"][:max_objects], told["image_id"])]
            for crop in crop_image(os.path.join(images, told.get("file", told["image_id"])), wanted, size):
                crop.tofile(crops)
            index[str(told["image_id"])] = [len(boxes), len(wanted)]
            boxes += wanted
    np.save(f"{output}/boxes.npy", np.array(boxes, np.float32))
    with open(f"{output}/index.json", "w", encoding="utf-8") as file:
        json.dump({"size": size, "images": index}, file)
    return len(index), len(boxes)


def checked_boxes(boxes: list, image: str) -> list[list[float]]:
    for box in boxes:
        if len(box) != 4 or not (0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1):
            raise ValueError(f"{image}: {box} is no box in fractions of the image")
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
    """Crops by image id. With a frozen backbone its features are computed once and kept beside the crops."""

    def __init__(self, folder: str, c: dict) -> None:
        with open(f"{folder}/index.json", encoding="utf-8") as file:
            told = json.load(file)
        umie, size = c["umie"], told["size"]
        if size != umie["image_size"]:
            raise ValueError(f"{folder} holds crops of {size} pixels, the model reads {umie['image_size']}")
        self.folder, self.images, self.slots = folder, told["images"], umie["max_objects"] + 1
        self.boxes = torch.from_numpy(np.load(f"{folder}/boxes.npy"))
        self.crops = np.memmap(f"{folder}/crops.u8", np.uint8, "r").reshape(-1, 3, size, size)
        self.mean, self.std = (torch.tensor(umie[name])[:, None, None] for name in ("image_mean", "image_std"))
        self.features: torch.Tensor | None = None

    def pixels(self, rows: slice | list[int]) -> torch.Tensor:
        """[R, 3, s, s], with ImageNet's mean and deviation."""
        return (torch.from_numpy(np.array(self.crops[rows])).float() / 255 - self.mean) / self.std

    @torch.no_grad()
    def compute_features(self, model: UMIE, at_once: int = 64) -> None:
        """[N, d_v] of the frozen backbone, kept in a file named after its weights."""
        digest = hashlib.sha256()
        for name, value in sorted(model.visual.backbone.state_dict().items()):
            digest.update(name.encode() + value.cpu().numpy().tobytes())
        path = f"{self.folder}/features.{digest.hexdigest()[:16]}.npy"
        if not os.path.exists(path):
            model.visual.backbone.eval()
            device = model.shared.weight.device
            parts = [
                model.visual.backbone(self.pixels(slice(at, at + at_once)).to(device)).cpu() for at in range(0, len(self.crops), at_once)
            ]
            with open(path + ".part", "wb") as file:
                np.save(file, torch.cat(parts).numpy())
            os.replace(path + ".part", path)
        self.features = torch.from_numpy(np.load(path))

    def batch(self, ids: list[str | None]) -> Pictures | None:
        """The pictures of a batch; None when no row has one."""
        known = [self.images.get(image) if image is not None else None for image in ids]
        if not any(known):
            return None
        boxes, mask = torch.zeros(len(ids), self.slots, 4), torch.zeros(len(ids), self.slots)
        # A row without a picture attends to one empty region, and its result is not used.
        mask[:, 0] = 1.0
        features = None if self.features is None else torch.zeros(len(ids), self.slots, self.features.size(1))
        crops: list[int] = []
        for row, place in enumerate(known):
            if place is None:
                crops.append(0)
                continue
            first, count = place
            boxes[row, :count], mask[row, :count] = self.boxes[first : first + count], 1.0
            crops += range(first, first + count)
            if features is not None:
                features[row, :count] = self.features[first : first + count]
        present = torch.tensor([place is not None for place in known])
        return Pictures(boxes, mask, present, features, None if features is not None else self.pixels(crops))
