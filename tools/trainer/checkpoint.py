"""Saves a run's state to continue from, and checkpoint folders that `umie export` reads."""
import json
import os
import random
import shutil
from typing import Any

import numpy as np
import torch

from config import Config
from safetensors_file import load_file, load_folder, save_file
from tokenizer import Tokenizer
from umie_model import DEFAULTS, PREFILTER, TRAINING_ONLY, UMIE, checkpoint_state, load_checkpoint_state, merged
from vision import load_backbone

TRAINING_FILE = "aux.safetensors"


def architecture(config: Config, tokenizer: Tokenizer) -> dict:
    """The config.json of the model to train: defaults, or those of `init`, under the configuration's own settings."""
    base = DEFAULTS
    if config.run.init is not None:
        initial = read_config(config.run.init)
        # Ours says "umie": null where a model has no eyes; a stock FLAN-T5 gets the paper's.
        base = merged(DEFAULTS, initial)
    c = merged(
        base,
        {"vocab_size": max(base["vocab_size"], tokenizer.size) if config.run.init else tokenizer.size, **config.model},
    )
    if c.get("umie") is not None:
        objects = tokenizer.object_ids(c["umie"]["max_objects"])
        c["umie"] |= {"vision_trained": config.vision.train or c["umie"].get("vision_trained", False),
                      "spot_token_id": tokenizer.separator, "object_token_ids": objects}
    return c


def read_config(folder: str) -> dict:
    with open(f"{folder}/config.json", encoding="utf-8") as file:
        return json.load(file)


def create_model(config: Config, tokenizer: Tokenizer) -> UMIE:
    """New weights, or those of `init` with what it lacks (vision, training-only heads) new."""
    model = UMIE(architecture(config, tokenizer), training=True)
    if config.run.init is not None:
        load_init(model, config.run.init)
    elif config.run.copy_circuit:
        model.copy_circuit()
    if config.run.backbone is not None:
        load_backbone(model.visual.backbone, load_file(config.run.backbone))
    if config.vision.objects:
        model.learn_objects()
    return model


def pretrained_alone(config: Config) -> bool:
    """Whether a run begins with a pretrained encoder that no decoder has been trained on yet."""
    if config.run.init is None:
        return False
    return (
        "text_encoder" in (read_config(config.run.init).get("umie") or {})
        and "copying" not in read_config(config.run.init)["umie"]
    )


def load_init(model: UMIE, folder: str) -> None:
    """The weights of a checkpoint folder; vision, prefilter and training-only heads may be missing."""
    tensors = load_folder(folder)
    heads = f"{folder}/{TRAINING_FILE}"
    if os.path.exists(heads):
        tensors |= load_file(heads)
    if not (read_config(folder).get("umie") or {}).get("vision_trained", True):
        # A picture side that was never trained begins as a new one does, at this model's settings.
        tensors = {name: value for name, value in tensors.items() if not name.startswith(("visual.", "gate."))}
    missing = load_checkpoint_state(model, tensors)
    # A pretrained encoder comes without a decoder.
    alone = not any(name.startswith("decoder.") for name in tensors)
    may_lack = (TRAINING_ONLY, "visual.", "gate.", PREFILTER, "pair_classifier.", *(("decoder.",) if alone else ()))
    strange = [name for name in missing if not name.startswith(may_lack)]
    if strange:
        raise ValueError(f"{folder} lacks {strange[0]!r}")


def load_model(folder: str) -> tuple[UMIE, Tokenizer]:
    """A checkpoint folder, for evaluation."""
    model = UMIE(merged(DEFAULTS, read_config(folder)))
    missing = load_checkpoint_state(
        model, {name: value for name, value in load_folder(folder).items() if not name.startswith(TRAINING_ONLY)}
    )
    if missing and any(not name.startswith(("visual.", "gate.")) for name in missing):
        raise ValueError(f"{folder} lacks {missing[0]!r}")
    return model.eval(), Tokenizer(f"{folder}/tokenizer.json")


def random_state() -> dict[str, Any]:
    return {
        "python": random.getstate(), "numpy": np.random.get_state(), "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore_random(state: dict[str, Any]) -> None:
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])


def save_state(path: str, state: dict[str, Any]) -> None:
    """Written beside and renamed: a run that is killed leaves the state before."""
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)


def write_checkpoint(
    folder: str,
    config: dict,
    tensors: dict[str, torch.Tensor],
    tokenizer: str,
    dtype: torch.dtype,
    note: dict[str, str],
) -> None:
    """config.json, generation_config.json, model.safetensors, aux.safetensors (what only training uses) and the
    tokenizer."""
    os.makedirs(folder, exist_ok=True)
    config_json = {
        **{name: value for name, value in config.items() if name != "dropout_shared"},
        "model_type": "t5",
        "architectures": ["T5ForConditionalGeneration"],
        "is_encoder_decoder": True,
        "use_cache": True,
        "torch_dtype": str(dtype).removeprefix("torch."),
        "n_positions": 512,
    }
    generation = {
        "decoder_start_token_id": config["decoder_start_token_id"],
        "eos_token_id": config["eos_token_id"],
        "pad_token_id": config["pad_token_id"],
        "max_new_tokens": 64,
        "num_beams": 4,
        "length_penalty": 1.0,
        "early_stopping": False,
    }
    for name, content in (("config.json", config_json), ("generation_config.json", generation)):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            json.dump(content, file, indent="\t")
    save_file(f"{folder}/model.safetensors", checkpoint_state(tensors, dtype), {"format": "pt", **note})
    heads = {name: value for name, value in tensors.items() if name.startswith(TRAINING_ONLY)}
    save_file(f"{folder}/{TRAINING_FILE}", heads, {"note": "heads that only training uses"})
    source = os.path.dirname(os.path.abspath(tokenizer))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if os.path.abspath(folder) != source and os.path.exists(f"{source}/{name}"):
            shutil.copyfile(f"{source}/{name}", f"{folder}/{name}")
