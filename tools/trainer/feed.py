"""Feeds endless padded batches from a mix of data sets: resumable, and the same for a seed however many workers build
them."""
import glob
import math
import os
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from checkpoint import read_config
from config import Config, Data, mix_at
from examples import NOT_SCORED, Example, ExampleBuilder, Markers, Names
from labels import COARSE, NO_RELATION, RELATIONS_OF, Prompts
from pictures import read_kinds, read_sources
from raw_text import RawText
from records import read_marked, read_pairs, read_records
from shards import Shard
from tokenizer import PAD, Tokenizer

FIELDS = {"mner": ["entities"], "gmner": ["entities"], "med": ["events"], "meae": ["events"], "eventful": ["events"]}
PAIR_TASKS = ("mre", "read", "related")
MARKED = "marked"
FOLDER = {
    MARKED: "mre",
    "med": "mee",
    "meae": "mee",
    "gmner": "mner",
    "read": "mre",
    "related": "mre",
    "eventful": "mee",
}
RAW_TASKS = ("denoise", "copy", "words")
# Of sentences without events among those drawn for a task.
EVENT_SHARES = {"med": 0.35, "eventful": 0.6}


@dataclass
class Batch:
    """ids, tags, masked [B, L]; target, weights [B, T] (T = 0: masked words only); heads [B, 2]; relation [B]; images:
    per row an id or None.

    gates [B]: what the picture should count, NaN: unknown; orders: per row that of its regions; seen [N, 3]:
    row, id, number of the object. unrelated [B]: whether the row's picture was made for another text. begin [B]: id of
    the text's first token; copied [B, T]: the input id that each target token copies, -1 for none; marked [N, 4]: row,
    position of the head's marker, of the tail's, number of the relation. pairs [N, 6]: row, begin and end of head and
    tail, 1 if they are related; texts [N, 4]: row, begin and end of the text, 1 if something happens.
    """

    ids: np.ndarray
    tags: np.ndarray
    target: np.ndarray
    weights: np.ndarray
    heads: np.ndarray
    relation: np.ndarray
    masked: np.ndarray | None
    images: list[str | None]
    gates: np.ndarray
    orders: list[list[int] | None]
    seen: np.ndarray
    unrelated: np.ndarray
    pairs: np.ndarray
    texts: np.ndarray
    begin: np.ndarray
    copied: np.ndarray
    marked: np.ndarray


def pad(rows: list[list], fill: float, dtype: type, multiple: int = 8) -> np.ndarray:
    """[B, longest], the length rounded up so that shapes repeat."""
    length = (max(map(len, rows)) + multiple - 1) // multiple * multiple
    out = np.full((len(rows), length), fill, dtype)
    for at, row in enumerate(rows):
        out[at, : len(row)] = row
    return out


def collate(examples: list[Example]) -> Batch:
    return Batch(
        ids=pad([e.ids for e in examples], PAD, np.int32),
        tags=pad([e.tags for e in examples], NOT_SCORED, np.int32),
        target=pad([e.target for e in examples], NOT_SCORED, np.int32, 4),
        weights=pad([e.weights for e in examples], 0.0, np.float32, 4),
        heads=np.array([e.heads for e in examples], np.int32),
        relation=np.array([e.relation for e in examples], np.int32),
        masked=None if examples[0].masked is None else pad([e.masked or [] for e in examples], NOT_SCORED, np.int32),
        images=[e.image for e in examples],
        gates=np.array([math.nan if e.gate is None else e.gate for e in examples], np.float32),
        orders=[e.order for e in examples],
        seen=np.array(
            [
                (row, at, number)
                for row, e in enumerate(examples)
                for first, last, number in e.seen
                for at in range(first, last)
            ],
            np.int32,
        ).reshape(-1, 3),
        unrelated=np.array([e.unrelated for e in examples]),
        pairs=np.array([(row, *e.pair) for row, e in enumerate(examples) if e.pair is not None], np.int32).reshape(
            -1, 6
        ),
        texts=np.array([(row, *e.text) for row, e in enumerate(examples) if e.text is not None], np.int32).reshape(
            -1, 4
        ),
        begin=np.array([e.begin for e in examples], np.int32),
        copied=pad([e.copied + [-1] * (len(e.target) - len(e.copied)) for e in examples], -1, np.int32, 4),
        marked=np.array([(row, *pair) for row, e in enumerate(examples) for pair in e.marked], np.int32).reshape(-1, 4),
    )


