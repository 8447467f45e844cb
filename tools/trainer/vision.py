"""Encodes crops of a picture and their boxes, and lets the picture into the text states (paper, Eq. 4–8)."""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from t5 import MASKED, Linear, Stack


class Bottleneck(nn.Module):
    """ResNet's block with torchvision's parameter names; the stride is in the 3×3 convolution."""

    def __init__(self, inputs: int, width: int, stride: int, expansion: int) -> None:
        super().__init__()
        outputs = width * expansion
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        else:
            self.downsample = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + self.downsample(x))


class Backbone(nn.Module):
    """ResNet: depths [3, 4, 23, 3] and width 64 are ResNet-101 without its last layer. [R, 3, s, s] → [R, d_v]"""

    def __init__(self, depths: list[int], width: int, expansion: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width)
        inputs = width
        self.stages = [f"layer{stage + 1}" for stage in range(len(depths))]
        for stage, (name, depth) in enumerate(zip(self.stages, depths)):
            blocks = []
            for at in range(depth):
                blocks.append(Bottleneck(inputs, width << stage, 2 if stage and at == 0 else 1, expansion))
                inputs = (width << stage) * expansion
            setattr(self, name, nn.Sequential(*blocks))

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for name in self.stages:
            x = getattr(self, name)(x)
        return x.mean((2, 3))


def load_backbone(backbone: Backbone, tensors: dict[str, Tensor]) -> None:
    """A ResNet's weights under torchvision's names, its classifier left out; or those that a checkpoint of ours
    holds."""
    own = {
        name.removeprefix("visual.backbone."): value
        for name, value in tensors.items()
        if name.startswith("visual.backbone.")
    }
    named = own or {name: value for name, value in tensors.items() if not name.startswith("fc.")}
    result = backbone.load_state_dict({name: value.float() for name, value in named.items()}, strict=False)
    wrong = [
        *result.unexpected_keys,
        *(name for name in result.missing_keys if not name.endswith("num_batches_tracked")),
    ]
    if wrong:
        raise ValueError(f"these weights are not those of the configured ResNet: {wrong[0]}")


class Visual(nn.Module):
    """Eq. 4: e = FC1(f) + FC2(box). Eq. 5: h_v = two T5 encoder blocks over e."""

    def __init__(self, c: dict) -> None:
        super().__init__()
        umie = c["umie"]
        backbone = umie["backbone"]
        self.backbone = Backbone(backbone["depths"], backbone["width"], backbone["expansion"])
        self.fc1, self.fc2 = nn.Linear(umie["d_v"], c["d_model"]), nn.Linear(4, c["d_model"])
        self.encoder = Stack(c, umie["visual_layers"], decoder=False, positions=umie["visual_relative_bias"])
        # The blocks know no order: without it no output could name an object by its number.
        self.object_embedding = (
            nn.Embedding(umie["max_objects"] + 1, c["d_model"]) if umie["object_embedding"] else None
        )

    def features(self, pixels: Tensor, mask: Tensor) -> Tensor:
        """pixels [R, 3, s, s] of the regions that exist, in the order of the ones of mask [B, 37] → [B, 37, d_v];
        absent ones are zero."""
        out = pixels.new_zeros(*mask.shape, self.fc1.in_features)
        out[mask.bool()] = self.backbone(pixels).to(out.dtype)
        return out

    def forward(self, features: Tensor, boxes: Tensor, mask: Tensor) -> Tensor:
        """features [B, S, d_v], boxes [B, S, 4], mask [B, S] → [B, S, D]: the whole picture and up to 36 regions."""
        embeddings = self.fc1(features) + self.fc2(boxes)
        if self.object_embedding is not None:
            embeddings = embeddings + self.object_embedding.weight[: embeddings.size(1)]
        return self.encoder(embeddings, mask)


class Gate(nn.Module):
    """Eq. 6: M = softmax(QKᵀ/√D)V. Eq. 7: g = LeakyReLU(mean(K)·mean(Q)). Eq. 8: c = h_e + g·M."""

    def __init__(self, c: dict) -> None:
        super().__init__()
        width, gate = c["d_model"], c["umie"]["gate"]
        self.projections, self.slope, self.scale = gate["projections"], gate["negative_slope"], width**-0.5
        if self.projections:
            self.q, self.k, self.v, self.o = (Linear(width, width) for _ in range(4))

    def forward(
        self, text: Tensor, visual: Tensor, text_mask: Tensor, visual_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """text [B, L, D], visual [B, 37, D] → c [B, L, D], mean(K)·mean(Q) [B] and the attention's logits [B, L, 37];
        means are over what exists."""
        q, k, v = (self.q(text), self.k(visual), self.v(visual)) if self.projections else (text, visual, visual)
        scores = (
            torch.matmul(q, k.transpose(-1, -2)) * self.scale + (1.0 - visual_mask[:, None, :].to(q.dtype)) * MASKED
        )
        seen = torch.matmul(F.softmax(scores.float(), -1).to(v.dtype), v)
        if self.projections:
            seen = self.o(seen)
        signal = (masked_mean(k, visual_mask) * masked_mean(q, text_mask)).sum(-1)
        return text + F.leaky_relu(signal, self.slope)[:, None, None] * seen, signal, scores


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    weights = mask.to(x.dtype)
    return (x * weights[..., None]).sum(1) / weights.sum(1, keepdim=True).clamp(min=1)
