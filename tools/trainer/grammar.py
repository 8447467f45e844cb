"""Says which tokens an answer may continue with, given the words of a text and the requested labels. The twin of
src/tasks/grammar/grammar.ts."""
from labels import NO_SPAN
from tokenizer import EOS, Tokenizer

SPAN = "span"


class SpanGrammar:
    """`none`, or `type, span` separated by <spot>; a span is a run of whole words; ordered: spans go from left to
    right.

    States: ("begin"|"again", None, from, copied), ("type", trie node, …), ("none", trie node, …), ("span", open places,
    …); `from`: where a span may begin; `copied`: tokens of the text up to the last one copied by the records before.
    """

    def __init__(self, tokenizer: Tokenizer, words: list[list[int]], types: list[str], ordered: bool = True) -> None:
        self.flat = [piece for word in words for piece in word]
        self.starts: list[int] = []
        self.ends: set[int] = set()
        at = 0
        for word in words:
            if word:
                self.starts.append(at)
            at += len(word)
            self.ends.add(at)
        self.separator, self.ordered = tokenizer.separator, ordered
        self.types = trie([tokenizer.encode(f"{label},") for label in types], SPAN)
        self.none = trie([tokenizer.encode(NO_SPAN)], EOS)
        self.start = ("begin", None, 0, 0)

    def allowed(self, state: tuple) -> list[int]:
        kind, at, low, _ = state
        if kind == "begin":
            return [*self.types, *self.none] if any(start >= low for start in self.starts) else list(self.none)
        if kind == "again":
            return list(self.types)
        if kind == "none":
            return list(at)
        if kind == "type":
            return [
                *(key for key in at if key != SPAN),
                *({self.flat[p] for p in self.starts if p >= low} if SPAN in at else ()),
            ]
        following = {self.flat[place] for place in at if place < len(self.flat)}
        done = [place for place in at if place in self.ends]
        if done:
            following.add(EOS)
            if not self.ordered or any(start >= min(done) for start in self.starts):
                following.add(self.separator)
        return list(following)

    def next(self, state: tuple, token: int) -> tuple:
        kind, at, low, copied = state
        if kind in ("begin", "again"):
            return (
                ("type", self.types[token], low, copied)
                if token in self.types
                else ("none", self.none[token], low, copied)
            )
        if kind == "none":
            return ("none", at[token], low, copied)
        if kind == "type":
            if token in at:
                return ("type", at[token], low, copied)
            return ("span", frozenset(p + 1 for p in self.starts if p >= low and self.flat[p] == token), low, copied)
        if token == self.separator:
            end = min(place for place in at if place in self.ends)
            return ("again", None, end if self.ordered else 0, end)
        return ("span", frozenset(p + 1 for p in at if p < len(self.flat) and self.flat[p] == token), low, copied)

    def place(self, state: tuple) -> int:
        """Tokens of the text up to the one that was copied last, 0 before any was."""
        kind, at, _, copied = state
        return min(at) if kind == "span" else copied


class ChoiceGrammar:
    """One of a list of id sequences."""

    def __init__(self, choices: list[list[int]]) -> None:
        self.start = trie(choices, EOS)

    def allowed(self, state: dict) -> list[int]:
        return list(state)

    def next(self, state: dict, token: int) -> dict:
        return state[token]

    def place(self, state: dict) -> int:
        return 0


def trie(sequences: list[list[int]], end) -> dict:
    """Nested dictionaries; `end` marks where a sequence is complete."""
    root: dict = {}
    for sequence in sequences:
        node = root
        for token in sequence:
            node = node.setdefault(token, {})
        node[end] = {}
    return root
