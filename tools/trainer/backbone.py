"""Trains a ResNet to tell people, logos, flags and things apart by their crops, for `run.backbone` and to be frozen."""
import json
import os
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from config import Schedule, build, placed, read_tree
from optim import rate_at
from safetensors_file import load_file, save_file
from umie_model import DEFAULTS, merged
from vision import Backbone, load_backbone

NOT_NAMED = -100


@dataclass(frozen=True)
class BackboneRun:
    """Paths are relative to the configuration file."""

    out: str  # backbone.safetensors and log.jsonl go here
    train: str  # a folder written by the `crops` command, of regions with kinds
    dev: str | None = None
    # weights to go on from: a file this command wrote, or the model.safetensors of a checkpoint
    init: str | None = None
    model: dict[str, Any] = field(default_factory=dict)  # over model.DEFAULTS: depths, width
    seed: int = 0
    threads: int = 2
    bf16: bool = True  # on a CPU with bf16 arithmetic a step takes half the time
    batch: int = 64
    lr: float = 0.002
    weight_decay: float = 0.05
    names: float = 0.3  # weight of telling the names apart, beside the kinds
    shift: float = 0.08  # crops are moved by up to this share of their side
    light: float = 0.25  # brightness and contrast vary by up to this share
    log_seconds: float = 30
    schedule: Schedule = field(default_factory=Schedule)


class Crops:
    """uint8 [N, 3, s, s] with kinds [N] and names [N]; the whole pictures have neither and are left out."""

    def __init__(self, folder: str, kinds: list[str] | None = None, names: list[str] | None = None) -> None:
        with open(f"{folder}/index.json", encoding="utf-8") as file:
            index = json.load(file)
        labels, self.size = index["labels"], index["size"]
        self.rows = np.array([row for row, (kind, _) in enumerate(labels) if kind is not None])
        if not len(self.rows):
            raise ValueError(f"{folder} holds no regions with kinds")
        self.kinds = kinds or sorted({kind for kind, _ in labels if kind is not None})
        self.names = names if names is not None else sorted({name for _, name in labels if name is not None})
        kind_of, name_of = ({label: at for at, label in enumerate(known)} for known in (self.kinds, self.names))
        self.kind = torch.tensor([kind_of[labels[row][0]] for row in self.rows])
        self.name = torch.tensor([name_of.get(labels[row][1], NOT_NAMED) for row in self.rows])
        # Read at once: every crop is needed, and one by one from a disk they cost more than the steps.
        self.pixels = np.fromfile(f"{folder}/crops.u8", np.uint8).reshape(-1, 3, self.size, self.size)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, at: np.ndarray) -> np.ndarray:
        """uint8 [B, 3, s, s]"""
        return self.pixels[self.rows[at]]


class Recogniser(nn.Module):
    """The backbone and two heads that only its training needs: pixels [B, 3, s, s] → kinds [B, K], names [B, N]."""

    def __init__(self, c: dict, kinds: int, names: int) -> None:
        super().__init__()
        umie = c["umie"]
        plan = umie["backbone"]
        self.backbone = Backbone(plan["depths"], plan["width"], plan["expansion"])
        self.kinds, self.names = nn.Linear(umie["d_v"], kinds), nn.Linear(umie["d_v"], max(1, names))
        self.mean, self.std = (torch.tensor(umie[name])[:, None, None] for name in ("image_mean", "image_std"))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(((pixels - self.mean) / self.std).contiguous(memory_format=torch.channels_last))
        return self.kinds(features), self.names(features)


def as_floats(pixels: np.ndarray) -> Tensor:
    """0…1"""
    return torch.from_numpy(pixels).float() / 255


