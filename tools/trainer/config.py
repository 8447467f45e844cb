"""Reads every setting of a run from one JSON file or one stage of a recipe. A wrong name or type is refused."""
import dataclasses
import json
import os
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from examples import Chance

Mix = list[tuple[float, dict[str, float]]]
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sources.json")


@dataclass(frozen=True)
class Data:
    """Where examples come from. Paths are relative to the configuration file."""

    root: str = "."  # <task>/<set>/train.jsonl
    mix: list = field(
        default_factory=list
    )  # [[progress 0…1, {"mner/twitter2015": weight, …}], …], linear between the points
    # name → folder of a shard, for denoise/<name>, copy/<name>, words/<name>
    shards: dict[str, str] = field(default_factory=dict)
    gazetteer: str | None = None  # folder of <type>.txt
    entity_types: dict[str, list] = field(default_factory=dict)  # types of data sets that labels.py does not know
    files: dict[str, str] = field(
        default_factory=dict
    )  # sets of the mix that lie elsewhere: "mner/silver" → JSONL, as the `silver` command writes it
    terms: str = "any"  # or "permissive": sets of the mix whose terms are not (sources.json) are left out
    regions: str | None = None  # folder written by the `crops` command
    batch_tokens: int = 4000  # padded input tokens per batch
    batch_examples: int = 0  # at most so many examples per batch; 0: any number
    batches_per_chunk: int = 24
    chunks_ahead: int = 8  # planned before they are used; at least as many as workers
    eventless: dict[str, float] = field(
        default_factory=dict
    )  # "med", "eventful" → share of sentences without events; default: those of feed.py
    max_input: int = 160
    max_output: int = 80
    workers: int = 0
    chance: Chance = field(default_factory=Chance)


@dataclass(frozen=True)
class Optimizer:
    """Muon turns a matrix's momentum into a rotation; embeddings, biases and norms always go through AdamW."""

    name: str = "muon"  # or "adamw"
    lr: float = 0.004
    lr_embedding: float | None = None  # default: lr
    lr_vector: float | None = None  # norms; default: lr
    lr_position: float | None = None  # relative position biases; default: lr
    lr_encoder: float = 1.5e-4  # a pretrained encoder's own layers (AdamW)
    lr_head: float = 1e-3  # heads on the encoder, and positions of a pretrained one (AdamW)
    query_share: float = 0.25  # Muon: rate of the query matrices, as a share
    weight_decay: float = 0.05
    beta2: float = 0.98
    newton_schulz_steps: int = 4
    clip: float = 1.0
    accumulate: int = 1  # batches per step


@dataclass(frozen=True)
class Schedule:
    """Progress is the larger of time used and steps done, as a share, so that a run ends on time on any machine.

    With max_steps alone a run is a function of its configuration; with a time limit the machine's speed takes part.
    """

    max_steps: int | None = None
    max_seconds: float | None = None
    warmup_steps: int = 150
    decay_start: float = 0.45  # progress from which the rate falls linearly to 0


@dataclass(frozen=True)
class Loss:
    label_smoothing: float = 0.05
    answer: float = 1.0  # the decoder's answers; 0: it is not run
    quiet_steps: int = 0  # steps before the decoder moves the encoder
    # a copying decoder's soft-max is over the batch's own tokens and so many others; 0: the whole vocabulary
    negatives: int = 0
    tagger: float = 1.0
    relation: float = 1.0
    pairs: float = 1.0  # relations of marked mentions
    no_relation: float = 1.0  # weight of pairs without one
    masked_words: float = 0.6
    gate: float = 0.5  # where a record says what its picture is
    gate_unrelated: float = 1.0  # times that, where the picture has nothing to do with the text
    # keeps answers beside an unrelated picture as they are without one (Kullback-Leibler divergence)
    unmoved: float = 0.0
    attention: float = 0.3  # where a record says which object shows a mention
    prefilter: float = 0.5  # whether two mentions are related, and whether anything happens


