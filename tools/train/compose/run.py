"""Goes in: folders of icons, photographs and posts, a seed. Comes out: a folder of pictures, their regions, and posts that name them."""
import json
import multiprocessing
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass

from compose.boxes import in_fractions
from compose.parts import Parts, plain
from compose.photos import Photos
from compose.scene import Composer, Picture, Plan
from compose.split import DEV_IN, SPLITS
from compose.texts import KIND_OF, Planned, counts_of, planned_posts, read_sources

MIX = {"real": 0.3, "caption": 0.1, "ambiguous": 0.3, "unrelated": 0.2, "none": 0.1}


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
    size: int = 256
    workers: int = 2
    mix: dict[str, float] | None = None


def read_mix(told: str) -> dict[str, float]:
    """ "real=0.5,none=0.5" → shares; what is not named gets nothing."""
    mix = dict.fromkeys(MIX, 0.0)
    for part in told.split(","):
        name, _, share = part.partition("=")
        if name not in MIX:
            raise ValueError(f"--mix: {name!r} is none of {', '.join(MIX)}")
        mix[name] = float(share)
        if not 0 <= mix[name] < 1e9:
            raise ValueError(f"--mix: {part!r} is no share")
    if not any(mix.values()):
        raise ValueError("--mix: at least one share above 0 is needed")
    return mix


def run(options: Options) -> dict[str, int]:
    """Writes images/, regions.jsonl and mner/composed/. The same options give the same bytes, with any number of workers."""
    parts, photos = Parts(options.logos, options.flags), Photos(options.images)
    planned: list[Planned] = []
    for split, total in counts_of(options.posts, {"train": DEV_IN - 1.0, "dev": 1.0}).items():
        chance = random.Random(f"{options.seed}/{split}")
        planned += planned_posts(read_sources(options.data, split, parts, photos), total, options.mix or MIX, chance)
    os.makedirs(f"{options.output}/images", exist_ok=True)
    plans = [each.plan for each in planned if each.plan is not None]
    lines_of: dict[str, dict] = {}
    with open(f"{options.output}/regions.jsonl", "w", encoding="utf-8") as file:
        for line in drawn_pictures(Composer(parts, photos, options.seed, options.size), plans, options):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            lines_of[line["image_id"]] = line
    write_records(f"{options.output}/mner/composed", planned, lines_of)
    return {"posts": len(planned), "images": len(plans), "regions": sum(len(line["boxes"]) for line in lines_of.values())}


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
        "kinds": [region.kind for region in regions], "names": [region.name for region in regions], "complete": picture.complete,
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


def linked(entities: list[dict], line: dict) -> list[dict]:
    """Entities with `object` and `boxes`: a region with the entity's own name first, then the largest of its kind that is left; null: none fits."""
    left = list(range(len(line["kinds"])))
    own: dict[int, int] = {}
    for at, entity in enumerate(entities):
        match = next((region for region in left if line["kinds"][region] == KIND_OF.get(entity["type"]) and same_name(entity, line, region)), None)
        if match is not None:
            own[at] = match
            left.remove(match)
    found = []
    for at, entity in enumerate(entities):
        region = own.get(at)
        if region is None:
            region = next((each for each in left if line["kinds"][each] == KIND_OF.get(entity["type"])), None)
            if region is not None:
                left.remove(region)
        found.append(entity | ({"object": None} if region is None else {"object": region, "boxes": [line["boxes"][region]]}))
    return found


def same_name(entity: dict, line: dict, region: int) -> bool:
    name = line["names"][region]
    return name is not None and plain(name) == plain(entity["text"])


def write_records(folder: str, planned: list[Planned], lines_of: dict[str, dict]) -> None:
    os.makedirs(folder, exist_ok=True)
    for split in SPLITS:
        with open(f"{folder}/{split}.jsonl", "w", encoding="utf-8") as file:
            for each in planned:
                if not each.record["id"].startswith(f"composed-{split}-"):
                    continue
                record = dict(each.record)
                if each.plan is not None and each.linked:
                    record["entities"] = linked(record["entities"], lines_of[each.plan.image_id])
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
