"""Decides which split a part or a small picture belongs to, so that the splits share none."""
import hashlib
from collections.abc import Sequence

import numpy as np

SPLITS = ("train", "dev")
DEV_IN = 10  # one part in ten belongs to dev


def split_of(kind: str, key: str) -> str:
    """By hash, never by seed: a part stays on its side in every run."""
    digest = hashlib.sha256(f"{kind}/{key}".encode()).digest()
    return "dev" if int.from_bytes(digest[:4], "big") % DEV_IN == 0 else "train"


def look_alikes(pictures: np.ndarray, same: float, mirrored: bool) -> list[int]:
    """For each of [n, h, w] grey thumbnails the number of the first one that looks like it (correlation of at least
    `same`), across chains.

    With `mirrored`, mirrored and upside-down copies count as the same picture.
    """
    count = len(pictures)
    if count == 0:
        return []
    grey = pictures.astype(np.float32)
    grey = grey - grey.mean((1, 2), keepdims=True)
    grey /= np.sqrt((grey**2).sum((1, 2), keepdims=True)) + 1e-6
    flat = grey.reshape(count, -1)
    views = [grey, grey[:, :, ::-1], grey[:, ::-1], grey[:, ::-1, ::-1]] if mirrored else [grey]
    alike = np.max([flat @ view.reshape(count, -1).T for view in views], axis=0) >= same
    first = list(range(count))
    for one, other in np.argwhere(np.triu(alike, 1)):
        a, b = root(first, int(one)), root(first, int(other))
        first[max(a, b)] = min(a, b)
    return [root(first, at) for at in range(count)]


def root(first: Sequence[int], at: int) -> int:
    while first[at] != at:
        at = first[at]
    return at
