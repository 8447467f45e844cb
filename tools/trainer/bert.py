"""BERT's encoder (post-norm, absolute positions) with Hugging Face's parameter names; words come from the model's
shared table."""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from t5 import MASKED, Dropout


class Embeddings(nn.Module):
    def __init__(self, width: int, bert: dict, dropout: Dropout) -> None:
        super().__init__()
        self.position_embeddings = nn.Embedding(bert["max_position_embeddings"], width)
        self.token_type_embeddings = nn.Embedding(bert["type_vocab_size"], width)
        self.LayerNorm = nn.LayerNorm(width, bert["layer_norm_eps"])
        self.dropout, self.offset = dropout, bert["position_offset"]

    def forward(self, words: Tensor) -> Tensor:
        """[B, L, D]"""
        places = self.position_embeddings.weight[self.offset : self.offset + words.size(1)]
        return self.dropout(self.LayerNorm(words + places + self.token_type_embeddings.weight[0]))


class SelfAttention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)


class Output(nn.Module):
    """What is added to its input and normed."""

    def __init__(self, inputs: int, width: int, epsilon: float) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, width)
        self.LayerNorm = nn.LayerNorm(width, epsilon)


class Attention(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.self = SelfAttention(width)
        self.output = Output(width, width, epsilon)


class Intermediate(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, hidden)


class Layer(nn.Module):
    def __init__(self, width: int, bert: dict, dropout: Dropout) -> None:
        super().__init__()
        self.heads = bert["num_heads"]
        self.attention = Attention(width, bert["layer_norm_eps"])
        self.intermediate = Intermediate(width, bert["d_ff"])
        self.output = Output(bert["d_ff"], width, bert["layer_norm_eps"])
        self.dropout = dropout

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = x.shape
        own = self.attention.self
        weight, shift = (
            torch.cat([getattr(layer, name) for layer in (own.query, own.key, own.value)])
            for name in ("weight", "bias")
        )
        q, k, v = (
            F.linear(x, weight, shift).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        )
        # In bf16 on a CPU plain products beat the fused attention (1.08 s a step against 1.49).
        scores = torch.matmul(q * (width // self.heads) ** -0.5, k.transpose(-1, -2)) + bias
        seen = torch.matmul(F.softmax(scores, -1), v).transpose(1, 2).reshape(batch, length, width)
        x = self.attention.output.LayerNorm(x + self.dropout(self.attention.output.dense(seen)))
        return self.output.LayerNorm(x + self.dropout(self.output.dense(F.gelu(self.intermediate.dense(x)))))


class Bert(nn.Module):
    """words [B, L, D], mask [B, L], start [D] or None (the row of the token put in front; its state is dropped) → [B,
    L, D]."""

    def __init__(self, c: dict) -> None:
        super().__init__()
        bert = c["umie"]["text_encoder"]
        dropout = Dropout(c["dropout_rate"], c["dropout_shared"])
        self.embeddings = Embeddings(c["d_model"], bert, dropout)
        self.layer = nn.ModuleList([Layer(c["d_model"], bert, dropout) for _ in range(bert["num_layers"])])

    def forward(self, words: Tensor, mask: Tensor, start: Tensor | None = None) -> Tensor:
        if start is not None:
            words = torch.cat([start.expand(words.size(0), 1, -1), words], 1)
            mask = F.pad(mask, (1, 0), value=1.0)
        x = self.embeddings(words)
        bias = ((1.0 - mask) * MASKED)[:, None, None]
        for layer in self.layer:
            x = layer(x, bias.to(x.dtype))
        return x if start is None else x[:, 1:]

    @torch.no_grad()
    def standardise(self, states: Tensor) -> None:
        """The last norm takes over the mean and the spread of `states` [N, D]: sentence encoders end in one large
        common vector."""
        norm = self.layer[-1].output.LayerNorm
        spread, mean = states.std(0).clamp(min=1e-3), states.mean(0)
        norm.weight.div_(spread)
        norm.bias.sub_(mean).div_(spread)
