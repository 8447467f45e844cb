"""Makes the posts of one split from annotated posts, captions, frames and names, each with what its picture has to
show."""
import dataclasses
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from compose.frames import FRAMES
from compose.names import made_up_name, real_names
from compose.parts import Parts, plain
from compose.photos import Photos
from compose.scene import Plan
from compose.split import split_of
from labels import KIND_OF
from records import read_records

SETS = ("twitter2015", "twitter2017", "gmner")
TYPES = list(KIND_OF)
MOST = {"person": 3, "logo": 4, "flag": 3}
MAX_WORDS = 60

# A person in a caption who can have a name: "A little girl", "the man".
SOMEONE = re.compile(r"\b(?:an?|the|one)(?: [a-z-]+){0,2} (?:man|woman|boy|girl|lady|guy)(?= (?!and |'s )[a-z])", re.I)
PERSON_NAME = re.compile(r"[A-Z][a-z]+( [A-Z][a-z]+)?")
ONE_PERSON = re.compile(r"\b(man|woman|boy|girl|lady|guy)\b", re.I)
SCENES_OF_PERSONS = 0.2
# Real posts whose only entity stands where anything could.
NEUTRAL_BEFORE = re.compile(r"(^|[.!?,]|\b(about|love|for|more|and|like|RT @ ?\S+ :)) $", re.I)
NEUTRAL_AFTER = re.compile(r"^( [.!?]+)?( http\S+)*( #\S+)*$")


@dataclass(frozen=True)
class Planned:
    """A record without its regions, and its picture. `linked`: entities are to be linked to regions of their type's
    kind."""

    record: dict
    plan: Plan | None
    linked: bool = True


@dataclass
class Sources:
    """What one split's posts are made of."""

    split: str
    posts: list[dict]  # {"text", "entities"}
    frames: list[str]
    persons: list[str]
    real: list[tuple[str, list[str]]]
    parts: Parts
    photos: Photos


def read_sources(data: str, split: str, parts: Parts, photos: Photos) -> Sources:
    """Posts of the sets that are there, each text once; a text of both splits is left out of dev."""
    taken = {plain(post["text"]) for post in read_posts(data, "train")} if split == "dev" else set()
    posts = []
    for post in read_posts(data, split):
        key = plain(post["text"])
        if key not in taken:
            taken.add(key)
            posts.append(post)
    if not posts:
        raise ValueError(f"{data}: no posts for {split} in mner/{{{','.join(SETS)}}}")
    frames = [frame for frame in FRAMES if split_of("frame", frame) == split] + real_frames(posts)
    mentions = {entity["text"] for post in posts for entity in post["entities"] if entity["type"] == "person"}
    # A caption that two photographs share must not get the same name on both sides.
    persons = sorted(name for name in mentions if PERSON_NAME.fullmatch(name) and split_of("person", name) == split)
    return Sources(split, posts, frames, persons, real_names(split), parts, photos)


def read_posts(data: str, split: str) -> list[dict]:
    """Posts of at most MAX_WORDS words whose entities are where they say."""
    paths = [f"{data}/mner/{name}/{split}.jsonl" for name in SETS]
    posts = [post for path in paths if os.path.exists(path) for post in read_records(path, ["entities"])]
    fields = ("type", "text", "start", "end")
    return [
        {"text": post["text"], "entities": [{name: entity[name] for name in fields} for entity in post["entities"]]}
        for post in posts
        if len(post["text"].split()) <= MAX_WORDS and all(stands(entity, post["text"]) for entity in post["entities"])
    ]


def stands(entity: dict, text: str) -> bool:
    return text[entity["start"]:entity["end"]] == entity["text"] != ""


def real_frames(posts: list[dict]) -> list[str]:
    """Short posts with one entity, where the words around it do not give its type away."""
    frames = []
    for post in posts:
        if len(post["entities"]) != 1 or len(post["text"].split()) > 9 or "{" in post["text"]:
            continue
        entity = post["entities"][0]
        before, after = post["text"][:entity["start"]], post["text"][entity["end"]:]
        if NEUTRAL_BEFORE.search(before) and NEUTRAL_AFTER.search(after):
            frames.append(f"{before}{{X}}{after}")
    return frames