class Source:
    """All data of a run: `sizes[task]` items, and `example(task, item, rng)`."""

    def __init__(self, config: Config) -> None:
        data = config.data
        self.tokenizer = Tokenizer(config.run.tokenizer)
        names = sorted({name for _, weights in data.mix for name in weights})
        self.items: dict[str, Any] = {name: self.load(config, name) for name in names}
        self.sizes = {name: len(items) for name, items in self.items.items()}
        empty = [name for name, size in self.sizes.items() if size == 0]
        if empty:
            raise ValueError(f"no examples for {', '.join(empty)}")
        self.raw = RawText(self.tokenizer, data.max_input, data.max_output)
        self.builder = ExampleBuilder(
            self.tokenizer,
            data.max_input,
            data.max_output,
            data.chance,
            self.names(data.gazetteer),
            self.tokenizer.object_ids(36),
            data.entity_types,
            *((read_sources(data.regions), read_kinds(data.regions)) if data.regions is not None else (None, None)),
            prompts=Prompts(self.model_setting(config, "instructors")),
        )
        if any(name.startswith(f"{MARKED}/") for name in names):
            self.builder.markers = self.markers(self.model_setting(config, "pair_relations"))
        for name in names:
            task, data_set = name.split("/")
            if task == "mre":
                self.builder.relations_seen[data_set] = sorted({record["relation"] for record in self.items[name]})

    def model_setting(self, config: Config, setting: str) -> Any:
        """A setting of the model; what the configuration does not say, the checkpoint it begins with does. None where
        neither does."""
        own = (config.model.get("umie") or {}).get(setting)
        if own is not None or config.run.init is None:
            return own
        return read_config(config.run.init).get("umie", {}).get(setting)

    def load(self, config: Config, name: str) -> Any:
        task, _, data_set = name.partition("/")
        if task in RAW_TASKS:
            return Shard(config.data.shards[data_set])
        if name == "names/gazetteer":
            return range(1 << 20)  # a name list is drawn, not read
        if task not in (*FIELDS, *PAIR_TASKS, MARKED):
            known = ", ".join([*FIELDS, *PAIR_TASKS, MARKED, *RAW_TASKS, "names/gazetteer"])
            raise ValueError(f"data.mix: unknown task in {name!r}; known: {known}")
        folder = FOLDER.get(task, task)
        path = config.data.files.get(name, f"{config.data.root}/{folder}/{data_set}/train.jsonl")
        if task == MARKED:
            return read_marked(path)
        records = read_pairs(path) if task in PAIR_TASKS else read_records(path, FIELDS[task])
        if task == "meae":
            return [
                (record, event) for record in records for event in sorted({event["type"] for event in record["events"]})
            ]
        # Sentences with events first: `Plan.job` draws the others on purpose.
        return sorted(records, key=lambda record: not record["events"]) if task in EVENT_SHARES else records

    def markers(self, relations: list[str]) -> Markers:
        ids = self.tokenizer.ids
        opening = {piece[3:-1]: at for piece, at in ids.items() if piece.startswith("<m:") and piece.endswith(">")}
        return Markers(opening, ids["</m>"], {name: at for at, name in enumerate(relations)})

    def names(self, gazetteer: str | None) -> Names:
        """Names for mention replacement: every mention of up to five words, and the gazetteers."""
        mentions: dict[str, list[str]] = defaultdict(list)
        for name, items in self.items.items():
            task, _, data_set = name.partition("/")
            if task == "mner" and not data_set.startswith("crossner"):
                coarse = COARSE.get(data_set, {})
                for record in items:
                    for entity in record["entities"]:
                        if len(entity["text"].split()) <= 5:
                            mentions[coarse.get(entity["type"], entity["type"])].append(entity["text"])
            if task == "mre":
                for record in items:
                    for end in (record["head"], record["tail"]):
                        if "type" in end:
                            mentions[end["type"]].append(end["text"])
        lists = {}
        for path in sorted(glob.glob(f"{gazetteer}/*.txt")) if gazetteer else []:
            with open(path, encoding="utf-8") as file:
                lists[os.path.splitext(os.path.basename(path))[0]] = file.read().splitlines()
        return Names(dict(mentions), lists)

    def example(self, name: str, item: int, rng: random.Random) -> Example | None:
        task, _, data_set = name.partition("/")
        self.builder.rng = rng
        if task in RAW_TASKS:
            make = {"denoise": self.raw.denoise, "copy": self.raw.copy, "words": self.raw.masked_words}[task]
            return make(self.items[name][item], rng)
        if task == "names":
            return self.builder.name_list()
        record = self.items[name][item]
        if task == "mre":
            return self.builder.relation(record, data_set)
        if task == "meae":
            return self.builder.arguments(*record)
        if task == "related":
            return self.builder.related(record)
        if task == MARKED:
            return self.builder.marked(record)
        if task == "read":
            return self.builder.relation_on_reading(record)
        make = {
            "med": lambda: self.builder.events(record),
            "eventful": lambda: self.builder.eventful(record),
            "gmner": lambda: self.builder.grounded(record, data_set),
            "mner": lambda: self.builder.entities(record, data_set),
        }
        return make[task]()


