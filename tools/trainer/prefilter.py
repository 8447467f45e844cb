"""The prefilter's heads: from encoder states of the entity prompt, whether two mentions are related and whether
anything happens in a text."""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

MASKED = -1e4
DROPOUT = 0.2


class Head(nn.Module):
    """wo(relu(wi x)) [..., in] → [...], in float32."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.wi, self.wo = nn.Linear(inputs, width), nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.relu(F.linear(x.float(), self.wi.weight, self.wi.bias))
        return F.linear(F.dropout(hidden, DROPOUT, self.training), self.wo.weight, self.wo.bias)[..., 0]


class Prefilter(nn.Module):
    """Judges from the states of the entity prompt which questions are worth asking. Logits: the exporter's graph ends
    with a sigmoid."""

    def __init__(self, c: dict) -> None:
        super().__init__()
        # Configurations say its former name.
        widths, width = c["umie"]["screen"], c["d_model"]
        self.related, self.eventful = Head(4 * width, widths["related_width"]), Head(width, widths["eventful_width"])

    def pairs(self, states: Tensor, pairs: Tensor) -> Tensor:
        """states [B, L, D], pairs [N, 5] (row, begin and end of head, of tail) → [N]. A mention is the mean of its
        states."""
        row, *ends = pairs.unbind(1)
        head, tail = (mean_between(states[row].float(), begin, end) for begin, end in (ends[:2], ends[2:]))
        return self.related(torch.cat([head, tail, head * tail, (head - tail).abs()], -1))

    def texts(self, states: Tensor, texts: Tensor) -> Tensor:
        """states [B, L, D], texts [N, 3] (row, begin and end of the text) → [N]: as eventful as the text's most
        eventful words."""
        row, begin, end = texts.unbind(1)
        each = self.eventful(states[row])
        return torch.logsumexp(each.masked_fill(~between(each.size(1), begin, end), MASKED), 1)


def between(length: int, begin: Tensor, end: Tensor) -> Tensor:
    """[N] and [N] → [N, L], true from begin to before end"""
    at = torch.arange(length, device=begin.device)
    return (at >= begin[:, None]) & (at < end[:, None])


def mean_between(states: Tensor, begin: Tensor, end: Tensor) -> Tensor:
    """[N, L, D] → [N, D]"""
    inside = between(states.size(1), begin, end).to(states.dtype)
    return (inside[:, None] @ states)[:, 0] / inside.sum(1, keepdim=True).clamp(min=1)