def counts_of(total: int, mix: dict[str, float]) -> dict[str, int]:
    """Whole numbers in the mix's shares that sum to the total (largest remainders)."""
    whole = sum(mix.values())
    exact = {name: total * share / whole for name, share in mix.items()}
    counts = {name: int(number) for name, number in exact.items()}
    for name in sorted(mix, key=lambda name: counts[name] - exact[name])[:total - sum(counts.values())]:
        counts[name] += 1
    return counts


def planned_posts(sources: Sources, total: int, mix: dict[str, float], chance: random.Random) -> list[Planned]:
    """`total` posts, mixed. Real posts are used once each while they last, then again with other pictures."""
    real = endless(sources.posts, chance)
    makers: dict[str, Callable[[], Iterator[Planned]]] = {
        "real": lambda: real_posts(sources, real, chance),
        "caption": lambda: caption_posts(sources, chance),
        "ambiguous": lambda: ambiguous_posts(sources, chance),
        "unrelated": lambda: unrelated_posts(sources, real, chance),
        "none": lambda: (Planned(post | {"picture": "none"}, None) for post in real),
    }
    made: list[Planned] = []
    for name, count in counts_of(total, mix).items():
        source = makers[name]()
        for number in range(count):
            made.append(numbered(next(source), f"{sources.split}-{name}-{number}"))
    chance.shuffle(made)
    return made


def numbered(planned: Planned, number: str) -> Planned:
    """The record and its picture get their ids."""
    if planned.plan is None:
        return dataclasses.replace(planned, record={"id": f"composed-{number}"} | planned.record)
    record = {"id": f"composed-{number}"} | planned.record | {"image_id": f"composed-{number}"}
    return dataclasses.replace(
        planned, record=record, plan=dataclasses.replace(planned.plan, image_id=f"composed-{number}")
    )


def endless(items: list, chance: random.Random) -> Iterator:
    """The items in a mixed order, round and round."""
    if not items:
        raise ValueError("nothing to make posts from: the folder of texts or photographs is too small for both splits")
    order = chance.sample(items, len(items))
    while True:
        yield from order


def real_posts(sources: Sources, posts: Iterator[dict], chance: random.Random) -> Iterator[Planned]:
    """A real post with a picture of what its entities are."""
    if not any(wishes(post, sources) for post in sources.posts):
        raise ValueError(f"no post of {sources.split} names a person, an organization or a location")
    for post in posts:
        wished = wishes(post, sources)
        if wished:
            kinds = [kind for kind in wished if chance.random() < 0.75] or [chance.choice(sorted(wished))]
            yield Planned(
                post | {"picture": "fitting"},
                fitting(sources, {kind: wished[kind] for kind in kinds}, set(wished), chance),
            )


def wishes(post: dict, sources: Sources) -> dict[str, list[str | None]]:
    """kind → what its regions are: the entity's own logo or flag where there is one in this split, else None."""
    wished: dict[str, list[str | None]] = {}
    for entity in post["entities"]:
        kind = KIND_OF.get(entity["type"])
        if kind is not None:
            wished.setdefault(kind, []).append(own(kind, entity["text"], sources))
    return {kind: items[:MOST[kind]] for kind, items in wished.items()}


def own(kind: str, name: str, sources: Sources) -> str | None:
    """The slug or code of a name's own logo or flag, if it belongs to this split."""
    key = sources.parts.key_of(kind, name)
    return key if key is not None and sources.parts.split_of(kind, key) == sources.split else None


def fitting(sources: Sources, wished: dict[str, list[str | None]], requested: set[str], chance: random.Random) -> Plan:
    """Besides what is wished, things no entity is about; another brand beside the own one, at times."""
    logos, flags = list(wished.get("logo", [])), list(wished.get("flag", []))
    if any(logos) and chance.random() < 0.3 or "logo" not in requested and chance.random() < 0.12:
        logos.append(None)
    if any(flags) and chance.random() < 0.15 or "flag" not in requested and chance.random() < 0.06:
        flags.append(None)
    return Plan(
        "", sources.split, len(wished.get("person", [])), tuple(logos), tuple(flags), int(chance.random() < 0.2)
    )