def varied(pixels: np.ndarray, shift: float, light: float, rng: np.random.Generator) -> Tensor:
    """uint8 [B, 3, s, s] → 0…1, each crop moved a little (edges repeat), lighter or darker, with more or less
    contrast."""
    count, size, reach = len(pixels), pixels.shape[-1], round(shift * pixels.shape[-1])
    padded = np.pad(pixels, ((0, 0), (0, 0), (reach, reach), (reach, reach)), mode="edge")
    moved = np.stack(
        [
            crop[:, top : top + size, left : left + size]
            for crop, (top, left) in zip(padded, rng.integers(0, 2 * reach + 1, (count, 2)))
        ]
    )
    gain, bias = (torch.from_numpy(rng.uniform(-light, light, (count, 1, 1, 1)).astype(np.float32)) for _ in range(2))
    return ((as_floats(moved) - 0.5) * (1 + gain) + 0.5 + bias / 2).clamp(0, 1)


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Endless, each crop once before any twice."""
    while True:
        order = rng.permutation(count)
        for at in range(0, count - count % size or count, size):
            yield order[at : at + size]


@torch.no_grad()
def accuracy(model: Recogniser, crops: Crops) -> dict[str, float]:
    """Share of crops whose kind is right, in all and for each kind."""
    model.eval()
    predicted = torch.cat(
        [
            model(as_floats(crops.take(np.arange(at, min(at + 128, len(crops))))))[0].argmax(1)
            for at in range(0, len(crops), 128)
        ]
    )
    model.train()
    right = predicted == crops.kind
    by_kind = {
        kind: right[crops.kind == at].float().mean().item()
        for at, kind in enumerate(crops.kinds)
        if (crops.kind == at).any()
    }
    return {name: round(value, 4) for name, value in {"all": right.float().mean().item(), **by_kind}.items()}


def read_run(path: str) -> BackboneRun:
    return placed(build(BackboneRun, read_tree(path), os.path.basename(path)), path, ("out", "train", "dev", "init"))


def train_backbone(run: BackboneRun) -> dict[str, float]:
    """Writes out/backbone.safetensors (torchvision's names); returns the accuracy on `dev`."""
    os.makedirs(run.out, exist_ok=True)
    torch.manual_seed(run.seed)
    torch.set_num_threads(run.threads)
    rng = np.random.default_rng(run.seed)
    crops = Crops(run.train)
    model = Recogniser(merged(DEFAULTS, run.model), len(crops.kinds), len(crops.names)).to(
        memory_format=torch.channels_last
    )
    if run.init is not None:
        load_backbone(model.backbone, load_file(run.init))
    optimizer = torch.optim.AdamW(model.parameters(), lr=run.lr, weight_decay=run.weight_decay)
    started, logged, step, progress = time.time(), time.time(), 0, 0.0
    for rows in batches(len(crops), run.batch, rng):
        progress = max(
            (time.time() - started) / (run.schedule.max_seconds or 1e9), step / (run.schedule.max_steps or 10**9)
        )
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = run.lr * rate_at(run.schedule, step, progress)
        with torch.autocast("cpu", torch.bfloat16) if run.bf16 else nullcontext():
            kinds, names = (logits.float() for logits in model(varied(crops.take(rows), run.shift, run.light, rng)))
        loss = F.cross_entropy(kinds, crops.kind[rows])
        if (crops.name[rows] != NOT_NAMED).any():
            loss = loss + run.names * F.cross_entropy(names, crops.name[rows], ignore_index=NOT_NAMED)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        if time.time() - logged >= run.log_seconds:
            logged = time.time()
            line = {
                "step": step,
                "progress": round(progress, 4),
                "crops": step * run.batch,
                "loss": round(loss.item(), 4),
            }
            write_log(run.out, line | {"seconds_left": round((logged - started) * (1 / max(progress, 1e-6) - 1))})
    state = {
        name: value.contiguous()
        for name, value in model.backbone.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    save_file(f"{run.out}/backbone.safetensors", state, {"kinds": ", ".join(crops.kinds), "step": str(step)})
    scores = accuracy(model, Crops(run.dev, crops.kinds, crops.names)) if run.dev is not None else {}
    write_log(run.out, {"step": step, "progress": 1.0, "kind_accuracy": scores})
    return scores


def write_log(folder: str, line: dict) -> None:
    with open(f"{folder}/log.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    print(json.dumps(line), flush=True)
