"""Scores of the heads on the encoder, which cost no decoding: the tagger's spans and the classifier's relations of
marked pairs."""
import numpy as np
import torch

from checkpoint import TRAINING_FILE, read_config
from feed import pad
from labels import NO_RELATION, TAGS, Prompts
from records import entity_spans, read_marked, words_and_spans
from safetensors_file import load_file, load_folder
from score import Counts
from tokenizer import EOS, PAD, Tokenizer
from umie_model import DEFAULTS, UMIE, load_checkpoint_state, merged

ROWS, MAX_INPUT = 64, 256


def read_heads(folder: str) -> tuple[UMIE, Tokenizer]:
    """A checkpoint folder with the heads that only training uses."""
    model = UMIE(merged(DEFAULTS, read_config(folder)), training=True)
    load_checkpoint_state(model, load_folder(folder) | load_file(f"{folder}/{TRAINING_FILE}"))
    return model.eval(), Tokenizer(f"{folder}/tokenizer.json")


@torch.no_grad()
def encode_rows(model: UMIE, rows: list[list[int]]):
    """(numbers of the rows, states [B, L, D]) batch by batch, rows of a length together."""
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    device = model.shared.weight.device
    for first in range(0, len(order), ROWS):
        part = order[first : first + ROWS]
        ids = torch.from_numpy(pad([rows[at] for at in part], PAD, np.int64)).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            yield part, model.encode(ids, (ids != PAD).float())


def tag_spans(tags: list[int], types: list[str]) -> set[tuple[str, int, int]]:
    """Spans (label, first word, word after the last) of one tag a word."""
    name = {TAGS.first[label]: label for label in types if label in TAGS.first}
    out, start, label = set(), None, None
    for at, tag in enumerate([*tags, 0]):
        begins = name.get(tag)
        inside = label is not None and tag == TAGS.first[label] + 1
        if start is not None and not inside:
            out.add((label, start, at))
            start = label = None
        if begins is not None:
            start, label = at, begins
    return out


@torch.no_grad()
def tagger_scores(model: UMIE, tokenizer: Tokenizer, records: list[dict], types: list[str]) -> dict[str, float]:
    prompt = tokenizer.encode(Prompts(model.c["umie"].get("instructors")).entity(types))
    rows, begins = [], []
    for record in records:
        at, ids = [], list(prompt)
        for word in record["text"].split(" "):
            at.append(min(len(ids), MAX_INPUT - 1))
            ids += tokenizer.word(word)
        rows.append(ids[: MAX_INPUT - 1] + [EOS])
        begins.append(at)
    allowed = torch.full((TAGS.size,), -1e9)
    allowed[[0, *(TAGS.first[label] + inside for label in types if label in TAGS.first for inside in (0, 1))]] = 0
    counts = Counts()
    for part, states in encode_rows(model, rows):
        tags = (model.aux_tag(states).float() + allowed.to(states.device)).argmax(-1).cpu()
        for row, at in enumerate(part):
            _, gold = words_and_spans(records[at]["text"], entity_spans(records[at]))
            places = [min(place, tags.size(1) - 1) for place in begins[at]]
            counts.add(tag_spans(tags[row, places].tolist(), types), set(gold), len(records[at]["entities"]))
    return counts.scores()


@torch.no_grad()
def pair_scores(model: UMIE, tokenizer: Tokenizer, path: str, typed: bool = True) -> dict[str, float]:
    """Of given pairs, all of a text in one reading; F1 without "none", and accuracy."""
    umie = model.c["umie"]
    names, markers = umie["pair_relations"], umie["marker_token_ids"]
    prompt = tokenizer.encode(Prompts(umie.get("instructors")).marked())
    rows, places = [], []
    texts = read_marked(path)
    for text in texts:
        ids, at = list(prompt), {}
        opens = {start: number for number, (start, _, _) in enumerate(text["mentions"])}
        closes = {end for _, end, _ in text["mentions"]}
        for number in range(len(text["words"]) + 1):
            if number in closes:
                ids.append(markers["close"])
            if number in opens:
                at[opens[number]] = min(len(ids), MAX_INPUT - 1)
                label = text["mentions"][opens[number]][2]
                ids.append(markers["open"].get(label if typed else "other", markers["open"]["other"]))
            if number < len(text["words"]):
                ids += tokenizer.word(text["words"][number])
        rows.append(ids[: MAX_INPUT - 1] + [EOS])
        places.append(at)
    counts, pairs = Counts(), 0
    for part, states in encode_rows(model, rows):
        ends = [
            (row, places[at][head], places[at][tail])
            for row, at in enumerate(part)
            for head, tail, _ in texts[at]["pairs"]
        ]
        found = model.pair_classifier(states.float(), torch.tensor(ends, device=states.device)).argmax(-1).tolist()
        gold = [name for at in part for _, _, name in texts[at]["pairs"]]
        for number, right in zip(found, gold):
            pairs += 1
            counts.correct += names[number] == right
            counts.add({names[number]} - {NO_RELATION}, {right} - {NO_RELATION})
    return counts.scores() | {"accuracy": 100 * counts.correct / max(1, pairs)}
