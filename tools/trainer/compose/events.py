"""Makes event posts from annotated sentences (M2E2) whose pictures hold arguments that the text does not name."""
import os
import random
from collections.abc import Iterator

from compose.scene import Plan
from compose.texts import MAX_WORDS, Planned, Sources, endless, numbered
from records import read_records

SET = "m2e2"
# Which role people in a picture play, and how many of them: what M2E2's image events have most often (people meet in
# groups, one is arrested).
SHOWN_AS = {
    "meet": ("entity", 8),
    "demonstrate": ("entity", 8),
    "die": ("victim", 1),
    "arrest jail": ("person", 1),
    "transport": ("artifact", 1),
    "phone write": ("entity", 1),
    "attack": ("target", 1),
    "transfer": ("recipient", 1),
}
# People further back do not count as arguments: below this share of the largest one's area.
FOREGROUND = 0.25


def read_events(data: str, split: str) -> list[dict]:
    """Sentences whose events are all of one type: with two, it is not clear whose argument a person is."""
    path = f"{data}/mee/{SET}/{split}.jsonl"
    if not os.path.exists(path):
        raise ValueError(f"{path} is missing; --events 0 makes no event posts")
    fields = ("text", "events")
    records = [{name: record[name] for name in fields} for record in read_records(path, ["events"])]
    return [
        each
        for each in records
        if len({event["type"] for event in each["events"]}) == 1 and len(each["text"].split()) <= MAX_WORDS
    ]


def planned_events(sources: Sources, records: list[dict], total: int, chance: random.Random) -> list[Planned]:
    """55 of 100 with people in the picture, 30 with something else, 15 without a picture."""
    return [
        numbered(planned, f"{sources.split}-event-{number}")
        for number, planned in zip(range(total), event_posts(sources, records, chance))
    ]


def event_posts(sources: Sources, records: list[dict], chance: random.Random) -> Iterator[Planned]:
    for record in endless(records, chance):
        style = chance.random()
        if style < 0.55:
            extra = ((None,) * int(chance.random() < 0.15) for _ in range(2))
            yield Planned(
                record | {"picture": "fitting"},
                Plan("", sources.split, chance.choice((1, 1, 2)), *extra, int(chance.random() < 0.1)),
            )
        elif style < 0.85:
            logos, flags, objects = chance.choice(((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0, 0, 0)))
            yield Planned(
                record | {"picture": "unrelated"}, Plan("", sources.split, 0, (None,) * logos, (None,) * flags, objects)
            )
        else:
            yield Planned(record | {"picture": "none"}, None)


def with_objects(record: dict, line: dict) -> dict:
    """The events with the people of the picture as arguments, {"role", "object": number of the region from 1}, largest
    first."""
    persons = [
        (at + 1, (x2 - x1) * (y2 - y1))
        for at, (x1, y1, x2, y2) in enumerate(line["boxes"])
        if line["kinds"][at] == "person"
    ]
    if not persons:
        return record
    largest = max(size for _, size in persons)
    near = [number for number, size in persons if size >= FOREGROUND * largest]
    events = []
    for event in record["events"]:
        role, most = SHOWN_AS.get(event["type"], ("", 0))
        events.append(
            event | {"arguments": event["arguments"] + [{"role": role, "object": number} for number in near[:most]]}
        )
    return record | {"events": events}
