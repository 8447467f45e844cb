"""Makes the heat maps and distances that a proposer should predict for a batch, and its losses.

Liu et al. 2020, "Training-Time-Friendly Network for Real-Time Object Detection".
"""
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from proposer.model import STRIDE
from proposer.settings import Network

# Share of a box's sides that its bump covers.
COVERED = 0.54


@dataclass(frozen=True)
class Targets:
    """`heat` [B, K, h, w] is 1 at the middle of every box and falls off around it; `boxes` [B, 4, h, w] in pixels count
    by `weight` [B, h, w]."""

    heat: Tensor
    boxes: Tensor
    weight: Tensor
    known: Tensor  # [B, K, h, w]: 1 where it is known whether a box of the kind has its middle
    count: int


def make_targets(
    boxes: list[np.ndarray], kinds: list[np.ndarray], marked: np.ndarray, size: int, network: Network
) -> Targets:
    """`boxes` per picture [n, 4] in pixels of the square, `kinds` [n], `marked` [B, K]. Where boxes meet, the smaller
    one has the cell."""
    cells, batch = size // STRIDE, len(boxes)
    heat = np.zeros((batch, marked.shape[1], cells, cells), np.float32)
    wanted = np.zeros((batch, 4, cells, cells), np.float32)
    weight = np.zeros((batch, cells, cells), np.float32)
    for at in range(batch):
        areas = (boxes[at][:, 2] - boxes[at][:, 0]) * (boxes[at][:, 3] - boxes[at][:, 1])
        for index in np.argsort(-areas, kind="stable"):
            rows, columns, bump = bump_of(boxes[at][index], cells)
            plane = heat[at, kinds[at][index], rows, columns]
            np.maximum(plane, bump, out=plane)
            wanted[at, :, rows, columns] = boxes[at][index][:, None, None]
            weight[at, rows, columns] = bump / bump.sum() * np.log(max(areas[index], 4.0))
    known = np.stack([known_cells(*picture, cells, network) for picture in zip(boxes, kinds, marked)])
    return Targets(*map(torch.from_numpy, (heat, wanted, weight, known)), sum(len(each) for each in boxes))


def known_cells(boxes: np.ndarray, kinds: np.ndarray, marked: np.ndarray, cells: int, network: Network) -> np.ndarray:
    """[K, cells, cells]. A kind that is not marked is not in boxes of other kinds, nor outside of a marked kind that it
    only comes within.

    Without this, heads were seen in every logo: pictures with logos have no boxes of heads.
    """
    names, reported = list(network.kinds), list(network.kinds.values())
    known = np.repeat(marked.astype(np.float32)[:, None, None], cells, 1).repeat(cells, 2)
    for kind in np.flatnonzero(marked == 0):
        outer = network.within.get(names[kind])
        if outer is not None and marked[names.index(outer)]:
            known[kind] = 1 - covered(boxes[kinds == names.index(outer)], cells)
        else:
            others = np.array([reported[each] != reported[kind] for each in kinds], bool)
            known[kind] = covered(boxes[others], cells)
    return known


def covered(boxes: np.ndarray, cells: int) -> np.ndarray:
    """1 for cells whose middle lies in a box. [cells, cells]"""
    out = np.zeros((cells, cells), np.float32)
    for x1, y1, x2, y2 in np.round(boxes / STRIDE).astype(int):
        out[max(0, y1) : y2, max(0, x1) : x2] = 1
    return out


def bump_of(box: np.ndarray, cells: int) -> tuple[slice, slice, np.ndarray]:
    """The cells around a box's middle, and a Gaussian over them that is 1 there; at least that one cell."""
    x1, y1, x2, y2 = box / STRIDE
    x, y = (min(cells - 1, int(middle)) for middle in ((x1 + x2) / 2, (y1 + y2) / 2))
    reach_x, reach_y = int((x2 - x1) / 2 * COVERED), int((y2 - y1) / 2 * COVERED)
    columns, rows = (
        np.arange(max(0, middle - reach), min(cells, middle + reach + 1))
        for middle, reach in ((x, reach_x), (y, reach_y))
    )
    across, down = ((2 * reach + 1) / 6 for reach in (reach_x, reach_y))
    bump = np.exp(-((columns[None] - x) ** 2) / (2 * across**2) - (rows[:, None] - y) ** 2 / (2 * down**2)).astype(
        np.float32
    )
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1), bump


def losses(logits: Tensor, distances: Tensor, targets: Targets) -> tuple[Tensor, Tensor]:
    """Focal loss of the heat maps per box, and 1 − GIoU of the boxes, weighted."""
    return heat_loss(logits, targets), box_loss(distances, targets)


def heat_loss(logits: Tensor, targets: Targets) -> Tensor:
    """Law and Deng 2018, "CornerNet": cells near a middle are hardly wrong. What is not known does not count."""
    p = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    right = (targets.heat == 1).float()
    missed = (1 - p) ** 2 * torch.log(p) * right
    dreamt = (1 - targets.heat) ** 4 * p**2 * torch.log(1 - p) * (1 - right)
    return -((missed + dreamt) * targets.known).sum() / max(1, targets.count)


def box_loss(distances: Tensor, targets: Targets) -> Tensor:
    """Rezatofighi et al. 2019: generalised intersection over union."""
    where = targets.weight > 0
    weight = targets.weight[where]
    if weight.numel() == 0:
        return distances.sum() * 0
    found = decoded(distances).permute(0, 2, 3, 1)[where]
    wanted = targets.boxes.permute(0, 2, 3, 1)[where]
    return (weight * (1 - giou(found, wanted))).sum() / weight.sum()


def decoded(distances: Tensor) -> Tensor:
    """Distances from the middle of each cell [B, 4, h, w] → corners in pixels [B, 4, h, w]."""
    x = (torch.arange(distances.shape[3], dtype=distances.dtype) + 0.5) * STRIDE
    y = ((torch.arange(distances.shape[2], dtype=distances.dtype) + 0.5) * STRIDE)[:, None]
    left, top, right, bottom = distances.unbind(1)
    return torch.stack([x - left, y - top, x + right, y + bottom], 1)


def giou(a: Tensor, b: Tensor) -> Tensor:
    """Boxes [n, 4] in pairs → [n]."""
    area = lambda box: (box[:, 2] - box[:, 0]).clamp(min=0) * (box[:, 3] - box[:, 1]).clamp(min=0)
    inner = area(torch.cat([torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])], 1))
    outer = area(torch.cat([torch.minimum(a[:, :2], b[:, :2]), torch.maximum(a[:, 2:], b[:, 2:])], 1)).clamp(min=1e-6)
    union = (area(a) + area(b) - inner).clamp(min=1e-6)
    return inner / union - (outer - union) / outer
