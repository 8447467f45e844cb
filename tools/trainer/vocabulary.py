"""Makes a checkpoint smaller: pieces that some texts hardly use go, what they spelt is spelt with shorter ones, and
unused positions go with them."""
import json
import os
from collections import Counter

import torch

from checkpoint import TRAINING_FILE, read_config, write_checkpoint
from labels import ENTITY_VARIANTS, EVENTS, RELATIONS_V1, ROLES, TYPES_OF, Prompts
from pretrained import UNSPELLABLE, read_texts
from safetensors_file import load_file, load_folder
from tokenizer import META, Tokenizer
from umie_model import DEFAULTS, merged

# Scores decide between ways to spell a word; a thousandth decides nothing, and digits are most of tokenizer.json.
SCORE_DIGITS = 3


def asked_words(own: dict[str, str] | None = None) -> set[str]:
    """Every word of the prompts and labels."""
    types = [label for labels in TYPES_OF.values() for label in labels]
    say = Prompts(own)
    prompts = [say.entity(types, variant) for variant in ("default", *ENTITY_VARIANTS)] + [
        say.event(EVENTS),
        say.marked(),
        say.grounded(types),
    ]
    prompts += [say.argument(event, roles) for event, roles in ROLES.items()] + [
        f"{name}, none" for name in RELATIONS_V1 + types
    ]
    return {word for prompt in prompts for word in prompt.split()}


def piece_weights(tokenizer: Tokenizer, groups: list[list[str]]) -> list[float]:
    """Share of each piece, every group of files weighing the same."""
    total = [0.0] * tokenizer.size
    for paths in groups:
        counts: Counter = Counter()
        for path in paths:
            for text in read_texts(path):
                for word in text.split():
                    counts.update(tokenizer.word(word))
        size = max(1, counts.total())
        for piece, times in counts.items():
            total[piece] += times / size
    return total


def cut_vocabulary(folder: str, groups: list[list[str]], keep: int, positions: int, output: str) -> dict:
    """Writes the checkpoint with about `keep` pieces and `positions` places of its text encoder. Returns what is left,
    and how much of the texts it spells."""
    path = f"{folder}/tokenizer.json"
    tokenizer, config = Tokenizer(path), merged(DEFAULTS, read_config(folder))
    with open(path, encoding="utf-8") as file:
        tree = json.load(file)
    weights = piece_weights(tokenizer, groups)
    vocabulary = tree["model"]["vocab"]
    needed = {
        *tokenizer.added.values(),
        *config["umie"]["object_token_ids"],
        *(piece for word in asked_words(config["umie"].get("instructors")) for piece in tokenizer.word(word)),
    }
    needed |= {
        at for at, (piece, score) in enumerate(vocabulary) if score == UNSPELLABLE or len(piece.strip(META)) <= 1
    }
    often = sorted((at for at in range(len(vocabulary)) if at not in needed), key=lambda at: -weights[at])
    kept = sorted(needed | set(often[: max(0, keep - len(needed))]))
    at_new = {old: new for new, old in enumerate(kept)}
    tree["model"]["vocab"] = [[vocabulary[at][0], round(vocabulary[at][1], SCORE_DIGITS)] for at in kept]
    tree["added_tokens"] = [{**token, "id": at_new[token["id"]]} for token in tree["added_tokens"]]
    os.makedirs(output, exist_ok=True)
    with open(f"{output}/tokenizer.json", "w", encoding="utf-8") as file:
        json.dump(tree, file, ensure_ascii=False, separators=(",", ":"))
    with open(f"{folder}/tokenizer_config.json", encoding="utf-8") as source, open(
        f"{output}/tokenizer_config.json", "w", encoding="utf-8"
    ) as target:
        target.write(source.read())
    tensors = load_folder(folder)
    if os.path.exists(f"{folder}/{TRAINING_FILE}"):
        tensors |= load_file(f"{folder}/{TRAINING_FILE}")
    tensors["shared.weight"] = tensors["shared.weight"].index_select(0, torch.tensor(kept))
    umie, table = config["umie"], "encoder.embeddings.position_embeddings.weight"
    encoder, markers = umie["text_encoder"], umie["marker_token_ids"]
    tensors[table] = tensors[table][:positions].contiguous()
    umie["text_encoder"] = {
        **encoder,
        "start_token_id": at_new[encoder["start_token_id"]],
        "max_position_embeddings": len(tensors[table]),
    }
    umie["marker_token_ids"] = {
        "open": {name: at_new[at] for name, at in markers["open"].items()},
        "close": at_new[markers["close"]],
    }
    umie["object_token_ids"] = [at_new[at] for at in umie["object_token_ids"]]
    umie["spot_token_id"] = at_new[umie["spot_token_id"]]
    config["vocab_size"] = len(kept)
    write_checkpoint(output, config, tensors, f"{output}/tokenizer.json", torch.float32, {})
    return {
        "pieces": len(kept),
        "of": len(vocabulary),
        "covered": round(100 * sum(weights[at] for at in kept) / max(1e-9, sum(weights)), 2),
    }
