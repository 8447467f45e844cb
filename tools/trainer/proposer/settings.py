"""Reads the settings of a proposer's training from one JSON file, checked like those of the model."""
import dataclasses
import os
from dataclasses import dataclass, field

from config import Schedule, build, place, read_tree


@dataclass(frozen=True)
class Network:
    """Shapes the exporter reads, too: they are written into the weights' file. One output level of stride 4."""

    image_size: int = 256  # the longer side of a picture, in pixels; the rest of the square is empty
    # Kind in the data → kind that is reported. Each has a heat map of its own: heads are people, but look otherwise.
    kinds: dict[str, str] = field(
        default_factory=lambda: {
            "person": "person",
            "head": "person",
            "logo": "logo",
            "flag": "flag",
            "object": "object",
        }
    )
    # Kind → the kind whose boxes all of its boxes lie in: where those are marked, there is none outside.
    within: dict[str, str] = field(default_factory=lambda: {"head": "person"})
    widths: list = field(default_factory=lambda: [16, 24, 48, 96, 160])  # channels at strides 2, 4, 8, 16, 32
    depths: list = field(default_factory=lambda: [0, 1, 1, 1])  # residual blocks at strides 4, 8, 16, 32
    neck: int = 32  # channels of the levels on the way up
    head: int = 32  # channels before the outputs
    threshold: float = 0.1  # boxes below this score are not reported
    image_mean: list = field(default_factory=lambda: [0.485, 0.456, 0.406])
    image_std: list = field(default_factory=lambda: [0.229, 0.224, 0.225])


@dataclass(frozen=True)
class Source:
    """A set of pictures. Its other kinds are not marked in it, so what looks like them is neither right nor wrong."""

    regions: str  # JSONL of {"image_id", "file", "split", "size", "boxes" as fractions, "kinds", "complete"?}
    images: str  # the folder of the files
    kinds: list  # all of these that can be seen are marked
    weight: float = 1.0  # share of the examples
    turned: float = 0.0  # share of the examples that are turned by 90, 180 or 270 degrees


@dataclass(frozen=True)
class Data:
    sets: list = field(default_factory=list)  # of Source
    batch: int = 16
    # [[progress, pixels of the training square], …]: small ones are cheap
    canvas: list = field(default_factory=lambda: [[0, 192], [0.7, 256]])
    zoom: list = field(default_factory=lambda: [0.6, 1.5])  # pictures are scaled by a factor between these
    balance: float = 0.0  # 0: every picture of a set is drawn as often; 1: as often as its rarest kind is rare
    colour: float = 0.3  # largest change of brightness, contrast and saturation
    dark: float = 0.2  # share of the examples that are darkened, down to a third


@dataclass(frozen=True)
class Optimizer:
    lr: float = 0.002
    weight_decay: float = 0.02
    box: float = 5.0  # weight of the boxes' loss; that of the heat maps is 1
    clip: float = 10.0


@dataclass(frozen=True)
class Run:
    out: str = "proposer"
    init: str | None = None  # weights to go on from: a file this trainer wrote; they must have the network's shape
    seed: int = 0
    threads: int = 1
    ema: float = 0.998
    log_seconds: float = 30
    save_seconds: float = 120


@dataclass(frozen=True)
class ProposerConfig:
    run: Run = field(default_factory=Run)
    network: Network = field(default_factory=Network)
    data: Data = field(default_factory=Data)
    optimizer: Optimizer = field(default_factory=Optimizer)
    schedule: Schedule = field(default_factory=Schedule)
    source: dict = field(default_factory=dict, repr=False)


def load_proposer_config(path: str) -> ProposerConfig:
    """Paths are relative to the file; `$NAME` is taken from the environment."""
    tree = read_tree(path)
    config: ProposerConfig = build(ProposerConfig, tree, os.path.basename(path))
    if config.schedule.max_steps is None and config.schedule.max_seconds is None:
        raise ValueError(f"{path}: schedule needs max_steps or max_seconds")
    if len(config.network.depths) + 1 != len(config.network.widths) or len(config.network.widths) < 2:
        raise ValueError(f"{path}: network.widths needs one number more than network.depths")
    if not set(config.network.kinds) >= set(config.network.within.values()):
        raise ValueError(f"{path}: network.within names a kind that network.kinds does not have")
    if any(size % coarsest_stride(config.network) for _, size in [*config.data.canvas, (0, config.network.image_size)]):
        raise ValueError(
            f"{path}: sizes are multiples of {coarsest_stride(config.network)}, the coarsest level's stride"
        )
    folder = os.path.dirname(os.path.abspath(path))
    sets = [build(Source, each, f"{os.path.basename(path)}.data.sets") for each in config.data.sets]
    for each in sets:
        strange = sorted(set(each.kinds) - set(config.network.kinds))
        if strange:
            raise ValueError(f"{path}: network.kinds does not know {strange[0]!r} of {each.regions}")
    placed = [
        dataclasses.replace(each, regions=place(folder, each.regions), images=place(folder, each.images))
        for each in sets
    ]
    return dataclasses.replace(
        config, source=tree,
        data=dataclasses.replace(config.data, sets=placed),
        run=dataclasses.replace(config.run, out=place(folder, config.run.out), init=place(folder, config.run.init)),
    )


def coarsest_stride(network: Network) -> int:
    return 2 ** len(network.widths)
