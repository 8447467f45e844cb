"""Labels raw lines with the model's own tagger where it is sure, for mner/silver, and gives pairs the types it guesses.
pairs with the types it guesses.

A name is judged over all its places: what the tagger says in many contexts is better than what it says in one.
"""
import json
import os
import random
from collections import defaultdict

import numpy as np
import torch

from checkpoint import TRAINING_FILE, read_config
from feed import pad
from labels import ENTITY_TYPES, TAGS, Prompts
from records import read_records
from safetensors_file import load_file, load_folder
from shards import open_text
from tokenizer import EOS, PAD, Tokenizer
from umie_model import DEFAULTS, UMIE, load_checkpoint_state, merged

SURE = 0.7  # a span's probability, its own and its name's
OUTSIDE = 0.6  # what every word outside spans must reach
OFTEN = 3  # places from which on a name's other places count
EMPTY_SHARE = 0.12  # lines without a name that are kept
MAX_WORDS, MAX_INPUT = 50, 160
Span = tuple[int, int, int, float]


def label_lines(checkpoint: str, paths: list[str], output: str, limit: int, device: str, seed: int) -> dict[str, int]:
    """Writes JSONL records of mner. Returns counts."""
    model, tokenizer = load_tagger(checkpoint, device)
    lines = sorted(read_lines(paths, limit, seed), key=len)
    tagged = [
        (words, spans_of(chances), chances[:, 0])
        for at in range(0, len(lines), 96)
        for words, chances in tag_lines(model, tokenizer, lines[at : at + 96], device)
    ]
    votes = count_votes((words, spans) for words, spans, _ in tagged)
    rng = random.Random(seed)
    kept = names = 0
    with open(output + ".part", "w", encoding="utf-8") as file:
        for words, spans, outside in tagged:
            entities = sure_entities(words, spans, outside, votes)
            if entities is None or (not entities and rng.random() > EMPTY_SHARE):
                continue
            file.write(json.dumps(record_of(words, entities)) + "\n")
            kept, names = kept + 1, names + len(entities)
    os.replace(output + ".part", output)
    return {"lines": len(tagged), "kept": kept, "names": names}


def load_tagger(checkpoint: str, device: str) -> tuple[UMIE, Tokenizer]:
    model = UMIE(merged(DEFAULTS, read_config(checkpoint)), training=True)
    load_checkpoint_state(model, load_folder(checkpoint) | load_file(f"{checkpoint}/{TRAINING_FILE}"))
    return model.eval().to(device), Tokenizer(f"{checkpoint}/tokenizer.json")


