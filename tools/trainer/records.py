"""Reads annotated posts, one JSON record a line, and checks them; spans become word numbers."""
import json
from collections.abc import Iterable
from itertools import combinations

from labels import NO_RELATION

MAX_LINE_BYTES = 1_000_000


def read_records(path: str, needed: Iterable[str]) -> list[dict]:
    """Records with a text and the needed fields. Raises ValueError with the line's number."""
    records = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            if len(line) > MAX_LINE_BYTES:
                raise ValueError(f"{path}:{number}: a record of {len(line)} characters")
            try:
                record = json.loads(line)
            except ValueError as problem:
                raise ValueError(f"{path}:{number}: {problem}") from problem
            if not isinstance(record, dict):
                raise ValueError(f"{path}:{number}: expected an object")
            missing = [field for field in ("text", *needed) if field not in record]
            if missing:
                raise ValueError(f"{path}:{number}: without {', '.join(missing)}")
            records.append(record)
    return records


def read_pairs(path: str) -> list[dict]:
    """Records of pairs, as read_records; a result of `umie extract` stands for all pairs of its post."""
    records: list[dict] = []
    for record in read_records(path, ()):
        records += pairs_of(record) if "entities" in record else [record]
    missing = next((field for record in records for field in ("head", "tail", "relation") if field not in record), None)
    if missing is not None:
        raise ValueError(f"{path}: a record without {missing}, and not a result either")
    return records


def pairs_of(result: dict) -> list[dict]:
    """Every two entities of a result of the engine once, repeated names at their first place: related as the result
    says, or not at all."""
    first: dict[str, dict] = {}
    for entity in result["entities"]:
        first.setdefault(
            entity["text"],
            {"text": entity["text"], "start": entity["start"], "end": entity["end"], "guess": entity["type"]},
        )
    name_of = {entity["id"]: entity["text"] for entity in result["entities"]}
    related = {(name_of[one["head"]], name_of[one["tail"]]): one["type"] for one in result["relations"]}
    pairs = []
    for head, tail in combinations(first, 2):
        if (head, tail) not in related and (tail, head) in related:
            head, tail = tail, head
        pairs.append(
            {
                "text": result["text"],
                "head": first[head],
                "tail": first[tail],
                "relation": related.get((head, tail), NO_RELATION),
            }
        )
    return pairs


def read_marked(path: str) -> list[dict]:
    """Texts with all of their pairs: records of pairs put together by text, as `ExampleBuilder.marked` takes them.

    An end's type is the tagger's guess where there is one, for every end alike: types that only related ends have would
    give the answer away.
    """
    texts: dict[str, dict] = {}
    for record in read_pairs(path):
        words, spans = words_and_spans(
            record["text"], [(end, record[end]["start"], record[end]["end"]) for end in ("head", "tail")]
        )
        if len(spans) != 2:
            continue
        at = texts.setdefault(record["text"], {"words": words, "mentions": {}, "pairs": []})
        numbers = []
        for end, start, stop in spans:
            known = at["mentions"].setdefault(
                (start, stop), [len(at["mentions"]), record[end].get("guess", record[end].get("type"))]
            )
            numbers.append(known[0])
        if not record.get("optional"):  # careful readers disagree: neither right nor wrong
            at["pairs"].append((*numbers, record["relation"]))
    out = []
    for text in texts.values():
        # Mentions that overlap another cannot both be marked.
        kept, last = {}, 0
        for (start, stop), (number, label) in sorted(text["mentions"].items()):
            if start >= last:
                kept[number], last = (start, stop, label), stop
        order = {number: at for at, number in enumerate(kept)}
        pairs = [
            (order[head], order[tail], name)
            for head, tail, name in text["pairs"]
            if head in order and tail in order and head != tail
        ]
        if pairs:
            out.append({"words": text["words"], "mentions": list(kept.values()), "pairs": pairs})
    return out


def words_and_spans(text: str, spans: Iterable[tuple[str, int, int]]) -> tuple[list[str], list[tuple[str, int, int]]]:
    """Words (split at single spaces) and the spans (label, start, end in characters) as (label, first word, word after
    the last).

    A span that does not begin and end with words is left out.
    """
    words = text.split(" ")
    first_at, last_at, at = {}, {}, 0
    for number, word in enumerate(words):
        first_at[at] = number
        last_at[at + len(word)] = number + 1
        at += len(word) + 1
    return words, [
        (label, first_at[start], last_at[end]) for label, start, end in spans if start in first_at and end in last_at
    ]


def entity_spans(record: dict) -> list[tuple[str, int, int]]:
    return [(entity["type"], entity["start"], entity["end"]) for entity in record["entities"]]


def trigger_spans(record: dict) -> list[tuple[str, int, int]]:
    return [(event["type"], event["trigger"]["start"], event["trigger"]["end"]) for event in record["events"]]


def argument_spans(record: dict, event_type: str) -> list[tuple[str, int, int]]:
    """Each (role, span) of the events of one type once, in text order."""
    found = {
        (argument["role"], argument["start"], argument["end"])
        for event in record["events"] if event["type"] == event_type
        for argument in event["arguments"] if "start" in argument
    }
    return sorted(found, key=lambda span: (span[1], span[2], span[0]))


def argument_objects(record: dict, event_type: str) -> list[tuple[str, int]]:
    """(role, number of an image region from 1) of the events of one type: arguments with `object` in place of a text
    span."""
    return sorted({
        (argument["role"], argument["object"])
        for event in record["events"] if event["type"] == event_type
        for argument in event["arguments"] if "object" in argument
    }, key=lambda found: (found[1], found[0]))
