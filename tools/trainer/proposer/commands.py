"""The commands of the proposer: train it, score it, and turn head boxes into regions it can be trained on."""
import argparse
import json

import torch

from proposer.data import read_set, write_head_regions
from proposer.evaluate import score_pictures
from proposer.settings import Source, load_proposer_config
from proposer.trainer import ProposerTrainer, load_proposer


def run_train(given: argparse.Namespace) -> None:
    ProposerTrainer(load_proposer_config(given.config)).run()


def run_evaluate(given: argparse.Namespace) -> None:
    """One JSON object: by kind, the share of boxes found among the 36 best at IoU 0.5, and the share of those with the
    right kind."""
    torch.set_num_threads(given.threads)
    model, network = load_proposer(given.proposer)
    source = Source(given.regions, given.images, list(network.kinds))
    pictures = read_set(source, network, given.split)[: given.limit or None]
    scores = score_pictures(model, network, pictures)
    rounded = {name: {part: round(value, 2) for part, value in each.items()} for name, each in scores.items()}
    print(json.dumps({"regions": given.regions, "split": given.split, "pictures": len(pictures), "scores": rounded}))


def run_heads(given: argparse.Namespace) -> None:
    train, dev = write_head_regions(given.images, given.output)
    print(json.dumps({"train": train, "dev": dev}))


def add(command) -> None:
    """Adds the sub-commands. `command(name, run, text)` gives a parser."""
    one = command(
        "train-proposer", run_train, "trains a region proposer by a configuration; started again, it continues"
    )
    one.add_argument("config")
    one = command("evaluate-proposer", run_evaluate, "scores a region proposer: recall at 36 regions, IoU 0.5")
    one.add_argument("--proposer", required=True, help="the file train-proposer wrote")
    one.add_argument("--regions", required=True)
    one.add_argument("--images", required=True, help="folder of the files that the regions name")
    one.add_argument("--split", default="dev")
    one.add_argument("--limit", type=int, default=0)
    one.add_argument("--threads", type=int, default=1)
    one = command("head-regions", run_heads, "turns boxes of heads into regions; every tenth picture is held out")
    one.add_argument("--images", required=True, help="folder with heads.jsonl and its pictures")
    one.add_argument("--output", required=True)