def guess_types(checkpoint: str, path: str, output: str, device: str) -> dict[str, int]:
    """mre records with the tagger's "guess" at every end without a type: the likeliest at its first word.
    Returns counts."""
    model, tokenizer = load_tagger(checkpoint, device)
    records = read_records(path, ["head", "tail", "relation"])
    open_ends = [(record, end) for record in records for end in ("head", "tail") if "type" not in record[end]]
    words_of = {record["text"]: record["text"].split() for record, _ in open_ends}
    lines = sorted(words_of.values(), key=len)
    chances = {
        " ".join(words): chance for at in range(0, len(lines), 96)
        for words, (_, chance) in zip(lines[at : at + 96], tag_lines(model, tokenizer, lines[at : at + 96], device))
    }
    guessed = 0
    for record, end in open_ends:
        chance = chances[" ".join(words_of[record["text"]])]
        first = len(record["text"][: record[end]["start"]].split())
        if first < len(chance):
            record[end]["guess"] = ENTITY_TYPES[int(chance[first, 1::2].argmax())]
            guessed += 1
    with open(output + ".part", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    os.replace(output + ".part", output)
    return {"records": len(records), "ends": len(open_ends), "guessed": guessed}


def read_lines(paths: list[str], limit: int, seed: int) -> list[list[str]]:
    rng = random.Random(seed)
    out: list[list[str]] = []
    for path in paths:
        with open_text(path) as file:
            lines = [words[:MAX_WORDS] for line in file if len(words := line.split()) > 3]
        rng.shuffle(lines)
        out += lines[: limit or None]
    return out


@torch.no_grad()
def tag_lines(
    model: UMIE, tokenizer: Tokenizer, lines: list[list[str]], device: str
) -> list[tuple[list[str], np.ndarray]]:
    """Per line its words and chances [words, 1 + 2 · types] of its first pieces: outside, then first and inside of
    every type."""
    prompt = tokenizer.encode(Prompts(model.c["umie"].get("instructors")).entity(ENTITY_TYPES))
    wanted = [0] + [TAGS.first[label] + inside for label in ENTITY_TYPES for inside in (0, 1)]
    inputs, begins = [], []
    for words in lines:
        ids, at = list(prompt), []
        for word in words:
            at.append(len(ids))
            ids += tokenizer.word(word)
        room = MAX_INPUT - 1
        inputs.append(ids[:room] + [EOS])
        begins.append([place for place in at if place < room])
    ids = torch.from_numpy(pad(inputs, PAD, np.int64)).to(device)
    with torch.autocast(torch.device(device).type, torch.bfloat16):
        logits = model.aux_tag(model.encode(ids, (ids != PAD).float()))
    chances = torch.softmax(logits.float(), -1)[..., wanted].cpu().numpy()
    return [(words[: len(at)], chances[row][at]) for row, (words, at) in enumerate(zip(lines, begins))]


def spans_of(chances: np.ndarray) -> list[Span]:
    """(type, first word, word after the last, the least chance of its words)."""
    out: list[Span] = []
    at = 0
    while at < len(chances):
        label = int(chances[at, 1::2].argmax())
        first, inside = chances[at, 1 + 2 * label], chances[at, 2 + 2 * label]
        if first + inside <= 0.5 and first <= chances[at, 0]:
            at += 1
            continue
        end, least = at + 1, float(first)
        while end < len(chances) and chances[end, 2 + 2 * label] > 0.4 and chances[end, 1:].argmax() == 1 + 2 * label:
            least = min(least, float(chances[end, 2 + 2 * label]))
            end += 1
        out.append((label, at, end, least))
        at = end
    return out


def name_of(words: list[str]) -> str:
    return " ".join(words).lower().strip(".,!?:;\"'()")


def count_votes(tagged) -> dict[str, np.ndarray]:
    """name → [sum of chances per type …, places]"""
    votes: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(ENTITY_TYPES) + 1))
    for words, spans in tagged:
        for label, start, end, chance in spans:
            votes[name_of(words[start:end])][[label, -1]] += (chance, 1)
    return votes


def sure_entities(
    words: list[str], spans: list[Span], outside: np.ndarray, votes: dict[str, np.ndarray]
) -> list[tuple[str, int, int]] | None:
    """(type, first word, word after the last); None when anything in the line is in doubt."""
    free = np.ones(len(words), bool)
    out = []
    for label, start, end, chance in spans:
        vote = votes[name_of(words[start:end])]
        winner = int(vote[:-1].argmax())
        share = vote[winner] / max(1e-6, vote[:-1].sum())
        if vote[-1] >= OFTEN and share > 0.75:
            label, chance = winner, 0.4 * chance + 0.6 * share * min(1.0, vote[winner] / vote[-1] + 0.1)
        if chance < SURE:
            return None
        free[start:end] = False
        out.append((ENTITY_TYPES[label], start, end))
    return None if (outside[free] < OUTSIDE).any() else out


def record_of(words: list[str], entities: list[tuple[str, int, int]]) -> dict:
    at = np.cumsum([0] + [len(word) + 1 for word in words])
    return {
        "text": " ".join(words),
        "entities": [
            {"type": label, "text": " ".join(words[start:end]), "start": int(at[start]), "end": int(at[end]) - 1}
            for label, start, end in entities
        ],
    }
