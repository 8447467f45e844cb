"""Scores a model on annotated posts: strict micro scores by the rules of `umie evaluate`, so that the numbers
compare."""
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from decode import generate
from grammar import ChoiceGrammar, SpanGrammar
from labels import EVENTS, NO_RELATION, NO_SPAN, RELATIONS_OF, ROLES, TYPES_OF, Prompts
from records import argument_spans, entity_spans, trigger_spans, words_and_spans
from tokenizer import EOS, Tokenizer
from umie_model import UMIE

MAX_INPUT = 256
Span = tuple[str, int, int]


@dataclass
class Counts:
    """Right, predicted and gold records; outputs with a piece that is not a record; all outputs."""

    right: int = 0
    predicted: int = 0
    gold: int = 0
    malformed: int = 0
    outputs: int = 0
    correct: int = 0  # relations named right, "none" among them

    def add(self, predicted: set, gold: set, gold_count: int | None = None) -> None:
        """`gold_count` counts annotations that cannot be reached (spans inside a word) as missed."""
        self.right += len(predicted & gold)
        self.predicted += len(predicted)
        self.gold += len(gold) if gold_count is None else gold_count

    def scores(self) -> dict[str, float]:
        """In percent."""
        precision, recall = self.right / max(1, self.predicted), self.right / max(1, self.gold)
        return {
            "precision": 100 * precision,
            "recall": 100 * recall,
            "f1": 200 * precision * recall / max(1e-9, precision + recall),
            "malformed": 100 * self.malformed / max(1, self.outputs),
        }


@dataclass
class Judge:
    """How a model answers: beams, and whether outputs are held to the grammar."""

    model: UMIE
    tokenizer: Tokenizer
    beams: int = 1
    constrained: bool = False
    rows: int = 256
    types_of: dict[str, list[str]] = field(default_factory=dict)

    @property
    def prompts(self) -> Prompts:
        return Prompts(self.model.c["umie"].get("instructors"))

    def word_ids(self, text: str) -> list[list[int]]:
        return [self.tokenizer.word(word) for word in text.split(" ")]

    def input_of(self, prompt: str, words: list[list[int]]) -> list[int]:
        return (self.tokenizer.encode(prompt) + [piece for word in words for piece in word])[: MAX_INPUT - 1] + [EOS]

    def ask_spans(
        self, questions: list[tuple[str, list[list[int]], list[str], bool]], counts: Counts
    ) -> list[set[Span]]:
        """questions: (prompt, word ids, labels, spans from left to right?) → predicted spans."""
        grammars = (
            [SpanGrammar(self.tokenizer, words, labels, ordered) for _, words, labels, ordered in questions]
            if self.constrained
            else None
        )
        inputs = [self.input_of(prompt, words) for prompt, words, _, _ in questions]
        begins = [min(len(self.tokenizer.encode(prompt)), len(ids) - 1) for (prompt, *_), ids in zip(questions, inputs)]
        answers = generate(self.model, inputs, self.beams, grammars, rows=self.rows, begins=begins)
        out = []
        for ids, (_, words, labels, _) in zip(answers, questions):
            spans, malformed = read_spans(self.tokenizer, ids, words, labels)
            counts.malformed += malformed
            counts.outputs += 1
            out.append(set(spans))
        return out


def read_spans(
    tokenizer: Tokenizer, ids: list[int], words: list[list[int]], labels: list[str]
) -> tuple[list[Span], bool]:
    """(spans, whether a piece was not a record). A span is placed at its next free place in the text, else at its
    first."""
    if ids == tokenizer.encode(NO_SPAN) or not ids:
        return [], not ids
    heads = sorted(((tokenizer.encode(f"{label},"), label) for label in labels), key=lambda head: -len(head[0]))
    out: list[Span] = []
    malformed, last = False, 0
    for segment in split_at(ids, tokenizer.separator):
        head, label = next(((head, label) for head, label in heads if segment[: len(head)] == head), ([], None))
        places = (
            []
            if label is None
            else [place for place in places_of(segment[len(head) :], words) if (label, *place) not in out]
        )
        if label is None or not places:
            malformed = True
            continue
        start, end = next((place for place in places if place[0] >= last), places[0])
        out.append((label, start, end))
        last = end
    return out, malformed


def split_at(ids: list[int], separator: int) -> list[list[int]]:
    segments: list[list[int]] = [[]]
    for token in ids:
        if token == separator:
            segments.append([])
        else:
            segments[-1].append(token)
    return segments


