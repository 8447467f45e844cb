"""UMIE from a config.json: text encoder, visual encoder, gated attention, decoder, and heads that only training
uses."""
import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

import torch.nn.functional as F

from bert import Bert
from copying import Memory, Place, Pointer, in_four_bits
from labels import TAGS
from prefilter import Prefilter
from t5 import Cache, Linear, Stack, init_t5, linear
from vision import Gate, Visual

TRAINING_ONLY = "aux_"
PREFILTER = "screen."  # its former name: checkpoints and configurations say it
OBJECTS = "aux_objects"
DEFAULTS: dict[str, Any] = {
    "vocab_size": 8000,
    "d_model": 256,
    "d_kv": 32,
    "num_heads": 8,
    "d_ff": 640,
    "num_layers": 4,
    "num_decoder_layers": 2,
    "relative_attention_num_buckets": 32,
    "relative_attention_max_distance": 128,
    "layer_norm_epsilon": 1e-6,
    "dropout_rate": 0.1,
    "dropout_shared": True,
    "feed_forward_proj": "gated-gelu",
    "dense_act_fn": "gelu_new",
    "is_gated_act": True,
    "tie_word_embeddings": True,
    "pad_token_id": 0,
    "eos_token_id": 1,
    "decoder_start_token_id": 0,
    "initializer_factor": 1.0,
    "umie": {
        "max_objects": 36,
        "image_size": 224,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
        "backbone": {
            "block": "bottleneck",
            "depths": [1, 1, 1, 1],
            "width": 16,
            "expansion": 4,
            "stem_kernel": 7,
            "stem_stride": 2,
            "stem_pool": True,
            "stride_in": "conv2",
        },
        "d_v": 512,
        "visual_layers": 2,
        "visual_relative_bias": False,
        "object_embedding": False,
        "box": "xyxy_0_1",
        "whole_image_box": [0.0, 0.0, 1.0, 1.0],
        "gate": {
            "projections": True,
            "negative_slope": 0.01,
            "scale": "1/sqrt(d_model)",
            "mean": "masked",
            "signal": "dot",
            "pooled": "projected",
        },
    },
}


def merged(base: dict, over: dict) -> dict:
    """`over` on `base`, objects merged."""
    out = copy.deepcopy(base)
    for name, value in over.items():
        out[name] = (
            merged(out[name], value)
            if isinstance(value, dict) and isinstance(out.get(name), dict)
            else copy.deepcopy(value)
        )
    return out


@dataclass
class Pictures:
    """features [B, S, d_v] or pixels [R, 3, s, s]; boxes [B, S, 4]; mask [B, S]; present [B]: whether the row has a
    picture; S is at most 37."""

    boxes: Tensor
    mask: Tensor
    present: Tensor
    features: Tensor | None = None
    pixels: Tensor | None = None


@dataclass
class Look:
    """What the text saw: the gate before its LeakyReLU [B], logits of the attention over the pictures [B, L, S]."""

    signal: Tensor
    scores: Tensor


class T5Encoder(Stack):
    """A T5 stack called as every text encoder is."""

    def __init__(self, c: dict) -> None:
        super().__init__(c, c["num_layers"], decoder=False)


# The families of text encoders; tools/exporter/checkpoint has the same table for the exporter.
TEXT_ENCODERS = {"t5": T5Encoder, "bert": Bert}


class PairClassifier(nn.Module):
    """What joins two marked mentions: [state of the head's opening marker; of the tail's] → logits of the relations."""

    def __init__(self, width: int, relations: int) -> None:
        super().__init__()
        self.dense, self.out = nn.Linear(2 * width, width), nn.Linear(width, relations)

    def forward(self, states: Tensor, ends: Tensor) -> Tensor:
        """states [B, L, D], ends [N, 3] (row, position of the head's marker, of the tail's) → [N, R]"""
        rows, heads, tails = ends.unbind(1)
        return self.out(F.gelu(self.dense(torch.cat([states[rows, heads], states[rows, tails]], -1))))


