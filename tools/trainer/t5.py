"""T5 1.1 stacks (FLAN-T5) with Hugging Face's parameter names, so that checkpoints load unchanged."""
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MASKED = -1e9
Cache = tuple[Tensor, Tensor]


def linear(x: Tensor, weight: Tensor) -> Tensor:
    """x [..., I] times weight [O, I] → [..., O].

    Scoring on a CPU runs it as a 1×1 convolution, which goes through oneDNN: torch may stand on the reference BLAS
    (Debian without OpenBLAS), where [6400, 256] × [256, 256] took 304 ms and the convolution 18 ms. Training runs in
    bf16, which is oneDNN's anyway.
    """
    if torch.is_grad_enabled() or x.device.type != "cpu" or x.dtype != torch.float32:
        return F.linear(x, weight)
    return F.conv2d(x.reshape(-1, x.size(-1), 1, 1), weight[:, :, None, None]).reshape(*x.shape[:-1], weight.size(0))


class Linear(nn.Linear):
    """T5's layers have no bias."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight)


class RMSNorm(nn.Module):
    """T5's layer norm: no mean, no bias, in float32."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        y = x.float()
        y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return (y * self.weight).to(x.dtype)


class Dropout(nn.Module):
    """One mask per example and feature, the same at all places: a tenth of the cost on a CPU. `shared` False: the usual
    one."""

    def __init__(self, rate: float, shared: bool) -> None:
        super().__init__()
        self.rate, self.shared = rate, shared

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        if not self.shared:
            return F.dropout(x, self.rate)
        mask = torch.empty(x.size(0), 1, x.size(-1), dtype=x.dtype, device=x.device).bernoulli_(1 - self.rate)
        return x * mask.div_(1 - self.rate)


