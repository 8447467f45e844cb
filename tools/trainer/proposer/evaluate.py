"""Scores a proposer: recall at 36 regions and IoU 0.5 by kind, and how many of the found boxes have the right kind."""
from collections import defaultdict

import numpy as np
import torch

from proposer.data import Picture, whole
from proposer.decode import find_boxes, iou
from proposer.model import Proposer
from proposer.settings import Network

FOUND = 0.5


@torch.no_grad()
def score_pictures(model: Proposer, network: Network, pictures: list[Picture]) -> dict[str, dict[str, float]]:
    """By kind in the data: boxes, percent found, and percent of those whose best box is reported as the right kind.
    "all" is over everything."""
    names = list(network.kinds)
    reported = list(network.kinds.values())
    found_by: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    regions = 0
    for picture in pictures:
        pixels, shares = whole(picture, network)
        logits, distances = model(pixels)
        boxes, kinds = find_boxes(torch.sigmoid(logits[0]), distances[0], shares, network.threshold)
        regions += len(boxes)
        overlaps = iou(picture.boxes, boxes) if len(boxes) else np.zeros((len(picture.boxes), 1))
        for kind, row in zip(picture.kinds, overlaps):
            found = row.max() >= FOUND
            # Best first: the first box that matches is the one that counts.
            right = bool(found) and reported[kinds[int(np.argmax(row >= FOUND))]] == reported[kind]
            for name in (names[kind], "all"):
                found_by[name].append((bool(found), right))
    scores = {name: summary(each) for name, each in sorted(found_by.items())}
    return {**scores, "regions": {"a_picture": regions / max(1, len(pictures))}}


def summary(pairs: list[tuple[bool, bool]]) -> dict[str, float]:
    found = sum(found for found, _ in pairs)
    right = sum(right for _, right in pairs)
    return {"boxes": len(pairs), "recall": 100 * found / len(pairs), "kind": 100 * right / max(1, found)}