class UMIE(nn.Module):
    def __init__(self, c: dict, training: bool = False) -> None:
        super().__init__()
        if not c["is_gated_act"] or c["dense_act_fn"] != "gelu_new":
            raise ValueError("only T5 1.1 and FLAN-T5 (gated gelu) are known here")
        self.c = c
        width = c["d_model"]
        self.shared = nn.Embedding(c["vocab_size"], width)
        umie = c.get("umie") or {}
        text_encoder = umie.get("text_encoder") or {"kind": "t5"}
        self.start_token = text_encoder.get("start_token_id")
        self.encoder, self.decoder = TEXT_ENCODERS[text_encoder["kind"]](c), Stack(
            c, c["num_decoder_layers"], decoder=True
        )
        self.copying = umie.get("copying")
        if self.copying is not None:
            self.decoder.pointer = Pointer(c)
            for block in self.decoder.block:
                block.layer[1].EncDecAttention.place_bias = Place(self.copying, c["num_heads"])
        if umie.get("pair_relations"):
            self.pair_classifier = PairClassifier(width, len(umie["pair_relations"]))
        self.lm_head = None if c["tie_word_embeddings"] else Linear(width, c["vocab_size"])
        self.rows: Tensor | None = None
        self.four_bits = False
        self.row_of = torch.zeros(c["vocab_size"], dtype=torch.long)
        self.register_parameter(OBJECTS, None)
        if c.get("umie") is not None:
            self.visual, self.gate = Visual(c), Gate(c)
            if c["umie"].get("screen") is not None:
                # Its tensors keep their former name: PREFILTER.
                self.screen = Prefilter(c)
        if training:
            self.aux_tag, self.aux_rel = nn.Linear(width, TAGS.size), nn.Linear(2 * width, TAGS.relations)
            self.aux_mlm = Linear(width, width)
        self.init()

    @torch.no_grad()
    def init(self) -> None:
        c, factor = self.c, self.c["initializer_factor"]
        nn.init.normal_(self.shared.weight, 0, factor)
        init_t5(self, c)
        if self.copying is not None:
            self.decoder.pointer.init()
            for block in self.decoder.block:
                block.layer[1].EncDecAttention.place_bias.start_attention(c["num_heads"] // 3, 1, c["num_heads"] // 4)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if c.get("umie") is not None and self.gate.projections:
            # The means of states have much in common: at full size the gate began at 25 where it is taught 1.
            for layer, share in ((self.gate.q, 0.2), (self.gate.k, 0.2), (self.gate.v, 1.0)):
                nn.init.normal_(layer.weight, 0, share * factor * c["d_model"] ** -0.5)
            # An untrained picture must not disturb the text: it moves h_e by less than one percent.
            nn.init.normal_(self.gate.o.weight, 0, 1e-4)
        if c.get("umie") is not None and self.visual.object_embedding is not None:
            nn.init.normal_(self.visual.object_embedding.weight, 0, 0.5)
        if self.lm_head is not None:
            nn.init.normal_(self.lm_head.weight, 0, factor)
        if hasattr(self, "aux_mlm"):
            nn.init.eye_(self.aux_mlm.weight)

    @torch.no_grad()
    def copy_circuit(self, bias: float = 5.0, match: float = 0.3, gain: float = 2.0) -> None:
        """A ready copy circuit to start from; all of it stays trainable. Without it cross-entropy was 5.2 after 286
        steps, with it 2.4 after 361.

        Half of the encoder heads of block 0 look at the token before and write a projection of it; the decoder's
        cross-attention looks for the current token there and reads, through the tied embeddings, the token that
        followed it.
        """
        c = self.c
        heads = c["num_heads"] // 2
        size = heads * c["d_kv"]
        write, read = orthogonal(size, c["d_model"]), orthogonal(c["d_model"], size)
        attention = self.encoder.block[0].layer[0].SelfAttention
        table = attention.relative_attention_bias.weight
        table[1, :heads] = bias  # one place back
        table[c["relative_attention_num_buckets"] // 2 + 1, heads] = bias  # one place on
        attention.v.weight[:size] = write
        attention.o.weight[:, :size] = read
        attention.q.weight[:size] *= 0.1
        for block in self.decoder.block:
            cross = block.layer[1].EncDecAttention
            cross.k.weight[:size] = read.t()
            cross.q.weight[:size] = match * write
            turn = orthogonal(cross.v.weight.size(0), c["d_model"])
            cross.v.weight.copy_(turn)
            cross.o.weight.copy_(gain * turn.t())

    @torch.no_grad()
    def learn_objects(self) -> None:
        """The rows of O1, O2, … get a parameter of their own, to learn while the table does not; see `with_objects`."""
        self.aux_objects = nn.Parameter(self.shared.weight[self.object_tokens()].clone())

    def object_tokens(self) -> Tensor:
        return torch.tensor(self.c["umie"]["object_token_ids"], device=self.shared.weight.device)

    def begin_batch(self, ids: Tensor, more: Tensor) -> None:
        """Takes the rows of the table that a batch needs once: one gradient of the table's size instead of one for each
        look."""
        needed = [ids.flatten(), more.flatten(), torch.tensor([0, self.start_token or 0], device=ids.device)]
        self.rows = torch.unique(torch.cat(needed if self.aux_objects is None else [*needed, self.object_tokens()]))
        self.row_of = self.row_of.to(ids.device)
        self.row_of[self.rows] = torch.arange(len(self.rows), device=ids.device)
        self.taken = self.shared.weight.index_select(0, self.rows)
        if self.four_bits:
            # Training changes the table itself, and reads it as a bundle of 4 bits will hold it.
            self.taken = self.taken + (in_four_bits(self.taken) - self.taken).detach()
        if self.aux_objects is not None:
            self.taken = self.taken.index_copy(0, self.row_of[self.object_tokens()], self.aux_objects)

    def end_batch(self) -> None:
        self.rows = None

    def look(self, ids: Tensor) -> Tensor:
        """Rows of the table: [B, L] → [B, L, D]"""
        return self.shared(ids) if self.rows is None else F.embedding(self.row_of[ids], self.taken)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """[B, L] → h_e [B, L, D]"""
        if self.start_token is None:
            return self.encoder(self.look(ids), mask)
        return self.encoder(self.look(ids), mask, self.look(torch.tensor(self.start_token, device=ids.device)))

    def decode_and_point(self, decoder_ids: Tensor, memory: Memory, places: Tensor) -> tuple[Tensor, Tensor]:
        """A copying decoder's states [B, T, D] and the scores [B, T, L] of the input's positions for the next token."""
        hidden = self.decoder(self.look(decoder_ids), None, memory.states, memory.mask, places)
        return hidden, self.decoder.pointer(
            hidden, self.decoder.pointer.keys(memory, self.look(memory.ids)), memory, places
        )

    def fuse(self, text: Tensor, mask: Tensor, pictures: Pictures | None) -> tuple[Tensor, Look | None]:
        """c [B, L, D]; rows without a picture keep c = h_e."""
        if pictures is None:
            return text, None
        features = (
            pictures.features if pictures.pixels is None else self.visual.features(pictures.pixels, pictures.mask)
        )
        visual = self.visual(features, pictures.boxes, pictures.mask)
        fused, signal, scores = self.gate(text, visual, mask, pictures.mask)
        return torch.where(pictures.present[:, None, None], fused, text), Look(signal, scores)

    def logits(self, hidden: Tensor) -> Tensor:
        if self.lm_head is not None:
            return self.lm_head(hidden)
        return linear(hidden * self.c["d_model"] ** -0.5, self.shared.weight)

    def forward(
        self, ids: Tensor, mask: Tensor, decoder_ids: Tensor, pictures: Pictures | None = None
    ) -> tuple[Tensor, Tensor, Look | None]:
        """(decoder states [B, T, D], encoder states [B, L, D], what was seen of the pictures)"""
        text = self.encode(ids, mask)
        fused, look = self.fuse(text, mask, pictures)
        return self.decoder(self.shared(decoder_ids), None, fused, mask), text, look

    def cross_caches(self, states: Tensor) -> list[Cache]:
        return [block.layer[1].EncDecAttention.keys_values(states) for block in self.decoder.block]

    def step(self, token: Tensor, past: list[Cache | None], cross: list[Cache], cross_bias: Tensor,
             copied: "tuple[Memory, Tensor, Tensor] | None" = None) -> tuple[Tensor, list[Cache]]:
        """token [B, 1] → logits [B, V] and the caches with it. `copied`: memory, its pointer keys and places [B, 1] of
        a copying decoder."""
        x = self.shared(token)
        done = 0 if past[0] is None else past[0][0].size(2)
        bias = self.decoder.block[0].layer[0].SelfAttention.position_bias(1, done + 1, done)
        new = []
        biases = self.decoder.cross_biases(cross_bias, copied and copied[2], cross[0][0].size(2))
        for block, before, seen, seen_bias in zip(self.decoder.block, past, cross, biases):
            x, own = block(x, bias, seen, seen_bias, before)
            new.append(own)
        hidden = self.decoder.final_layer_norm(x)
        logits = self.logits(hidden)[:, -1]
        if copied is None:
            return logits, new
        memory, keys, places = copied
        return joined(logits.float(), self.decoder.pointer(hidden, keys, memory, places)[:, 0], memory.ids), new


def joined(logits: Tensor, scores: Tensor, ids: Tensor) -> Tensor:
    """logits [B, V] with the pointer's scores [B, L] of positions that hold ids [B, L]: log(e^logit + Σ e^score)."""
    top = scores.max(1, keepdim=True).values
    pointed = torch.zeros_like(logits).scatter_add(1, ids, (scores - top).exp())
    return torch.logaddexp(logits, pointed.clamp(min=1e-30).log() + top)


def orthogonal(rows: int, columns: int) -> Tensor:
    q, _ = torch.linalg.qr(torch.randn(max(rows, columns), min(rows, columns)))
    return q if rows >= columns else q.t()



def with_objects(tensors: dict[str, Tensor], object_ids: list[int]) -> dict[str, Tensor]:
    """The rows of objects that learned on their own, back in the table."""
    rows = tensors.get(OBJECTS)
    if rows is None:
        return tensors
    table = tensors["shared.weight"].clone()
    table[object_ids] = rows
    return {name: value for name, value in tensors.items() if name != OBJECTS} | {"shared.weight": table}


def checkpoint_state(tensors: dict[str, Tensor], dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Tensors by their Hugging Face names, without what only training uses."""
    return {
        name: value.to(dtype) if value.is_floating_point() else value
        for name, value in tensors.items()
        if not name.startswith(TRAINING_ONLY) and not name.endswith("num_batches_tracked")
    }


def load_checkpoint_state(model: UMIE, tensors: dict[str, Tensor]) -> list[str]:
    """Takes tensors over by name; returns what the model has and the file has not. A wrong shape or an unknown name is
    refused."""
    # FLAN-T5 files repeat the embeddings under each stack.
    known = {
        name: value.float()
        for name, value in tensors.items()
        if name not in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
    }
    if "shared.weight" not in known and "encoder.embed_tokens.weight" in tensors:
        known["shared.weight"] = tensors["encoder.embed_tokens.weight"].float()
    if model.lm_head is None:
        known.pop("lm_head.weight", None)
    heads = hasattr(model, "aux_tag")
    result = model.load_state_dict(
        {name: value for name, value in known.items() if heads or not name.startswith(TRAINING_ONLY)}, strict=False
    )
    if result.unexpected_keys:
        raise ValueError(f"the checkpoint holds {result.unexpected_keys[0]!r}, which this model has not")
    return [name for name in result.missing_keys if not name.endswith("num_batches_tracked")]
