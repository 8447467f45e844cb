"""Writes a tokenizer of letters, twelve posts and a configuration, small enough to check by hand."""
import json
import os
import string

from config import Config, load_config

SPECIAL = ["<pad>", "</s>", "<unk>", "<spot>"]
LABELS = ["person", "location", "person,", "location,", "none", "none,"]
NAMES = ["Ada", "Bo Lind", "Cy"]
PLACES = ["Oslo", "New York", "Lima", "Kyoto"]


def write_tokenizer(folder: str) -> str:
    """Every letter is a piece; a few words are pieces of their own; two sentinels at the end."""
    words = [f"\u2581{word}" for word in [*LABELS, "in", "Oslo", "Ada"]]
    pieces = [(piece, 0.0) for piece in SPECIAL] + [(word, -3.0) for word in words] + [("\u2581", -2.0)]
    pieces += [(letter, -4.0) for letter in string.ascii_letters + ".,:!#"] + [
        ("<extra_id_1>", 0.0),
        ("<extra_id_0>", 0.0),
    ]
    added = [{"id": at, "content": piece} for at, (piece, _) in enumerate(pieces) if piece.startswith("<")]
    path = os.path.join(folder, "tokenizer.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"added_tokens": added, "model": {"type": "Unigram", "unk_id": 2, "vocab": pieces}}, file)
    return path


def record(text: str, *entities: tuple[str, str]) -> dict:
    spans = [
        {"type": label, "text": name, "start": text.index(name), "end": text.index(name) + len(name)}
        for label, name in entities
    ]
    return {"text": text, "entities": spans}


def posts() -> list[dict]:
    return [record(f"{name} in {place}", ("person", name), ("location", place)) for name in NAMES for place in PLACES]


def write_data(folder: str) -> None:
    os.makedirs(f"{folder}/mner/tiny", exist_ok=True)
    with open(f"{folder}/mner/tiny/train.jsonl", "w", encoding="utf-8") as file:
        for number, post in enumerate(posts()):
            file.write(json.dumps({**post, "image_id": f"picture-{number % 3}"}) + "\n")


def tiny_config(folder: str, **sections: dict) -> Config:
    """A run over the twelve posts with a model of some ten thousand parameters."""
    write_data(folder)
    tree = {
        "run": {
            "out": "out",
            "tokenizer": os.path.basename(write_tokenizer(folder)),
            "device": "cpu",
            "bf16": False,
            "threads": 1,
            "log_seconds": 1000,
        },
        "model": {
            "d_model": 16,
            "d_kv": 4,
            "num_heads": 4,
            "d_ff": 16,
            "num_layers": 1,
            "num_decoder_layers": 1,
            "umie": {
                "max_objects": 3,
                "image_size": 16,
                "backbone": {"depths": [1], "width": 2},
                "d_v": 8,
                "visual_layers": 1,
            },
        },
        "data": {
            "mix": [[0, {"mner/tiny": 1}]],
            "entity_types": {"tiny": ["person", "location"]},
            "batch_tokens": 200,
            "batches_per_chunk": 1,
        },
        "schedule": {"max_steps": 6, "warmup_steps": 2},
    }
    for name, values in sections.items():
        tree[name] = tree.get(name, {}) | values
    path = os.path.join(folder, "config.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tree, file)
    return load_config(path)
