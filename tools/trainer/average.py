"""Averages a checkpoint with one that was trained on from it: better than either where the second forgot something.

Wortsman et al. 2022, "Robust fine-tuning of zero-shot models" (WiSE-FT): weights of one lineage may be averaged. What
sees pictures, the gate and the prefilter are the second's: the first knew another backbone, or none. Pictures may also
come from a third, the one before the second saw fewer of them, or lie between the two, where both know the same
backbone.
"""
import torch
from torch import Tensor

from checkpoint import TRAINING_FILE, read_config, write_checkpoint
from safetensors_file import load_file, load_folder
from umie_model import DEFAULTS, PREFILTER, merged

PICTURES = ("visual.", "gate.")


def average(
    first: str, second: str, share: float, output: str, pictures: str | None = None, picture_share: float = 1.0
) -> None:
    """`share` of the second, the rest of the first; what sees pictures is that of `pictures`, or `picture_share` of the
    second.

    Raises ValueError where they are not of one lineage.
    """
    before, after = (everything(folder) for folder in (first, second))

    def share_of(name: str) -> float:
        return picture_share if name.startswith(PICTURES) else 1.0 if name.startswith(PREFILTER) else share

    # What is the second's alone need not be in the first.
    mixed = {
        name: value if share_of(name) == 1.0 else between(before.get(name), value, share_of(name), name)
        for name, value in after.items()
    }
    if pictures is not None:
        seeing = {name: value for name, value in everything(pictures).items() if name.startswith(PICTURES)}
        mixed |= {name: between(mixed.get(name), value, 1.0, name) for name, value in seeing.items()}
    write_checkpoint(
        output, merged(DEFAULTS, read_config(second)), mixed, f"{second}/tokenizer.json", torch.float32, {}
    )


def everything(folder: str) -> dict[str, Tensor]:
    return {
        name: value.float() for name, value in (load_folder(folder) | load_file(f"{folder}/{TRAINING_FILE}")).items()
    }


def between(before: Tensor | None, after: Tensor, share: float, name: str) -> Tensor:
    if before is None or before.shape != after.shape:
        raise ValueError(f"{name}: the two checkpoints are not of one lineage")
    return torch.lerp(before, after, share)
