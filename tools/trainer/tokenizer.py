"""Encodes words with a Unigram tokenizer.json (ours or T5's) as @huggingface/tokenizers does."""
import json
import random
import re
import unicodedata

META = "\u2581"
PAD, EOS, UNK = 0, 1, 2
SEPARATORS = ("<spot>", "<extra_id_0>")


class Tokenizer:
    """Words are split at spaces, each is segmented on its own (Metaspace), so a word's ids do not depend on its
    neighbours.

    T5's own normaliser is a compiled table of NFKC with extras; NFKC stands for it here.
    """

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            tree = json.load(file)
        if tree["model"].get("type") != "Unigram":
            raise ValueError(f"{path}: expected a Unigram tokenizer, found {tree['model'].get('type')!r}")
        self.pieces: list[str] = [piece for piece, _ in tree["model"]["vocab"]]
        self.scores: list[float] = [score for _, score in tree["model"]["vocab"]]
        self.ids = {piece: at for at, piece in enumerate(self.pieces)}
        self.added: dict[str, int] = {token["content"]: token["id"] for token in tree["added_tokens"]}
        self.added_ids = {at: content for content, at in self.added.items()}
        self.size = 1 + max(len(self.pieces) - 1, *self.added.values())
        # An unknown piece loses to every known one (SentencePiece's penalty).
        self.unknown_score = min(self.scores) - 10
        self.longest = max(map(len, self.pieces))
        self.split = re.compile(
            "(" + "|".join(re.escape(token) for token in sorted(self.added, key=len, reverse=True)) + ")"
        )
        self.cache: dict[str, list[int]] = {}
        self.separator = next(self.token(name) for name in SEPARATORS if self.token(name) is not None)
        self.first_sentinel = self.token("<extra_id_0>")

    def token(self, content: str) -> int | None:
        return self.added.get(content, self.ids.get(content))

    def sentinel(self, number: int) -> int:
        """Sentinels of span corruption count down from the first one."""
        return self.first_sentinel - number

    def object_ids(self, count: int) -> list[int]:
        """O1 … O36: pieces of their own where the tokenizer was taught them, else the sentinels after the
        separator's."""
        return [self.ids[f"{META}O{k}"] if f"{META}O{k}" in self.ids else self.sentinel(k) for k in range(1, count + 1)]

    def segment(self, word: str, noise: float = 0.0, rng: random.Random | None = None) -> list[int]:
        """The best segmentation (Viterbi); with noise, one near it. Neighbouring unknown pieces become one."""
        best, back = [0.0] + [-1e18] * len(word), [(0, UNK)] * (len(word) + 1)
        for start in range(len(word)):
            known = False
            for end in range(start + 1, min(len(word), start + self.longest) + 1):
                piece = self.ids.get(word[start:end])
                if piece is None:
                    continue
                known = known or end == start + 1
                score = best[start] + self.scores[piece] + (rng.gauss(0, noise) if rng is not None and noise else 0.0)
                if score > best[end]:
                    best[end], back[end] = score, (start, piece)
            if not known and best[start] + self.unknown_score > best[start + 1]:
                best[start + 1], back[start + 1] = best[start] + self.unknown_score, (start, UNK)
        out, at = [], len(word)
        while at:
            at, piece = back[at]
            out.append(piece)
        out.reverse()
        return [piece for at, piece in enumerate(out) if not (piece == UNK and at and out[at - 1] == UNK)]

    def word(self, word: str, noise: float = 0.0, rng: random.Random | None = None) -> list[int]:
        """Ids of one word without spaces. Only plain words are remembered and only they can be noisy."""
        if word in self.added:
            return [self.added[word]]
        if noise and len(word) > 3:
            return [
                piece
                for part in unicodedata.normalize("NFKC", word).split()
                for piece in self.segment(META + part, noise, rng)
            ]
        found = self.cache.get(word)
        if found is None:
            found = []
            for part in self.split.split(unicodedata.normalize("NFKC", word)):
                if part in self.added:
                    found.append(self.added[part])
                else:
                    found += [
                        piece for x in part.split() for piece in self.segment(x if x.startswith(META) else META + x)
                    ]
            self.cache[word] = found
        return found

    def encode(self, text: str) -> list[int]:
        return [piece for word in text.split() for piece in self.word(word)]

    def decode(self, ids: list[int]) -> str:
        known = [
            f" {self.added_ids[at]} " if at in self.added_ids else self.pieces[at] for at in ids if at not in (PAD, EOS)
        ]
        return " ".join("".join(known).replace(META, " ").split())
