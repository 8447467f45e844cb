"""Evens out the feed-forwards of a checkpoint so that 8 bits hold what flows through them; the model stays the same.

What stands between a feed-forward's two products has outliers: in one block of the bundled model the largest value of a
token was 0.35 in the median and 78 in the one token that attention falls back on. One scale for all of them wipes
out the others. As in SmoothQuant (Xiao et al. 2023, Eq. 4), a channel is divided by a number in the product before and
multiplied in the one after: wo(gelu(wi_0 x) · wi_1 x) is the same as before, for any numbers, since wi_1 x is linear.
"""
import itertools
import os
from collections.abc import Iterable

import torch
from torch import Tensor

from checkpoint import TRAINING_FILE, load_model, write_checkpoint
from config import load_config
from feed import Batch, Feed
from safetensors_file import load_file, load_folder
from tokenizer import PAD
from umie_model import UMIE

# How much of an outlier goes from the activations to the weights. Logits of the bundled model's int8 exports differ
# from float32 by at most 1.3 on WASM and 0.39 on WebGPU with 0.5, 0.83 and 0.34 with 0.6, 0.75 and 0.46 with 0.7; 0.81
# and 0.32 without smoothing, which keeps the second product in float.
SHARE = 0.6
STACKS = ("encoder.", "decoder.")
MIN_PEAK = 1e-4


def smooth(folder: str, config: str, output: str, batches: int) -> dict[str, list[float]]:
    """Writes the checkpoint. Returns, by feed-forward, how many times the median channel the largest one reaches,
    before and after."""
    model, _ = load_model(folder)
    feed = Feed(load_config(config))
    try:
        peaks = channel_peaks(model, itertools.islice(feed, batches))
    finally:
        feed.close()
    heads = f"{folder}/{TRAINING_FILE}"
    tensors = {
        name: value.float()
        for name, value in (load_folder(folder) | (load_file(heads) if os.path.exists(heads) else {})).items()
    }
    reach = {}
    for name, peak in peaks.items():
        scale = scales_of(peak, tensors[f"{name}.wo.weight"])
        tensors[f"{name}.wi_1.weight"] = tensors[f"{name}.wi_1.weight"] / scale[:, None]
        tensors[f"{name}.wo.weight"] = tensors[f"{name}.wo.weight"] * scale
        reach[name] = [round((each.max() / each.median()).item(), 1) for each in (peak, peak / scale)]
    write_checkpoint(
        output, {**model.c, "feed_forward_smoothed": True}, tensors, f"{folder}/tokenizer.json", torch.float32, {}
    )
    return reach


def scales_of(peak: Tensor, wo: Tensor, share: float = SHARE) -> Tensor:
    """What each channel is divided by: large activations before small weights give way. peak [F], wo [D, F] → [F]"""
    return peak.clamp(min=MIN_PEAK) ** share / wo.abs().max(0).values.clamp(min=MIN_PEAK) ** (1 - share)


@torch.no_grad()
def channel_peaks(model: UMIE, batches: Iterable[Batch]) -> dict[str, Tensor]:
    """By feed-forward of the text encoder and the decoder, the largest absolute value of each channel [F] between the
    two products."""
    peaks: dict[str, Tensor] = {}

    def watch(name: str):
        def keep_peaks(_, inputs: tuple[Tensor, ...]) -> None:
            found = inputs[0].float().abs().flatten(0, -2).max(0).values
            peaks[name] = torch.maximum(peaks.get(name, found), found)
        return keep_peaks

    hooks = [
        module.wo.register_forward_pre_hook(watch(name)) for name, module in model.named_modules()
        if name.startswith(STACKS) and name.endswith("DenseReluDense")
    ]
    for batch in batches:
        ids, target = (torch.from_numpy(each).long() for each in (batch.ids, batch.target))
        decoder_ids = torch.cat([torch.zeros_like(target[:, :1]), target[:, :-1].clamp(min=0)], 1)
        model(ids, (ids != PAD).float(), decoder_ids)
    for hook in hooks:
        hook.remove()
    return peaks
