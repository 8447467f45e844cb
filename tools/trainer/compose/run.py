"""Writes a folder of composed pictures, their regions, and posts that name them."""
import json
import multiprocessing
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from compose.boxes import in_fractions
from compose.events import planned_events, read_events, with_objects
from compose.parts import Parts
from compose.photos import Photos
from compose.scene import Composer, Picture, Plan
from compose.split import DEV_IN, SPLITS
from compose.texts import KIND_OF, Planned, counts_of, planned_posts, read_sources

MIX = {"real": 0.3, "caption": 0.1, "ambiguous": 0.3, "unrelated": 0.2, "none": 0.1}
MIN_SIZE, MAX_SIZE = 64, 1024


@dataclass(frozen=True)
class Options:
    """Folders and numbers of one run; `size` is a picture's longer side in pixels."""

    logos: str
    flags: str
    images: str
    data: str
    output: str
    seed: int = 1
    posts: int = 12000
    events: int = 1000
    size: int = 256
    workers: int = 2
    mix: dict[str, float] | None = None


def read_mix(text: str) -> dict[str, float]:
    """ "real=0.5,none=0.5" → shares; names that are missing get 0."""
    mix = dict.fromkeys(MIX, 0.0)
    for part in text.split(","):
        name, _, share = part.partition("=")
        if name not in MIX:
            raise ValueError(f"--mix: {name!r} is not one of {', '.join(MIX)}")
        mix[name] = float(share)
        if not 0 <= mix[name] < 1e9:
            raise ValueError(f"--mix: {part!r} is not a share")
    if not any(mix.values()):
        raise ValueError("--mix: at least one share above 0 is needed")
    return mix


def run(options: Options) -> dict[str, int]:
    """Writes images/, regions.jsonl, mner/composed/ and mee/composed/. The same options give the same bytes, with any
    number of workers.

    Raises ValueError where numbers are out of range or a split has too little to make posts from.
    """
    if options.posts < 1 or options.events < 0 or not MIN_SIZE <= options.size <= MAX_SIZE:
        raise ValueError(f"at least one post and pictures of {MIN_SIZE} to {MAX_SIZE} pixels are made")
    parts, photos = Parts(options.logos, options.flags), Photos(options.images)
    posts: dict[str, list[Planned]] = {}
    events: dict[str, list[Planned]] = {}
    shares = {"train": DEV_IN - 1.0, "dev": 1.0}
    for split in SPLITS:
        sources = read_sources(options.data, split, parts, photos)
        posts[split] = planned_posts(
            sources,
            counts_of(options.posts, shares)[split],
            options.mix or MIX,
            random.Random(f"{options.seed}/{split}"),
        )
        wanted = counts_of(options.events, shares)[split]
        records = read_events(options.data, split) if wanted else []
        events[split] = planned_events(sources, records, wanted, random.Random(f"{options.seed}/{split}/events"))
    os.makedirs(f"{options.output}/images", exist_ok=True)
    plans = [
        each.plan for listed in (posts, events) for split in SPLITS for each in listed[split] if each.plan is not None
    ]
    lines: dict[str, dict] = {}
    with open(f"{options.output}/regions.jsonl", "w", encoding="utf-8") as file:
        for line in drawn_pictures(Composer(parts, photos, options.seed, options.size), plans, options):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            lines[line["image_id"]] = line
    write_records(
        f"{options.output}/mner/composed", posts, lines, lambda record, line: with_regions(record, line, parts)
    )
    if options.events:
        write_records(f"{options.output}/mee/composed", events, lines, with_objects)
    return {
        "posts": options.posts,
        "events": options.events,
        "images": len(lines),
        "regions": sum(len(line["boxes"]) for line in lines.values()),
    }


# ---- pictures, in one process or more

_drawer: "Drawer"


class Drawer:
    """Draws a plan's picture, writes it, says what is in it."""

    def __init__(self, composer: Composer, output: str) -> None:
        self.composer, self.output = composer, output

    def __call__(self, plan: Plan) -> dict:
        picture = self.composer.draw(plan)
        quality = random.Random(f"{self.composer.seed}/{plan.image_id}/quality").randint(55, 92)
        picture.image.save(f"{self.output}/images/{plan.image_id}.jpg", "JPEG", quality=quality)
        return region_line(plan, picture)


def region_line(plan: Plan, picture: Picture) -> dict:
    size, regions = picture.image.size, picture.regions
    return {
        "image_id": plan.image_id, "file": f"images/{plan.image_id}.jpg", "split": plan.split, "size": list(size),
        "boxes": [in_fractions(region.box, size) for region in regions],
        "kinds": [region.kind for region in regions], "names": [region.name for region in regions],
        "keys": [region.key for region in regions], "complete": picture.complete,
    }


def start_worker(drawer: Drawer) -> None:
    global _drawer
    _drawer = drawer


def draw_one(plan: Plan) -> dict:
    return _drawer(plan)


def drawn_pictures(composer: Composer, plans: list[Plan], options: Options) -> Iterator[dict]:
    """Lines in the order of the plans."""
    drawer = Drawer(composer, options.output)
    if options.workers <= 1:
        yield from map(drawer, plans)
        return
    # Forked workers share what is read so far.
    with multiprocessing.get_context("fork").Pool(options.workers, start_worker, (drawer,)) as pool:
        yield from pool.imap(draw_one, plans, chunksize=16)


# ---- records


def with_regions(record: dict, line: dict, parts: Parts) -> dict:
    """Entities with `object` and `boxes`: the region of their own name, else the largest of their kind that is left;
    null where there is none."""
    left = list(range(len(line["kinds"])))
    chosen: dict[int, int] = {}
    for by_name in (True, False):
        for at, entity in enumerate(record["entities"]):
            found = (
                None
                if at in chosen
                else next((region for region in left if is_of(entity, line, region, parts if by_name else None)), None)
            )
            if found is not None:
                chosen[at] = found
                left.remove(found)
    links = [
        {"object": chosen[at], "boxes": [line["boxes"][chosen[at]]]} if at in chosen else {"object": None}
        for at in range(len(record["entities"]))
    ]
    return record | {"entities": [entity | link for entity, link in zip(record["entities"], links)]}


def is_of(entity: dict, line: dict, region: int, parts: Parts | None) -> bool:
    """Whether a region is of the kind an entity's type is seen as and, with `parts`, is the very brand or country that
    it names."""
    kind = KIND_OF.get(entity["type"])
    if line["kinds"][region] != kind:
        return False
    return (
        parts is None or line["keys"][region] is not None and parts.key_of(kind, entity["text"]) == line["keys"][region]
    )


def write_records(
    folder: str, planned: dict[str, list[Planned]], lines: dict[str, dict], finish: Callable[[dict, dict], dict]
) -> None:
    """One file a split; records whose picture's regions matter are finished with them."""
    os.makedirs(folder, exist_ok=True)
    for split in SPLITS:
        with open(f"{folder}/{split}.jsonl", "w", encoding="utf-8") as file:
            for each in planned[split]:
                record = (
                    finish(each.record, lines[each.plan.image_id])
                    if each.plan is not None and each.linked
                    else each.record
                )
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
