"""What lets a decoder copy from its input: a bias by the distance from the place copied last, and a pointer over the
text's positions."""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from t5 import MASKED, Linear, position_buckets


@dataclass
class Memory:
    """What a decoder reads: states [B, L, D], their mask [B, L], ids [B, L], and which of them are text [B, L]."""

    states: Tensor
    mask: Tensor
    ids: Tensor
    text: Tensor


class Place(nn.Module):
    """A bias by T5's bucket of (position − place). `first` starts where copying goes on: heads `at`… look at the next
    position, the rest at what is to come."""

    def __init__(self, copying: dict, heads: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(copying["buckets"], heads))
        self.buckets, self.farthest = copying["buckets"], copying["max_distance"]

    def forward(self, places: Tensor, length: int) -> Tensor:
        """places [B, T] → [B, N, T, L]"""
        distance = torch.arange(length, device=places.device)[None, None] - places[:, :, None]
        return F.embedding(position_buckets(distance, True, self.buckets, self.farthest), self.weight).permute(
            0, 3, 1, 2
        )

    @torch.no_grad()
    def start_attention(self, at: int, following: int, coming: int) -> None:
        """`following` heads from `at` look at the next position, `coming` heads after them at all that is to come, near
        before far."""
        half = self.buckets // 2
        self.weight[half + 1, at : at + following] = 5.0
        later = slice(at + following, at + following + coming)
        self.weight[: half + 1, later] = -5.0
        self.weight[half + 1 :, later] = (-0.35 * torch.arange(half - 1.0))[:, None]

    @torch.no_grad()
    def start_pointer(self) -> None:
        half = self.buckets // 2
        self.weight[: half + 1] = -2.0
        self.weight[half + 1] = 1.0


class Pointer(nn.Module):
    """Scores of the text's positions for the next token; keys see each state, its own token and the token before."""

    def __init__(self, c: dict) -> None:
        super().__init__()
        copying, width = c["umie"]["copying"], c["d_model"]
        self.q, self.k = Linear(width, copying["width"]), Linear(3 * width, copying["width"])
        self.place_bias = Place(copying, 1)

    @torch.no_grad()
    def init(self) -> None:
        width, inner = self.q.weight.size(1), self.q.weight.size(0)
        nn.init.normal_(self.q.weight, 0, width**-0.5 * inner**-0.25)
        nn.init.normal_(self.k.weight, 0, width**-0.5 * inner**-0.25)
        self.place_bias.start_pointer()

    def keys(self, memory: Memory, own: Tensor) -> Tensor:
        """own [B, L, D] embeddings of the ids → [B, L, W]"""
        own = even(own)
        return self.k(
            torch.cat(
                [memory.states, own.to(memory.states.dtype), F.pad(own, (0, 0, 1, 0))[:, :-1].to(memory.states.dtype)],
                -1,
            )
        )

    def forward(self, hidden: Tensor, keys: Tensor, memory: Memory, places: Tensor) -> Tensor:
        """hidden [B, T, D] → [B, T, L]"""
        scores = (
            torch.matmul(self.q(hidden), keys.transpose(1, 2)).float() + self.place_bias(places, keys.size(1))[:, 0]
        )
        return scores + ((1 - memory.text) * MASKED)[:, None]


def even(x: Tensor) -> Tensor:
    """Root mean square 1."""
    return x * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-6).to(x.dtype)


def in_four_bits(rows: Tensor, block: int = 128) -> Tensor:
    """rows [N, D] as the exporter stores them: blocks of whole numbers from −8 to 7 times a scale that is best for the
    block."""
    blocks = rows.detach().view(len(rows), -1, block)
    largest = blocks.gather(2, blocks.abs().argmax(2, keepdim=True)) / -8
    best, least = torch.zeros_like(blocks), torch.full_like(largest, float("inf"))
    for shrink in (1.0, 0.93, 0.86, 0.79):
        scale = (largest * shrink).half().float()
        scale = torch.where(scale == 0, torch.ones_like(scale), scale)
        rounded = (blocks / scale).round().clamp(-8, 7) * scale
        error = (rounded - blocks).pow(2).sum(2, keepdim=True)
        best, least = torch.where(error < least, rounded, best), torch.minimum(error, least)
    return best.view_as(rows)


def places_before(copied: Tensor, begin: Tensor) -> Tensor:
    """copied [B, T] (the input position each target token copies, −1: none), begin [B] → [B, T] what was copied last
    before each target token."""
    held = torch.cat([begin[:, None] - 1, copied[:, :-1]], 1)
    at = torch.arange(held.size(1), device=held.device)[None].expand_as(held).masked_fill(held < 0, 0)
    at = at.clone()
    at[:, 0] = 0
    return held.gather(1, torch.cummax(at, 1).values)