@dataclass(frozen=True)
class Vision:
    train: bool = False  # the two visual blocks, FC1, FC2 and the gate
    backbone: str = "frozen"  # or "trained"
    # Or "frozen": everything else but the prefilter stays as it is, and so do the answers without a picture.
    text: str = "trained"
    # with a frozen text side: the embeddings of O1, O2, … still learn; needs loss.negatives
    objects: bool = False


@dataclass(frozen=True)
class Run:
    out: str = "run"
    tokenizer: str = "tokenizer.json"
    init: str | None = None  # a checkpoint folder: ours, or FLAN-T5 from Hugging Face
    backbone: str | None = None  # a safetensors file of a ResNet with torchvision's names
    seed: int = 0
    device: str | None = None  # default: cuda if there is one
    bf16: bool = True
    threads: int = 2
    ema: float | None = 0.998
    frozen_encoder: bool = False  # text encoder and heads stay as they are; the decoder learns on their states
    four_bit_words: bool = False  # the table of words is read as `export --embeddings int4` stores it (copying models)
    copy_circuit: bool = False  # start with the ready copy circuit (model.py); only without init
    log_seconds: float = 30
    save_seconds: float = 240


@dataclass(frozen=True)
class Config:
    run: Run = field(default_factory=Run)
    model: dict[str, Any] = field(default_factory=dict)  # over model.DEFAULTS, or over the config.json of `init`
    data: Data = field(default_factory=Data)
    optimizer: Optimizer = field(default_factory=Optimizer)
    schedule: Schedule = field(default_factory=Schedule)
    loss: Loss = field(default_factory=Loss)
    vision: Vision = field(default_factory=Vision)
    source: dict[str, Any] = field(default_factory=dict, repr=False)


# Configurations of earlier runs say these.
FORMER_NAMES = {(Loss, "screen"): "prefilter"}


def fits(value: Any, wanted: Any) -> bool:
    """Whether a JSON value is of an annotated type (the few kinds used above)."""
    if wanted is Any:
        return True
    origin = get_origin(wanted)
    if origin is dict:
        return isinstance(value, dict)
    if origin is None:
        return (
            isinstance(value, (int, float)) and not isinstance(value, bool)
            if wanted is float
            else type(value) is wanted
        )
    return any(fits(value, option) for option in get_args(wanted))


def build(kind: type, tree: Any, where: str) -> Any:
    """A dataclass from a JSON object. Raises ValueError that names the wrong place."""
    if not isinstance(tree, dict):
        raise ValueError(f"{where}: expected an object, found {tree!r}")
    fields = {each.name: each for each in dataclasses.fields(kind) if each.name != "source"}
    tree = {FORMER_NAMES.get((kind, name), name): value for name, value in tree.items()}
    unknown = sorted(set(tree) - set(fields))
    if unknown:
        raise ValueError(f"{where}: unknown setting {', '.join(unknown)}; known: {', '.join(fields)}")
    values = {}
    for name, value in tree.items():
        wanted = fields[name].type
        if dataclasses.is_dataclass(wanted):
            values[name] = build(wanted, value, f"{where}.{name}")
        elif fits(value, wanted):
            values[name] = value
        else:
            raise ValueError(f"{where}.{name}: expected {wanted}, found {value!r}")
    return kind(**values)


def read_tree(path: str) -> dict:
    """The JSON object of a configuration file, or of one stage of a recipe (`FILE#STAGE`), over what it `extends`: a
    path beside it, or `#STAGE` of the same recipe. Sections are merged, values replaced."""
    file_path, _, stage = path.partition("#")
    with open(file_path, encoding="utf-8") as file:
        tree = json.load(file)
    stages = tree.get("stages") if isinstance(tree, dict) else None
    if stage or stages is not None:
        if not isinstance(stages, dict) or stage not in stages:
            known = ", ".join(stages or [])
            raise ValueError(f"{file_path}: name one of its stages, {file_path}#STAGE; known: {known}")
        tree = stages[stage]
    if not isinstance(tree, dict) or "extends" not in tree:
        return tree
    extended = tree.pop("extends")
    inside = extended.startswith("#")
    base = read_tree(file_path + extended if inside else os.path.join(os.path.dirname(file_path), extended))
    for section, values in tree.items():
        base[section] = base.get(section, {}) | values if isinstance(values, dict) else values
    return base


