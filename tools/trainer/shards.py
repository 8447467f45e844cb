"""Writes raw text (.txt, .txt.xz, .txt.gz) as memory-mapped token ids, so that a fast GPU never waits for a
tokenizer."""
import gzip
import json
import lzma
import os
from collections.abc import Iterator
from multiprocessing import get_context

import numpy as np

from tokenizer import Tokenizer

LINES_AT_ONCE = 20_000
MAX_LINE_CHARACTERS = 2_000


def open_text(path: str):
    opener = {".xz": lzma.open, ".gz": gzip.open}.get(os.path.splitext(path)[1], open)
    return opener(path, "rt", encoding="utf-8", errors="replace")


def chunks_of(paths: list[str], limit: int) -> Iterator[list[str]]:
    """Lines of at least 25 characters, in chunks; `limit` lines per file, 0: all."""
    for path in paths:
        chunk: list[str] = []
        taken = 0
        with open_text(path) as file:
            for line in file:
                if len(line) <= 25:
                    continue
                chunk.append(line[:MAX_LINE_CHARACTERS])
                taken += 1
                if len(chunk) == LINES_AT_ONCE:
                    yield chunk
                    chunk = []
                if taken == limit:
                    break
        if chunk:
            yield chunk


_tokenizer: Tokenizer | None = None


def _start(path: str) -> None:
    global _tokenizer
    _tokenizer = Tokenizer(path)


def _encode(lines: list[str]) -> tuple[np.ndarray, np.ndarray]:
    assert _tokenizer is not None
    ids = [np.array(_tokenizer.encode(line)[:512], np.uint16) for line in lines]
    if len(_tokenizer.cache) > 500_000:
        _tokenizer.cache.clear()
    return np.concatenate(ids), np.array([len(line) for line in ids], np.int64)


def build_shard(tokenizer: str, paths: list[str], output: str, workers: int = 1, limit: int = 0) -> tuple[int, int]:
    """Writes `output`/{ids.u16, ends.i64, shard.json}. Returns (lines, tokens). Vocabularies of up to 65,536 pieces."""
    if Tokenizer(tokenizer).size > 1 << 16:
        raise ValueError("a shard holds 16-bit ids: the vocabulary is too large")
    os.makedirs(output, exist_ok=True)
    lines = tokens = 0
    with open(f"{output}/ids.u16", "wb") as ids_file, open(f"{output}/ends.i64", "wb") as ends_file:
        with get_context("spawn").Pool(workers, _start, (tokenizer,)) as pool:
            for ids, lengths in pool.imap(_encode, chunks_of(paths, limit)):
                ids.tofile(ids_file)
                (tokens + np.cumsum(lengths)).tofile(ends_file)
                lines, tokens = lines + len(lengths), tokens + len(ids)
    with open(f"{output}/shard.json", "w", encoding="utf-8") as file:
        json.dump(
            {"lines": lines, "tokens": tokens, "files": [os.path.basename(path) for path in paths]}, file, indent="\t"
        )
    return lines, tokens


class Shard:
    """`shard[i]`: the token ids of line i."""

    def __init__(self, folder: str) -> None:
        with open(f"{folder}/shard.json", encoding="utf-8") as file:
            counts = json.load(file)
        self.ids = np.memmap(f"{folder}/ids.u16", np.uint16, "r")
        self.ends = np.memmap(f"{folder}/ends.i64", np.int64, "r")
        tokens = counts["tokens"]
        if len(self.ends) != counts["lines"] or len(self.ids) != tokens or int(self.ends[-1]) != tokens:
            raise ValueError(f"{folder}: the shard was not finished; build it again")

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, line: int) -> list[int]:
        start = int(self.ends[line - 1]) if line else 0
        return self.ids[start : int(self.ends[line])].tolist()
