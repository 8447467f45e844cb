"""Builds a model's optimizers. Matrices of the blocks use Muon, everything else AdamW."""
import torch
from torch import Tensor, nn

from config import Optimizer, Schedule, Vision
from umie_model import OBJECTS, PREFILTER


def newton_schulz(stack: Tensor, steps: int) -> Tensor:
    """Brings the singular values of matrices [N, r, c] near 1 by a quintic iteration (Jordan et al. 2024, "Muon")."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = stack.to(torch.bfloat16)
    tall = x.size(-2) > x.size(-1)
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.float().norm(dim=(-2, -1), keepdim=True) + 1e-7).to(x.dtype)
    for _ in range(steps):
        square = x @ x.transpose(-1, -2)
        x = a * x + (b * square + c * square @ square) @ x
    return x.transpose(-1, -2) if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum made orthogonal, for matrices; equal shapes are turned together. The update's RMS is about 0.2 · lr, as
    AdamW's."""

    def __init__(self, groups: list[dict], lr: float, weight_decay: float, steps: int, momentum: float = 0.95) -> None:
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "steps": steps})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple[int, ...], list[nn.Parameter]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape.setdefault(tuple(parameter.shape), []).append(parameter)
            for shape, parameters in by_shape.items():
                turned = newton_schulz(
                    torch.stack([self.looked_ahead(p, group["momentum"]) for p in parameters]), group["steps"]
                ).float()
                size = 0.2 * max(shape) ** 0.5
                for parameter, update in zip(parameters, turned):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"] * size)

    def looked_ahead(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        """Nesterov's momentum."""
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        state["momentum"].mul_(momentum).add_(parameter.grad)
        return parameter.grad.add(state["momentum"], alpha=momentum)


def trained(name: str, vision: Vision) -> bool:
    """Pictures are trained on request, the backbone on its own request; the text side, except its prefilter, can be
    kept as it is."""
    if name.startswith("visual.backbone."):
        return vision.train and vision.backbone == "trained"
    if name.startswith(("visual.", "gate.", OBJECTS)):
        return vision.train
    return vision.text == "trained" or name.startswith(PREFILTER)


# One kernel for all parameters: 14 → 18 examples a second on two cores. CPUs have it since torch 2.4.
FUSED = {"fused": True} if tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 4) else {}
HEADS = ("aux_", "pair_classifier.")


def kind_of(name: str, parameter: nn.Parameter, muon: bool) -> str:
    if name == OBJECTS:
        return "embedding"
    if name.startswith("encoder.layer."):
        return "encoder"
    if name.startswith((*HEADS, "encoder.embeddings.")):
        return "head"
    if "place_bias" in name:
        return "position"
    if name in ("shared.weight", "lm_head.weight"):
        return "embedding"
    if "relative_attention_bias" in name:
        return "position"
    if parameter.dim() < 2:
        return "vector"
    if muon and parameter.dim() == 2 and ".block." in name:
        return "query" if name.endswith("Attention.q.weight") else "matrix"
    return "other"


def create_optimizers(
    model: nn.Module, settings: Optimizer, vision: Vision, frozen: tuple[str, ...] = ()
) -> list[torch.optim.Optimizer]:
    """One or two optimizers; every group remembers its full rate as `base`. Parameters that are not trained lose their
    gradient."""
    kinds: dict[str, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(trained(name, vision) and not name.startswith(frozen or ("\0",)))
        if parameter.requires_grad:
            kinds.setdefault(kind_of(name, parameter, settings.name == "muon"), []).append(parameter)
    rate = {
        "embedding": settings.lr_embedding,
        "position": settings.lr_position,
        "vector": settings.lr_vector,
        "encoder": settings.lr_encoder,
        "head": settings.lr_head,
        "other": settings.lr / 2 if settings.name == "muon" else settings.lr,
        "matrix": settings.lr,
        "query": settings.lr * settings.query_share,
    }

    def groups(*names: str) -> list[dict]:
        return [
            {
                "params": kinds[name],
                "lr": settings.lr if rate[name] is None else rate[name],
                "weight_decay": (
                    settings.weight_decay
                    if name in ("other", "matrix", "query")
                    else 0.01 if name in ("encoder", "head") else 0.0
                ),
            }
            for name in names
            if name in kinds
        ]

    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            groups("embedding", "position", "vector", "other", "encoder", "head"),
            lr=settings.lr,
            betas=(0.9, settings.beta2),
            eps=1e-8,
            **FUSED
        )
    ]
    if "matrix" in kinds or "query" in kinds:
        optimizers.append(
            Muon(groups("matrix", "query"), settings.lr, settings.weight_decay, settings.newton_schulz_steps)
        )
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["base"] = group["lr"]
    return optimizers


def rate_at(schedule: Schedule, step: int, progress: float) -> float:
    """Share of the full rate: a warm-up by steps, then flat, then linear to 0 at progress 1."""
    warm = min(1.0, (step + 1) / max(1, schedule.warmup_steps))
    if progress <= schedule.decay_start:
        return warm
    return warm * max(0.0, (1.0 - progress) / (1.0 - schedule.decay_start))