@dataclass
class Job:
    """A chunk: what goes into it was drawn by the plan; how each example looks comes from the seed."""

    number: int
    seed: int
    draws: list[tuple[str, int]]


class Plan:
    """Draws jobs. Every data set is walked in a new order each time round, so no record is drawn twice before all were
    drawn once."""

    def __init__(
        self, sizes: dict[str, int], seed: int, chunk_examples: int, event_shares: dict[str, float] | None = None
    ) -> None:
        self.event_shares = EVENT_SHARES | (event_shares or {})
        self.sizes, self.seed, self.chunk_examples = sizes, seed, chunk_examples
        self.next, self.used = 0, dict.fromkeys(sizes, 0)
        self.orders: dict[str, tuple[int, np.ndarray]] = {}

    def state(self) -> dict:
        return {"next": self.next, "used": dict(self.used)}

    def restore(self, state: dict) -> None:
        self.next, self.used = state["next"], self.used | state["used"]

    def item(self, name: str) -> int:
        size, used = self.sizes[name], self.used[name]
        self.used[name] += 1
        turn = used // size
        if self.orders.get(name, (-1,))[0] != turn:
            self.orders[name] = (turn, np.random.default_rng([self.seed, turn, *name.encode()]).permutation(size))
        return int(self.orders[name][1][used % size])

    def job(
        self,
        weights: dict[str, float],
        no_relation: Callable[[str, int], bool],
        redraw: float,
        eventless: dict[str, int],
    ) -> Job:
        """One chunk's draws. Part of the "none" relations are drawn again; sentences without events are a fixed
        share."""
        rng = random.Random(f"{self.seed}/{self.next}")
        draws = []
        for name in rng.choices(list(weights), list(weights.values()), k=self.chunk_examples):
            item = self.item(name)
            if no_relation(name, item) and rng.random() < redraw:
                item = self.item(name)
            if name in eventless:
                with_events = eventless[name]
                quiet = rng.random() < self.event_shares[name.partition("/")[0]] and with_events < self.sizes[name]
                item = with_events + item % (self.sizes[name] - with_events) if quiet else item % max(1, with_events)
            draws.append((name, item))
        self.next += 1
        return Job(self.next - 1, self.seed, draws)