def caption_posts(sources: Sources, chance: random.Random) -> Iterator[Planned]:
    """A photograph's own caption with a name for the person in it. Where the person stands is not marked: the entity is
    not linked."""
    captions = [
        (photo, caption)
        for photo in sources.photos.scenes[sources.split]
        for caption in photo.captions
        if SOMEONE.search(caption)
    ]
    for photo, caption in endless(captions, chance):
        at = SOMEONE.search(caption)
        name = (
            chance.choice(sources.persons)
            if sources.persons and chance.random() < 0.7
            else made_up_name(sources.split, chance)
        )
        text = caption[:at.start()] + name + caption[at.end():]
        entity = {"type": "person", "text": name, "start": at.start(), "end": at.start() + len(name)}
        yield Planned(
            {"text": text, "entities": [entity], "picture": "fitting"},
            Plan("", sources.split, scene=photo),
            linked=False,
        )


def ambiguous_posts(sources: Sources, chance: random.Random) -> Iterator[Planned]:
    """Each text two or three times, each time with a picture that gives its name another type.

    Some people are in captioned scenes, so that not all are in a crowd's picture; their places are not marked, so these
    entities are not linked.
    """
    portraits = [
        photo
        for photo in sources.photos.scenes[sources.split]
        if sum(bool(ONE_PERSON.search(caption)) for caption in photo.captions) >= 4
    ]
    seen: set[str] = set()
    while True:
        name, types = (
            chance.choice(sources.real)
            if sources.real and chance.random() < 0.45
            else (made_up_name(sources.split, chance), TYPES)
        )
        text, start, name = framed(chance.choice(sources.frames), name, sources.split, chance)
        if text in seen:
            continue
        seen.add(text)
        for label in chance.sample(types, len(types)):
            entity = {"type": label, "text": name, "start": start, "end": start + len(name)}
            record = {"text": text, "entities": [entity], "picture": "deciding", "ambiguous": True}
            if label == "person" and portraits and chance.random() < SCENES_OF_PERSONS:
                yield Planned(record, Plan("", sources.split, scene=chance.choice(portraits)), linked=False)
            else:
                yield Planned(record, deciding(sources, label, name, chance))


def framed(frame: str, name: str, split: str, chance: random.Random) -> tuple[str, int, str]:
    """(text, where the name begins, the name as written): with a greeting of the kind feeds have before, a link or a
    tag after it."""
    style = chance.random()
    name = (
        name.lower()
        if style < 0.1
        else name.upper() if style < 0.13 else f"#{name.replace(' ', '')}" if style < 0.2 else name
    )
    before, after = frame.split("{X}")
    if chance.random() < 0.12 and not before.startswith("RT"):
        before = f"RT @ {made_up_name(split, chance).split()[0].lower()}{chance.randint(1, 99)} : {before}"
    if chance.random() < 0.3 and "http" not in after:
        letters = "".join(chance.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=10))
        after = f"{after} http://t.co/{letters}"
    return before + name + after, len(before), name


def deciding(sources: Sources, label: str, name: str, chance: random.Random) -> Plan:
    """One large region of the type's kind; in 15 of 100 a small one of another kind beside it."""
    kind = KIND_OF[label]
    number = {each: int(each == kind) for each in MOST}
    if chance.random() < 0.15:
        number[chance.choice([each for each in MOST if each != kind])] = 1
    key = own(kind, name, sources)
    logos, flags = ((key if kind == each else None,) * number[each] for each in ("logo", "flag"))
    return Plan("", sources.split, number["person"], logos, flags, deciding=kind)


def unrelated_posts(sources: Sources, posts: Iterator[dict], chance: random.Random) -> Iterator[Planned]:
    """A real post with a picture of other kinds of things than it names, or of a plain scene."""
    for post in posts:
        named = {KIND_OF.get(entity["type"]) for entity in post["entities"]}
        free = [kind for kind in MOST if kind not in named]
        number = dict.fromkeys(MOST, 0)
        if free and chance.random() < 0.6:
            for kind in chance.sample(free, min(len(free), chance.choice((1, 1, 2)))):
                number[kind] = chance.choice((1, 1, 2))
            objects = int(chance.random() < 0.2)
        else:
            objects = chance.choice((0, 0, 1, 2))
        anyone = not any(number.values()) and not objects and "person" in free and chance.random() < 0.5
        plan = Plan(
            "",
            sources.split,
            number["person"],
            (None,) * number["logo"],
            (None,) * number["flag"],
            objects,
            anyone=anyone,
        )
        yield Planned(post | {"picture": "unrelated"}, plan)