def places_of(body: list[int], words: list[list[int]]) -> list[tuple[int, int]]:
    """Runs of whole words whose ids are the body's."""
    out = []
    for start in range(len(words)):
        used, end = 0, start
        while end < len(words) and used < len(body) and words[end] == body[used : used + len(words[end])]:
            used += len(words[end])
            end += 1
        if used == len(body) and used:
            out.append((start, end))
    return out


def judge_entities(judge: Judge, records: list[dict], data_set: str) -> Counts:
    counts = Counts()
    types = (TYPES_OF | judge.types_of)[data_set]
    questions = [(judge.prompts.entity(types), judge.word_ids(record["text"]), types, True) for record in records]
    for record, predicted in zip(records, judge.ask_spans(questions, counts)):
        _, gold = words_and_spans(record["text"], entity_spans(record))
        counts.add(predicted, set(gold), len(record["entities"]))
    return counts


def judge_relations(judge: Judge, records: list[dict], data_set: str) -> Counts:
    """F1 without `none`: a relation counts when head, relation and tail match word for word."""
    counts = Counts(outputs=len(records))
    relations = RELATIONS_OF[data_set]
    inputs, choices = [], []
    for record in records:
        head, tail = record["head"]["text"], record["tail"]["text"]
        inputs.append(judge.input_of(judge.prompts.relation(head, tail, relations), judge.word_ids(record["text"])))
        choices.append(
            {tuple(judge.tokenizer.encode(f"{head}, {relation}, {tail}")): relation for relation in relations}
        )
    grammars = [ChoiceGrammar([list(choice) for choice in each]) for each in choices] if judge.constrained else None
    for ids, choice, record in zip(
        generate(judge.model, inputs, judge.beams, grammars, rows=judge.rows), choices, records
    ):
        predicted, gold = choice.get(tuple(ids)), record["relation"]
        counts.malformed += predicted is None
        counts.correct += predicted == gold
        counts.add({predicted} - {None, NO_RELATION}, {gold} - {NO_RELATION})
    return counts


def judge_events(judge: Judge, records: list[dict], data_set: str) -> Counts:
    counts = Counts()
    for record, predicted in zip(records, ask_events(judge, records, counts)):
        _, gold = words_and_spans(record["text"], trigger_spans(record))
        counts.add(predicted, set(gold), len(record["events"]))
    return counts


def ask_events(judge: Judge, records: list[dict], counts: Counts) -> list[set[Span]]:
    return judge.ask_spans(
        [(judge.prompts.event(EVENTS), judge.word_ids(record["text"]), EVENTS, True) for record in records], counts
    )


def judge_arguments(judge: Judge, records: list[dict], data_set: str) -> Counts:
    """With gold event types."""
    return score_arguments(judge, records, [{event["type"] for event in record["events"]} for record in records])


def judge_cascade(judge: Judge, records: list[dict], data_set: str) -> Counts:
    """With the event types that med found."""
    found = ask_events(judge, records, Counts())
    return score_arguments(judge, records, [{label for label, _, _ in spans} for spans in found])


def score_arguments(judge: Judge, records: list[dict], types: list[set[str]]) -> Counts:
    """A right argument has the event type, the role and the exact span; arguments of events that were not requested are
    missed."""
    counts = Counts()
    pairs = [(at, event) for at, events in enumerate(types) for event in sorted(events)]
    questions = [
        (judge.prompts.argument(event, ROLES[event]), judge.word_ids(records[at]["text"]), ROLES[event], False)
        for at, event in pairs
    ]
    predicted: dict[int, set] = {}
    for (at, event), spans in zip(pairs, judge.ask_spans(questions, counts)):
        predicted.setdefault(at, set()).update((event, *span) for span in spans)
    for at, record in enumerate(records):
        gold = {
            (event, *span) for event in {each["type"] for each in record["events"]}
            for span in words_and_spans(record["text"], argument_spans(record, event))[1]
        }
        counts.add(predicted.get(at, set()), gold)
    return counts


JUDGES: dict[str, Callable[[Judge, list[dict], str], Counts]] = {
    "mner": judge_entities, "mre": judge_relations, "med": judge_events, "meae": judge_arguments, "mee": judge_cascade,
}


def evaluate(judge: Judge, task: str, data_set: str, records: list[dict]) -> dict[str, float]:
    """Scores in percent, and seconds."""
    started = time.time()
    judge.model.eval()
    counts = JUDGES[task](judge, records, data_set)
    scores = counts.scores()
    if task == "mre":
        scores["accuracy"] = 100 * counts.correct / max(1, len(records))
    return {**scores, "records": len(records), "seconds": time.time() - started}
