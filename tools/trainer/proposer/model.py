"""The proposer's network: pictures → heat maps of kinds and distances to the edges of boxes, on a grid of stride 4."""
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from proposer.settings import Network

STRIDE = 4
# A box reaches at most so far from its middle's cell, as a power of e of the stride: 4 · e⁵ = 594 pixels.
FARTHEST = 5.0
# A cell is a box's middle once in a hundred: the heat maps start there, not at one half.
RARE = -math.log(99)


class ConvNorm(nn.Module):
    """A convolution and its batch normalisation, which the exporter folds into one."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x))


class Block(nn.Module):
    """relu(x + two convolutions of x). He et al. 2016, "Deep Residual Learning"."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = ConvNorm(width, width, 3), ConvNorm(width, width, 3)
        nn.init.zeros_(self.second.norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class Proposer(nn.Module):
    """Down to stride 32, up again to stride 4 with the finer levels added (Lin et al. 2017, "Feature Pyramid
    Networks"), one head."""

    def __init__(self, shape: Network) -> None:
        super().__init__()
        widths, neck = shape.widths, shape.neck
        self.stem = ConvNorm(3, widths[0], 3, 2)
        self.stages = nn.ModuleList(
            nn.Sequential(ConvNorm(inputs, outputs, 3, 2), nn.ReLU(), *(Block(outputs) for _ in range(depth)))
            for inputs, outputs, depth in zip(widths, widths[1:], shape.depths)
        )
        self.lateral = nn.ModuleList(ConvNorm(width, neck, 1) for width in widths[1:])
        self.smooth = nn.ModuleList(ConvNorm(neck, neck, 3) for _ in widths[2:])
        self.head = ConvNorm(neck, shape.head, 3)
        self.scores, self.boxes = nn.Conv2d(shape.head, len(shape.kinds), 1), nn.Conv2d(shape.head, 4, 1)
        nn.init.normal_(self.scores.weight, std=0.01)
        nn.init.constant_(self.scores.bias, RARE)
        nn.init.normal_(self.boxes.weight, std=0.01)
        nn.init.constant_(self.boxes.bias, 1.0)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """pixels [B, 3, s, s] → logits of the heat maps [B, K, s/4, s/4]; distances to left, top, right, bottom in
        pixels [B, 4, s/4, s/4]."""
        x = F.relu(self.stem(pixels))
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        up = F.relu(self.lateral[-1](levels[-1]))
        for at in range(len(levels) - 2, -1, -1):
            up = self.lateral[at](levels[at]) + F.interpolate(up, scale_factor=2.0, mode="nearest")
            up = F.relu(self.smooth[at](F.relu(up)))
        hidden = F.relu(self.head(up))
        return self.scores(hidden), STRIDE * torch.exp(self.boxes(hidden).clamp(max=FARTHEST))


def macs(shape: Network) -> int:
    """Multiply-adds of the convolutions for one picture."""
    model = Proposer(shape)
    total = 0

    def count(module: nn.Conv2d, _, out: Tensor) -> None:
        nonlocal total
        total += out.numel() * module.weight[0].numel()

    hooks = [module.register_forward_hook(count) for module in model.modules() if isinstance(module, nn.Conv2d)]
    with torch.no_grad():
        model.eval()(torch.zeros(1, 3, shape.image_size, shape.image_size))
    for hook in hooks:
        hook.remove()
    return total
