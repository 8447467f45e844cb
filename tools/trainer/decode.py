"""Generates answers by greedy or beam search, scored as Hugging Face `generate` scores them."""
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from copying import Memory
from feed import pad
from t5 import mask_bias
from tokenizer import EOS, PAD
from umie_model import UMIE

IMPOSSIBLE = -1e30


@dataclass
class Beam:
    """One text's search: live hypotheses (score, ids, grammar state) and finished ones (score, ids)."""

    live: list[tuple[float, list[int], Any]]
    finished: list[tuple[float, list[int]]] = field(default_factory=list)
    done: bool = False


def advance(
    beam: Beam, candidates: list[tuple[float, int, int]], width: int, step: int, length_penalty: float, grammar: Any
) -> list[int]:
    """One step of one text: candidates (score, parent, token), best first. Returns the parent of each new live
    hypothesis.

    As `generate` with early_stopping=False: 2·width candidates, an end counts only among the first `width`, and the
    search stops when the best live score per length cannot beat the worst finished one.
    """
    live, parents = [], []
    for rank, (score, parent, token) in enumerate(candidates):
        if score <= IMPOSSIBLE / 2 or len(live) == width:
            break
        _, ids, state = beam.live[parent]
        if token == EOS:
            if rank < width:
                beam.finished.append((score / (len(ids) + 1) ** length_penalty, ids))
        else:
            live.append((score, [*ids, token], grammar.next(state, token) if grammar else None))
            parents.append(parent)
    beam.finished = sorted(beam.finished, key=lambda found: -found[0])[:width]
    if width == 1:
        beam.done = bool(beam.finished)
    elif len(beam.finished) == width:
        beam.done = not live or live[0][0] / (step + 1) ** length_penalty <= beam.finished[-1][0]
    beam.done = beam.done or not live
    if not beam.done:
        beam.live = live
    return parents


