"""Turns heat maps and distances into boxes, best first. The engine does the same in workers/vision/regions/peaks.ts."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from proposer.targets import decoded

# Boxes that overlap more are one thing.
SAME = 0.6


def find_boxes(
    scores: Tensor, distances: Tensor, shares: tuple[float, float], threshold: float, limit: int = 36
) -> tuple[np.ndarray, np.ndarray]:
    """Scores [K, h, w] and distances [4, h, w] of one picture → boxes [n, 4] as fractions and their kinds [n].

    A peak is at least as high as each of its eight neighbours.
    """
    size = scores.shape[1] * 4.0
    peaks = (scores == F.max_pool2d(scores[None], 3, 1, 1)[0]) & (scores >= threshold)
    kinds, rows, columns = (each.numpy() for each in torch.nonzero(peaks, as_tuple=True))
    order = np.argsort(-scores[peaks].numpy(), kind="stable")
    boxes = decoded(distances[None])[0][:, rows, columns].numpy().T / size / np.tile(shares, 2)
    boxes = np.clip(boxes, 0, 1)
    kept: list[int] = []
    for index in order:
        x1, y1, x2, y2 = boxes[index]
        if x1 < x2 and y1 < y2 and (not kept or iou(boxes[index][None], boxes[kept]).max() <= SAME):
            kept.append(int(index))
        if len(kept) == limit:
            break
    return boxes[kept], kinds[kept]


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[n, 4] and [m, 4] → [n, m]."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inner = np.clip(high - low, 0, None).prod(2)
    area = lambda boxes: (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return inner / np.maximum(area(a)[:, None] + area(b)[None] - inner, 1e-12)
