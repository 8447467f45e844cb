"""Makes pre-training examples from a line of raw text: span corruption, masked words, copying."""
import random

from examples import NOT_SCORED, Example
from tokenizer import EOS, META, Tokenizer

# The share of words that are hidden; capitalised words, hashtags and mentions more often: they hold the names an
# extractor needs.
MASKED, MASKED_NAME = 0.16, 0.32
CORRUPTED = 0.18
COPY_PROMPT = "Please repeat the sentence."
FOLLOW_PROMPT = "Please extract the words that follow:"
CAPITALS_PROMPT = "Please extract the capitalized phrases."


class RawText:
    """Works on ids: a word begins with a piece that begins with the space mark."""

    def __init__(self, tokenizer: Tokenizer, max_input: int, max_output: int) -> None:
        self.tokenizer, self.max_input, self.max_output = tokenizer, max_input, max_output
        self.begins = [piece.startswith(META) for piece in tokenizer.pieces]
        self.names = [
            piece.startswith(META) and (piece[1:2].isupper() or piece[1:2] in ("#", "@")) for piece in tokenizer.pieces
        ]
        reserved = set(tokenizer.added.values())
        self.ordinary = [at for at in range(len(tokenizer.pieces)) if at not in reserved]

    def words(self, ids: list[int]) -> list[list[int]]:
        words: list[list[int]] = []
        for piece in ids:
            if not words or piece >= len(self.begins) or self.begins[piece]:
                words.append([piece])
            else:
                words[-1].append(piece)
        return words

    def masked_words(self, ids: list[int], rng: random.Random) -> Example | None:
        """Whole words behind the first sentinel (85 %), as they are or as another piece (the rest); the encoder names
        them (BERT, whole words)."""
        words = self.words(ids)
        if len(words) < 5:
            return None
        seen, labels = [], []
        for word in words:
            hidden = rng.random() < (MASKED_NAME if word[0] < len(self.names) and self.names[word[0]] else MASKED)
            for piece in word:
                x = rng.random()
                shown = (
                    piece
                    if not hidden or 0.85 <= x < 0.93
                    else self.tokenizer.first_sentinel if x < 0.85 else rng.choice(self.ordinary)
                )
                seen.append(shown)
                labels.append(piece if hidden else NOT_SCORED)
        room = self.max_input - 1
        seen, labels = seen[:room] + [EOS], labels[:room] + [NOT_SCORED]
        if all(label == NOT_SCORED for label in labels):
            return None
        return Example(seen, [NOT_SCORED] * len(seen), [], [], masked=labels)

    def denoise(self, ids: list[int], rng: random.Random) -> Example | None:
        """T5 span corruption: 18 % of the words, in spans of one to four, behind sentinels; the decoder writes them."""
        words = self.words(ids)[:45]
        if len(words) < 6:
            return None
        budget = max(1, round(len(words) * CORRUPTED))
        starts = set(rng.sample(range(len(words)), max(1, round(budget / 2))))
        seen: list[int] = []
        target: list[int] = []
        at = number = 0
        while at < len(words):
            if at in starts and budget > 0:
                length = min(budget, rng.choice((1, 1, 2, 2, 3, 4)), len(words) - at)
                sentinel = self.tokenizer.sentinel(number)
                number += 1
                seen.append(sentinel)
                target += [sentinel, *(piece for word in words[at : at + length] for piece in word)]
                budget -= length
                at += length
            if at < len(words):  # two spans never touch
                seen += words[at]
                at += 1
        return self.pair(seen, target)

    def copy(self, ids: list[int], rng: random.Random) -> Example | None:
        """Repeat a stretch, say what follows a word, list the capitalised phrases: what an extractive decoder must be
        able to do."""
        words = self.words(ids)[:40]
        if len(words) < 5:
            return None
        x = rng.random()
        if x < 0.25:
            start = rng.randrange(max(1, len(words) - 8))
            piece = [i for word in words[start : start + rng.randint(3, 9)] for i in word]
            return self.pair(self.tokenizer.encode(COPY_PROMPT) + piece, piece)
        text = [i for word in words for i in word]
        if x < 0.5:
            unique = [at for at in range(len(words) - 2) if words.count(words[at]) == 1]
            if not unique:
                return None
            at = rng.choice(unique)
            following = words[at + 1 : at + 1 + rng.randint(1, 4)]
            prompt = self.tokenizer.encode(FOLLOW_PROMPT) + words[at] + self.tokenizer.word(".")
            return self.pair(prompt + text, [i for word in following for i in word])
        target: list[int] = []
        previous = False
        for word in words:
            capital = word[0] < len(self.names) and self.names[word[0]]
            if capital:
                target += ([self.tokenizer.separator] if target and not previous else []) + word
            previous = capital
        return self.pair(self.tokenizer.encode(CAPITALS_PROMPT) + text, target or self.tokenizer.encode("none"))

    def pair(self, seen: list[int], target: list[int]) -> Example:
        ids, out = seen[: self.max_input - 1] + [EOS], target[: self.max_output - 1] + [EOS]
        return Example(ids, [NOT_SCORED] * len(ids), out, [1.0] * len(out))