def place(folder: str, path: str | None) -> str | None:
    return None if path is None else os.path.join(folder, os.path.expandvars(path))


def placed(settings: Any, path: str, names: tuple[str, ...]) -> Any:
    """The dataclass with these paths taken from the configuration file's folder; `$NAME` in them comes from the
    environment."""
    folder = os.path.dirname(os.path.abspath(path))
    return dataclasses.replace(settings, **{name: place(folder, getattr(settings, name)) for name in names})


def load_config(path: str) -> Config:
    """Reads, checks and places a configuration; `$NAME` in paths is taken from the environment."""
    tree = read_tree(path)
    config: Config = build(Config, tree, os.path.basename(path))
    folder = os.path.dirname(os.path.abspath(path))
    schedule, run, data = config.schedule, config.run, config.data
    if schedule.max_steps is None and schedule.max_seconds is None:
        raise ValueError(f"{path}: schedule needs max_steps or max_seconds")
    if not data.mix or any(len(point) != 2 for point in data.mix):
        raise ValueError(f"{path}: data.mix needs points [progress, {{task: weight}}]")
    if data.terms not in ("any", "permissive"):
        raise ValueError(f"{path}: data.terms is any or permissive")
    if data.terms == "permissive":
        data = permissive(data, path)
    parts = (config.vision.backbone, config.vision.text)
    if config.optimizer.name not in ("muon", "adamw") or not set(parts) <= {"frozen", "trained"}:
        raise ValueError(f"{path}: optimizer.name is muon or adamw, vision.backbone and vision.text frozen or trained")
    if config.vision.objects and (config.vision.text != "frozen" or config.loss.negatives == 0):
        raise ValueError(
            f"{path}: vision.objects is for a frozen text side and a soft-max over some rows (loss.negatives)"
        )
    shards, files = ({name: place(folder, path) for name, path in paths.items()} for paths in (data.shards, data.files))
    return dataclasses.replace(
        config, source=tree,
        data=dataclasses.replace(placed(data, path, ("root", "gazetteer", "regions")), shards=shards, files=files),
        run=placed(run, path, ("out", "tokenizer", "init", "backbone")),
    )


def permissive(data: Data, path: str) -> Data:
    """The data without the sets whose terms do not allow any use: neither in the mix nor, as name lists, for
    replacement. A set that sources.json does not list is refused."""
    with open(SOURCES, encoding="utf-8") as file:
        sources = json.load(file)
    names = {name for _, weights in data.mix for name in weights}
    unknown = sorted({name for name in names if name.split("/")[1] not in sources})
    if unknown:
        raise ValueError(f"{path}: data.terms: sources.json does not say the terms of {', '.join(unknown)}")
    if data.regions is not None:
        raise ValueError(f"{path}: data.terms: pictures of data.regions have terms of their own")
    free = {name for name in names if sources[name.split("/")[1]]["permissive"]}
    mix = [[point, {name: weight for name, weight in weights.items() if name in free}] for point, weights in data.mix]
    if not all(weights for _, weights in mix):
        raise ValueError(f"{path}: data.terms: no set of the mix has permissive terms")
    gazetteer = data.gazetteer if sources["gazetteer"]["permissive"] else None
    return dataclasses.replace(data, mix=mix, gazetteer=gazetteer)


def mix_at(mix: Mix, progress: float) -> dict[str, float]:
    """The weights at a progress, linear between the points."""
    before = max((point for point in mix if point[0] <= progress), key=lambda point: point[0], default=mix[0])
    after = min((point for point in mix if point[0] > progress), key=lambda point: point[0], default=before)
    share = (progress - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
    names = [*before[1], *(name for name in after[1] if name not in before[1])]
    weights = {name: (1 - share) * before[1].get(name, 0.0) + share * after[1].get(name, 0.0) for name in names}
    return {name: weight for name, weight in weights.items() if weight > 0}
