"""Goes in: annotated posts, one JSON record a line. Comes out: records, checked, with spans as word numbers."""
import json
from collections.abc import Iterable

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


def words_and_spans(text: str, spans: Iterable[tuple[str, int, int]]) -> tuple[list[str], list[tuple[str, int, int]]]:
    """Words (split at single spaces) and the spans (label, start, end in characters) as (label, first word, word after the last).

    A span that does not begin and end with words is left out.
    """
    words = text.split(" ")
    first_at, last_at, at = {}, {}, 0
    for number, word in enumerate(words):
        first_at[at] = number
        last_at[at + len(word)] = number + 1
        at += len(word) + 1
    return words, [(label, first_at[start], last_at[end]) for label, start, end in spans if start in first_at and end in last_at]


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
    """(role, number of an image region from 1) of the events of one type: arguments with `object` in place of a text span."""
    return sorted({
        (argument["role"], argument["object"])
        for event in record["events"] if event["type"] == event_type
        for argument in event["arguments"] if "object" in argument
    }, key=lambda found: (found[1], found[0]))