@torch.no_grad()
def generate(model: UMIE, inputs: list[list[int]], beams: int = 1, grammars: list | None = None, max_length: int = 64,
             length_penalty: float = 1.0, rows: int = 256, begins: list[int] | None = None) -> list[list[int]]:
    """inputs with </s> → per input the best ids, without the start token and </s>. `rows`: sentences times beams at
    once.

    A copying decoder needs grammars, which know the place copied last, and `begins`: the id at which each input's text
    begins.
    """
    order = sorted(range(len(inputs)), key=lambda at: -len(inputs[at]))
    out: list[list[int]] = [[] for _ in inputs]
    for first in range(0, len(order), max(1, rows // beams)):
        batch = order[first : first + max(1, rows // beams)]
        of_batch = [grammars[at] for at in batch] if grammars else None
        found = search(
            model,
            [inputs[at] for at in batch],
            beams,
            of_batch,
            max_length,
            length_penalty,
            begins and [begins[at] for at in batch],
        )
        for at, ids in zip(batch, found):
            out[at] = ids
    return out


def search(
    model: UMIE,
    inputs: list[list[int]],
    width: int,
    grammars: list | None,
    max_length: int,
    length_penalty: float,
    begins: list[int] | None = None,
) -> list[list[int]]:
    device = model.shared.weight.device
    ids = torch.from_numpy(pad(inputs, PAD, np.int64, 1)).to(device)
    mask = (ids != PAD).float()
    states = model.encode(ids, mask)
    cross = [(k.repeat_interleave(width, 0), v.repeat_interleave(width, 0)) for k, v in model.cross_caches(states)]
    read = None if model.copying is None else read_text(model, states, mask, ids, begins, width)
    cross_bias = mask_bias(mask).repeat_interleave(width, 0)
    beams = [Beam([(0.0, [], grammars[at].start if grammars else None)]) for at in range(len(inputs))]
    tokens = torch.zeros(len(inputs) * width, 1, dtype=torch.long, device=device)
    past: list = [None] * len(cross)
    vocabulary = model.c["vocab_size"]
    for step in range(max_length):
        copied = None if read is None else (*read, places_of(beams, grammars, begins, width, device))
        logits, past = model.step(tokens, past, cross, cross_bias, copied)
        scores = F.log_softmax(logits.float(), -1)
        scores = total_scores(scores, beams, width, grammars)
        best, places = scores.view(len(beams), width * vocabulary).topk(min(2 * width, width * vocabulary), 1)
        parents, output = [], []
        for at, (beam, values, indices) in enumerate(zip(beams, best.tolist(), places.tolist())):
            kept: list[int] = []
            if not beam.done:
                candidates = [(value, *divmod(index, vocabulary)) for value, index in zip(values, indices)]
                kept = advance(beam, candidates, width, step, length_penalty, grammars[at] if grammars else None)
            for rank in range(width):
                alive = not beam.done and rank < len(kept)
                parents.append(at * width + (kept[rank] if alive else 0))
                output.append(beam.live[rank][1][-1] if alive else PAD)
        if all(beam.done for beam in beams):
            break
        tokens = torch.tensor(output, device=device)[:, None]
        if width > 1:
            chosen = torch.tensor(parents, device=device)
            past = [(k[chosen], v[chosen]) for k, v in past]
    return [best_of(beam, length_penalty) for beam in beams]


def read_text(
    model: UMIE, states: torch.Tensor, mask: torch.Tensor, ids: torch.Tensor, begins: list[int], width: int
) -> tuple[Memory, torch.Tensor]:
    """A copying decoder's memory and pointer keys, a row for each beam."""
    first = torch.tensor(begins, device=ids.device)[:, None]
    text = (torch.arange(ids.size(1), device=ids.device)[None] >= first).float() * mask * (ids != EOS)
    keys = model.decoder.pointer.keys(Memory(states, mask, ids, text), model.shared(ids))
    memory = Memory(*(x.repeat_interleave(width, 0) for x in (states, mask, ids, text)))
    return memory, keys.repeat_interleave(width, 0)


def places_of(beams: list[Beam], grammars: list, begins: list[int], width: int, device: torch.device) -> torch.Tensor:
    """[B·K, 1] the input position that each row copied last."""
    places = torch.zeros(len(beams) * width, 1, dtype=torch.long)
    for at, beam in enumerate(beams):
        for rank, (_, _, state) in enumerate(beam.live[:width]):
            places[at * width + rank, 0] = begins[at] - 1 + grammars[at].place(state)
    return places.to(device)


def total_scores(scores: torch.Tensor, beams: list[Beam], width: int, grammars: list | None) -> torch.Tensor:
    """[B·K, V] log-probabilities → with each hypothesis' own score; what the grammar forbids and rows without a
    hypothesis are impossible."""
    own = torch.full((len(beams) * width, 1), IMPOSSIBLE)
    rows: list[int] = []
    columns: list[int] = []
    for at, beam in enumerate(beams):
        if beam.done:
            continue
        for rank, (score, _, state) in enumerate(beam.live):
            own[at * width + rank, 0] = score
            if grammars:
                allowed = grammars[at].allowed(state)
                rows += [at * width + rank] * len(allowed)
                columns += allowed
    total = scores + own.to(scores.device)
    if not grammars:
        return total
    held = torch.full_like(total, IMPOSSIBLE)
    index = (
        torch.tensor(rows, device=total.device, dtype=torch.long),
        torch.tensor(columns, device=total.device, dtype=torch.long),
    )
    held[index] = total[index]
    return held


def best_of(beam: Beam, length_penalty: float) -> list[int]:
    """The best finished hypothesis; a search cut at max_length weighs its live ones too."""
    found = list(beam.finished)
    if not beam.done:
        found += [(score / max(1, len(ids)) ** length_penalty, ids) for score, ids, _ in beam.live]
    return max(found, key=lambda each: each[0])[1] if found else []