def position_buckets(distance: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    """T5's buckets of key place minus query place: exact when near, logarithmic when far."""
    out = torch.zeros_like(distance)
    if bidirectional:
        buckets //= 2
        out = (distance > 0).long() * buckets
        distance = distance.abs()
    else:
        distance = (-distance).clamp(min=0)
    exact = buckets // 2
    far = (
        exact
        + (torch.log(distance.float().clamp(min=1) / exact) / math.log(farthest / exact) * (buckets - exact)).long()
    )
    return out + torch.where(distance < exact, distance, far.clamp(max=buckets - 1))


class Attention(nn.Module):
    """No scaling by the head width and no biases: T5 folds both into its weights."""

    def __init__(self, c: dict, positions: bool = False, bidirectional: bool = True) -> None:
        super().__init__()
        width, self.heads, self.head_width = c["d_model"], c["num_heads"], c["d_kv"]
        inner = self.heads * self.head_width
        self.q = Linear(width, inner)
        self.k = Linear(width, inner)
        self.v = Linear(width, inner)
        self.o = Linear(inner, width)
        self.bidirectional = bidirectional
        self.buckets, self.farthest = c["relative_attention_num_buckets"], c["relative_attention_max_distance"]
        if positions:
            self.relative_attention_bias = nn.Embedding(self.buckets, self.heads)
        self.place_bias: nn.Module | None = None

    def position_bias(self, queries: int, keys: int, offset: int = 0) -> Tensor:
        """[1, N, queries, keys]; the first query stands at `offset`."""
        table = self.relative_attention_bias.weight
        places = (
            torch.arange(keys, device=table.device)[None]
            - torch.arange(offset, offset + queries, device=table.device)[:, None]
        )
        return table[position_buckets(places, self.bidirectional, self.buckets, self.farthest)].permute(2, 0, 1)[None]

    def split(self, x: Tensor) -> Tensor:
        """[B, L, N·H] → [B, N, L, H]"""
        return x.view(x.size(0), x.size(1), self.heads, self.head_width).transpose(1, 2)

    def keys_values(self, x: Tensor) -> Cache:
        return self.split(self.k(x)), self.split(self.v(x))

    def forward(self, x: Tensor, keys_values: Cache, bias: Tensor) -> Tensor:
        """x [B, Lq, D], keys and values [B, N, Lk, H], bias broadcast to [B, N, Lq, Lk]."""
        keys, values = keys_values
        scores = torch.matmul(self.split(self.q(x)), keys.transpose(-1, -2))
        weights = F.softmax((scores + bias.to(scores.dtype)).float(), -1).to(values.dtype)
        return self.o(torch.matmul(weights, values).transpose(1, 2).reshape(x.size(0), x.size(1), -1))


class GatedGelu(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.wi_0 = Linear(c["d_model"], c["d_ff"])
        self.wi_1 = Linear(c["d_model"], c["d_ff"])
        self.wo = Linear(c["d_ff"], c["d_model"])

    def forward(self, x: Tensor) -> Tensor:
        gate = self.wi_0(x)
        # gelu_new is the tanh form. On a CPU in bf16 it takes 7.7 ms for [4096, 640] and the erf form 0.7 ms; there
        # both round to the same values.
        erf = self.training and gate.dtype == torch.bfloat16 and gate.device.type == "cpu"
        return self.wo(F.gelu(gate, approximate="none" if erf else "tanh") * self.wi_1(x))


class SelfLayer(nn.Module):
    def __init__(self, c: dict, positions: bool, bidirectional: bool) -> None:
        super().__init__()
        self.SelfAttention = Attention(c, positions, bidirectional)
        self.layer_norm = RMSNorm(c["d_model"], c["layer_norm_epsilon"])


class CrossLayer(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.EncDecAttention = Attention(c)
        self.layer_norm = RMSNorm(c["d_model"], c["layer_norm_epsilon"])


class FeedForwardLayer(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.DenseReluDense = GatedGelu(c)
        self.layer_norm = RMSNorm(c["d_model"], c["layer_norm_epsilon"])


class Block(nn.Module):
    """Self-attention, cross-attention (decoder), feed-forward; each on the norm of its input and added to it."""

    def __init__(self, c: dict, positions: bool, decoder: bool) -> None:
        super().__init__()
        layers = [SelfLayer(c, positions, not decoder), *([CrossLayer(c)] if decoder else []), FeedForwardLayer(c)]
        self.layer = nn.ModuleList(layers)
        self.dropout = Dropout(c["dropout_rate"], c["dropout_shared"])

    def forward(
        self,
        x: Tensor,
        bias: Tensor,
        cross: Cache | None = None,
        cross_bias: Tensor | None = None,
        past: Cache | None = None,
    ):
        """Returns the states and the keys and values of the self-attention, with those of `past` in front."""
        normed = self.layer[0].layer_norm(x)
        own = self.layer[0].SelfAttention.keys_values(normed)
        if past is not None:
            own = torch.cat([past[0], own[0]], 2), torch.cat([past[1], own[1]], 2)
        x = x + self.dropout(self.layer[0].SelfAttention(normed, own, bias))
        if len(self.layer) == 3:
            x = x + self.dropout(self.layer[1].EncDecAttention(self.layer[1].layer_norm(x), cross, cross_bias))
        return x + self.dropout(self.layer[-1].DenseReluDense(self.layer[-1].layer_norm(x))), own


class Stack(nn.Module):
    """Blocks and a final norm. `positions`: the first block's table of relative positions serves all; the visual
    encoder has none."""

    def __init__(self, c: dict, layers: int, decoder: bool, positions: bool = True) -> None:
        super().__init__()
        self.block = nn.ModuleList([Block(c, positions and at == 0, decoder) for at in range(layers)])
        self.final_layer_norm = RMSNorm(c["d_model"], c["layer_norm_epsilon"])
        self.dropout = Dropout(c["dropout_rate"], c["dropout_shared"])
        self.decoder, self.positions = decoder, positions

    def cross_biases(self, base: Tensor | None, places: Tensor | None, length: int) -> list[Tensor | None]:
        """Per block, what is added to the scores of its cross-attention: the mask's bias, and where it learned one,
        that of the place copied last."""
        attentions = [block.layer[1].EncDecAttention if len(block.layer) == 3 else None for block in self.block]
        return [
            base + each.place_bias(places, length) if each is not None and each.place_bias is not None else base
            for each in attentions
        ]

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        memory: Tensor | None = None,
        memory_mask: Tensor | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        """x [B, L, D] and mask [B, L] (1: there); the decoder is causal and reads memory [B, M, D]; places [B, L] of a
        copying decoder."""
        length = x.size(1)
        bias = (
            self.block[0].layer[0].SelfAttention.position_bias(length, length)
            if self.positions
            else x.new_zeros(1, 1, 1, length)
        )
        if mask is not None:
            bias = bias + mask_bias(mask)
        if self.decoder:
            bias = bias + torch.full((length, length), MASKED, device=x.device).triu(1)
        cross_bias = None if memory_mask is None else mask_bias(memory_mask)
        x = self.dropout(x)
        biases = self.cross_biases(cross_bias, places, 0 if memory is None else memory.size(1))
        for block, seen in zip(self.block, biases):
            cross = None if memory is None else block.layer[1].EncDecAttention.keys_values(memory)
            x, _ = block(x, bias, cross, seen)
        return self.dropout(self.final_layer_norm(x))


def mask_bias(mask: Tensor) -> Tensor:
    """[B, L] of ones and zeros → [B, 1, 1, L] of zeros and -1e9."""
    return (1.0 - mask[:, None, None, :].float()) * MASKED


def init_t5(stack: nn.Module, c: dict) -> None:
    """T5's own initial scales (Hugging Face `_init_weights`)."""
    width, head, heads, hidden, factor = c["d_model"], c["d_kv"], c["num_heads"], c["d_ff"], c["initializer_factor"]
    for module in stack.modules():
        if isinstance(module, Attention):
            nn.init.normal_(module.q.weight, 0, factor * (width * head) ** -0.5)
            nn.init.normal_(module.k.weight, 0, factor * width**-0.5)
            nn.init.normal_(module.v.weight, 0, factor * width**-0.5)
            nn.init.normal_(module.o.weight, 0, factor * (heads * head) ** -0.5)
            if hasattr(module, "relative_attention_bias"):
                nn.init.normal_(module.relative_attention_bias.weight, 0, factor * width**-0.5)
        elif isinstance(module, GatedGelu):
            nn.init.normal_(module.wi_0.weight, 0, factor * width**-0.5)
            nn.init.normal_(module.wi_1.weight, 0, factor * width**-0.5)
            nn.init.normal_(module.wo.weight, 0, factor * hidden**-0.5)