def build_chunk(source: Source, job: Job, data: Data) -> list[Batch]:
    """The job's examples, sorted by length and cut into batches of up to `batch_tokens` padded tokens; masked-word
    examples apart."""
    most = data.batch_examples or len(job.draws)
    rng = random.Random(f"{job.seed}/{job.number}/examples")
    examples = [example for name, item in job.draws if (example := source.example(name, item, rng)) is not None]
    groups: list[list[Example]] = []
    for masked in (False, True):
        group: list[Example] = []
        longest = 0
        of_kind = [example for example in examples if (example.masked is not None) == masked]
        for example in sorted(of_kind, key=lambda e: (len(e.ids) + rng.randint(0, 6), len(e.target))):
            if len(group) == most or (group and max(longest, len(example.ids)) * (len(group) + 1) > data.batch_tokens):
                groups.append(group)
                group, longest = [], 0
            group.append(example)
            longest = max(longest, len(example.ids))
        if group:
            groups.append(group)
    rng.shuffle(groups)
    return [collate(group) for group in groups]


_worker: tuple[Source, Data] | None = None


def _start(config: Config) -> None:
    global _worker
    _worker = Source(config), config.data


def _build(job: Job) -> list[Batch]:
    assert _worker is not None
    return build_chunk(_worker[0], job, _worker[1])


def chunk_examples(data: Data) -> int:
    """Examples of a chunk of about `batches_per_chunk` batches, at some 60 tokens an example."""
    return max(1, data.batches_per_chunk * min(data.batch_tokens // 60, data.batch_examples or data.batch_tokens))


class Feed:
    """Iterates over batches. `progress` steers the mix; `state()` and `restore()` continue exactly after the last
    batch."""

    def __init__(self, config: Config, state: dict | None = None) -> None:
        self.config, self.progress = config, 0.0
        self.source = Source(config)
        self.plan = Plan(self.source.sizes, config.run.seed, chunk_examples(config.data), config.data.eventless)
        self.waiting: deque[tuple[Job, Any]] = deque()
        self.used = 0  # batches of the first waiting chunk that were handed out
        events = {name: items for name, items in self.source.items.items() if name.partition("/")[0] in EVENT_SHARES}
        self.eventless = {name: sum(bool(record["events"]) for record in items) for name, items in events.items()}
        workers = config.data.workers
        self.pool = get_context("spawn").Pool(workers, _start, (config,)) if workers else None
        if state is not None:
            self.plan.restore(state["plan"])
            self.used = state["used"]
            for number, seed, draws in state["waiting"]:
                self.send(Job(number, seed, [tuple(draw) for draw in draws]))

    def send(self, job: Job) -> None:
        self.waiting.append((job, self.pool.apply_async(_build, (job,)) if self.pool else None))

    def no_relation(self, name: str, item: int) -> bool:
        return (
            name.startswith(("mre/", "read/"))
            and name.split("/")[1] in RELATIONS_OF
            and self.source.items[name][item]["relation"] == NO_RELATION
        )

    def __iter__(self) -> Iterator[Batch]:
        data = self.config.data
        while True:
            while len(self.waiting) < data.chunks_ahead:
                weights = mix_at(data.mix, self.progress)
                self.send(self.plan.job(weights, self.no_relation, data.chance.redraw_no_relation, self.eventless))
            job, pending = self.waiting[0]
            batches = pending.get() if pending is not None else build_chunk(self.source, job, data)
            for batch in batches[self.used :]:
                self.used += 1
                yield batch
            self.waiting.popleft()
            self.used = 0

    def state(self) -> dict:
        return {
            "plan": self.plan.state(),
            "used": self.used,
            "waiting": [(job.number, job.seed, job.draws) for job, _ in self.waiting],
        }

    def close(self) -> None:
        if self.pool:
            self.pool.terminate()
            self.pool.join()
