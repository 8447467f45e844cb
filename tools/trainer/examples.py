"""Makes one training example of a record: input ids, tagger labels, target ids, weights. Prompts are those that the
engine uses."""
import random
from dataclasses import dataclass, field, replace

from labels import (
    COARSE,
    ENTITY_TYPES,
    EVENTS,
    KIND_OF,
    NO_RELATION,
    NO_SPAN,
    RELATIONS_OF,
    ROLES,
    SYMMETRIC,
    TAGS,
    TYPES_OF,
    Prompts,
    fitting_relations,
)
from records import argument_objects, argument_spans, entity_spans, trigger_spans, words_and_spans
from tokenizer import EOS, Tokenizer

NOT_SCORED = -100
Span = tuple[str, int, int]


@dataclass
class Example:
    """ids [L], tags [L] (NOT_SCORED: no tagger loss), target [T], weights [T]; `masked` [L] are labels of masked words,
    None with a target."""

    ids: list[int]
    tags: list[int]
    target: list[int]
    weights: list[float]
    heads: tuple[int, int] = (0, 0)
    relation: int = NOT_SCORED
    image: str | None = None
    masked: list[int] | None = None
    # What the gate should be before its LeakyReLU; None: not known.
    gate: float | None = None
    # Order in which the picture's regions are shown: O1 is the region order[0]; None: as they are.
    order: list[int] | None = None
    # (first id, id after the last, number of the object from 1) of mentions that are seen in the picture.
    seen: list[tuple[int, int, int]] = field(default_factory=list)
    # Ids of head and of tail (first, after the last), and 1 if they are related; ids of the text, and 1 if something
    # happens in it.
    pair: tuple[int, int, int, int, int] | None = None
    text: tuple[int, int, int] | None = None
    # Whether its picture was made for another text.
    unrelated: bool = False
    # Id of the text's first token, and per target token the input id that it copies, -1 for none (shorter than the
    # target: none from there on).
    begin: int = 0
    copied: list[int] = field(default_factory=list)
    # Pairs of marked mentions: (position of the head's opening marker, of the tail's, number of the relation).
    marked: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Chance:
    """How often an example is changed, and what its tokens weigh in the loss. Measured on the dev sets of
    Twitter-2015/17 and MNRE-V2."""

    replace: float = 0.45
    lower: float = 0.06
    upper: float = 0.02
    noisy_words: float = 0.15
    coarse: float = 0.6
    weight_decision: float = 2.0
    weight_copy: float = 0.7
    weight_relation: float = 4.0
    weight_no_relation: float = 0.6
    redraw_no_relation: float = 0.5
    fitting_relations: float = 0.0  # share of pairs of known types whose prompt lists only relations that may join them
    untyped: float = 0.25  # marked mentions whose marker does not say the type
    unrelated: float = 0.0  # records without a picture that are shown some other's, and taught that it does not count


@dataclass
class Names:
    """Names by type, for mention replacement: from the training mentions, and from gazetteers."""

    mentions: dict[str, list[str]] = field(default_factory=dict)
    gazetteer: dict[str, list[str]] = field(default_factory=dict)

    def draw(self, label: str, gazetteer_share: float, rng: random.Random) -> list[str]:
        lists = (self.gazetteer.get(label), self.mentions.get(label))
        chosen = lists[0] if lists[0] and (not lists[1] or rng.random() < gazetteer_share) else lists[1]
        return rng.choice(chosen).split(" ") if chosen else []

    def has(self, label: str) -> bool:
        return bool(self.mentions.get(label) or self.gazetteer.get(label))


# What is seen, a mention as words or an argument, and the region it is seen in (number in the picture's list).
Placed = dict[tuple, int]
# Below zero the LeakyReLU leaves next to nothing.
GATE_OF = {"deciding": 1.0, "fitting": 1.0, "unrelated": -0.5}


def ends_of(record: dict) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """Words of a pair's text, and where its "head" and "tail" are among them, as far as they are whole words."""
    words, spans = words_and_spans(
        record["text"], [(end, record[end]["start"], record[end]["end"]) for end in ("head", "tail")]
    )
    return words, {label: (start, end) for label, start, end in spans}


def first_word(span: Span) -> int:
    return span[1]


def apart(spans: list[Span]) -> list[Span]:
    """Without those that begin before the one before them ends."""
    out: list[Span] = []
    for span in spans:
        if not out or span[1] >= out[-1][2]:
            out.append(span)
    return out


def both_ways(pairs: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Each pair (head, tail, relation) and its reverse: records give one order only, and a classifier would learn that
    the order tells the answer.

    A symmetric relation holds either way; of what is not related nothing is the other way round either, and of all
    others neither.
    """
    given = {(head, tail) for head, tail, _ in pairs}
    turned = [(tail, head, name if name in SYMMETRIC else NO_RELATION) for head, tail, name in pairs]
    return [*pairs, *(pair for pair in turned if pair[:2] not in given)]


@dataclass(frozen=True)
class Markers:
    """Ids around a mention: one opening marker for each type, "other" among them, one closing marker; and the
    relations' numbers."""

    opening: dict[str, int]
    closing: int
    relations: dict[str, int]


class ExampleBuilder:
    """Record → Example. All chance comes from `rng`, so the same state gives the same example."""

    markers: Markers | None = None

    def __init__(
        self,
        tokenizer: Tokenizer,
        max_input: int,
        max_output: int,
        chance: Chance,
        names: Names,
        object_ids: list[int],
        types_of: dict[str, list[str]] | None = None,
        regions: dict[str, list[int]] | None = None,
        kinds: dict[str, set[str]] | None = None,
        prompts: Prompts | None = None,
    ) -> None:
        self.tokenizer, self.max_input, self.max_output = tokenizer, max_input, max_output
        self.chance, self.names, self.object_ids = chance, names, object_ids
        self.types_of = TYPES_OF | (types_of or {})
        self.prompts = prompts or Prompts()
        # Per image: which region of the record's list each crop shows, -1 for one of no mention.
        self.regions = regions or {}
        # Per image: kinds of what it shows, as far as they are known.
        self.kinds = kinds or {}
        self.images = sorted(self.regions)
        self.rng = random.Random(0)
        self.relations_seen: dict[str, list[str]] = {}

    # ---- tokens

    def words_to_ids(self, words: list[str], noisy: bool) -> tuple[list[list[int]], dict[str, list[int]]]:
        """Ids per word; a noisy word gets a sampled segmentation, the same in the input and the target."""
        chosen: dict[str, list[int]] = {}
        for word in words:
            if word not in chosen:
                noise = 1.0 if noisy and self.rng.random() < self.chance.noisy_words else 0.0
                chosen[word] = self.tokenizer.word(word, noise, self.rng)
        return [chosen[word] for word in words], chosen

    def input_of(self, prompt: str, words: list[list[int]], tags: list[int]) -> tuple[list[int], list[int], list[int]]:
        """(ids with </s>, a tag per id, where each word begins); cut at max_input."""
        ids = self.tokenizer.encode(prompt)
        labels = [NOT_SCORED] * len(ids)
        begins = []
        for word, tag in zip(words, tags):
            begins.append(len(ids))
            ids = ids + word
            inside = tag + 1 if tag > 0 and tag % 2 == 1 else tag
            labels += [tag] + [inside] * (len(word) - 1) if word else []
        room = self.max_input - 1
        return ids[:room] + [EOS], labels[:room] + [NOT_SCORED], [min(at, room) for at in begins]

    def target_of(
        self, spans: list[tuple[str, list[str]]], objects: list[tuple[str, int]], chosen: dict[str, list[int]]
    ) -> tuple[list[int], list[float]]:
        """`type, words <spot> role, O1`; what decides (types, <spot>, </s>) weighs more than what is copied."""
        word = self.tokenizer.word
        parts = [(label, [piece for w in words for piece in chosen.get(w) or word(w)]) for label, words in spans]
        parts += [
            (label, [self.object_ids[number - 1]]) for label, number in objects if 1 <= number <= len(self.object_ids)
        ]
        return self.records([(label, copied, []) for label, copied in parts])

    def records(self, parts: list[tuple[str, list[int], list[int]]]) -> tuple[list[int], list[float]]:
        """`label, ` and what is copied and what is decided after it, with <spot> between; what decides weighs more than
        what is copied."""
        decide, copy = self.chance.weight_decision, self.chance.weight_copy
        ids: list[int] = []
        weights: list[float] = []
        for label, copied, decided in parts:
            label_ids = ([self.tokenizer.separator] if ids else []) + self.tokenizer.encode(f"{label},")
            ids += label_ids + copied + decided
            weights += [decide] * len(label_ids) + [copy] * len(copied) + [decide] * len(decided)
        if not parts:
            ids = self.tokenizer.encode(NO_SPAN)
            weights = [decide] * len(ids)
        room = self.max_output - 1
        return ids[:room] + [EOS], weights[:room] + [decide]

    def grounded_parts(
        self, spans: list[Span], words: list[str], chosen: dict[str, list[int]], objects: Placed
    ) -> list[tuple[str, list[int], list[int]]]:
        """`person, Kyrie, O2 <spot> organization, Cavs, none`: the last word of a mention is written with its comma, as
        the engine's grammar has it."""
        parts = []
        for label, start, end in spans:
            copied = [
                piece for w in words[start : end - 1] for piece in chosen.get(w) or self.tokenizer.word(w)
            ] + self.closed(words[end - 1], chosen)
            number = objects.get((start, end))
            parts.append(
                (label, copied, self.tokenizer.encode(NO_SPAN) if number is None else [self.object_ids[number - 1]])
            )
        return parts

    def closed(self, word: str, chosen: dict[str, list[int]]) -> list[int]:
        """A word with its comma; cut as the input has it where the comma is a piece of its own."""
        alone, with_comma = self.tokenizer.word(word), self.tokenizer.word(f"{word},")
        return chosen.get(word, alone) + with_comma[len(alone) :] if with_comma[: len(alone)] == alone else with_comma

    def tags_of(self, count: int, spans: list[Span], prefix: str = "", outside: int = 0) -> list[int]:
        tags = [outside] * count
        for label, start, end in spans:
            first = TAGS.first.get(prefix + label)
            if first is not None:
                tags[start:end] = [first] + [first + 1] * (end - start - 1)
        return tags

    def span_example(
        self,
        prompt: str,
        words: list[str],
        spans: list[Span],
        prefix: str = "",
        objects: list[tuple[str, int]] | None = None,
        image: str | None = None,
    ) -> Example:
        spans = sorted(spans, key=lambda span: span[1])
        word_ids, chosen = self.words_to_ids(words, noisy=True)
        ids, tags, begins = self.input_of(prompt, word_ids, self.tags_of(len(words), spans, prefix))
        target, weights = self.target_of(
            [(label, words[start:end]) for label, start, end in spans], objects or [], chosen
        )
        copied = self.copied_of(
            [(label, begins[start], sum(map(len, word_ids[start:end])), 0) for label, start, end in spans], len(ids) - 1
        )
        return Example(
            ids, tags, target, weights, image=image, begin=self.begin_of(prompt, ids), copied=copied[: len(target)]
        )

    def begin_of(self, prompt: str, ids: list[int]) -> int:
        return min(len(self.tokenizer.encode(prompt)), len(ids) - 1)

    def copied_of(self, spans: list[tuple[str, int, int, int]], last: int) -> list[int]:
        """Per token of `label, words <spot> …` the position it copies, -1 for none.

        Spans are (label, first position, tokens copied, tokens generated after them).
        """
        out: list[int] = []
        for label, first, count, after in spans:
            out += (
                [-1] * (bool(out) + len(self.tokenizer.encode(f"{label},")))
                + [min(first + at, last) for at in range(count)]
                + [-1] * after
            )
        return out

    def pictured_example(
        self, prompt: str, words: list[str], spans: list[Span], placed: Placed, record: dict, grounded: bool
    ) -> Example:
        """Entities of a post with its picture; `grounded`: each with its object or "none"."""
        image = record["image_id"] if record.get("image_id") in self.regions else None
        order, objects = self.shown(image, placed)
        word_ids, chosen = self.words_to_ids(words, noisy=True)
        ids, tags, begins = self.input_of(prompt, word_ids, self.tags_of(len(words), spans))
        if grounded:
            parts = self.grounded_parts(spans, words, chosen, objects)
        else:
            parts = [
                (label, [piece for word in word_ids[start:end] for piece in word], []) for label, start, end in spans
            ]
        target, weights = self.records(parts)
        taken = []
        for (label, start, end), (_, mention_ids, decided) in zip(spans, parts):
            # The comma of the last word is generated, not copied.
            count = min(len(mention_ids), sum(map(len, word_ids[start:end])))
            taken.append((label, begins[start], count, len(mention_ids) + len(decided) - count))
        ends = [*begins[1:], len(ids) - 1]
        seen = [
            (begins[start], ends[end - 1], number)
            for (start, end), number in objects.items()
            if begins[start] < ends[end - 1]
        ]
        gate = GATE_OF.get(record.get("picture", "")) if image is not None else None
        copied = self.copied_of(taken, len(ids) - 1)[: len(target)]
        return Example(
            ids,
            tags,
            target,
            weights,
            image=image,
            gate=gate,
            order=order,
            seen=seen,
            begin=self.begin_of(prompt, ids),
            copied=copied,
        )

    def shown(self, image: str | None, placed: Placed) -> tuple[list[int] | None, Placed]:
        """The picture's crops in a new order, and the number of the object that shows each mention."""
        if image is None:
            return None, {}
        sources = self.regions[image]
        order = self.rng.sample(range(len(sources)), len(sources))[: len(self.object_ids)]
        number_of = {sources[crop]: at + 1 for at, crop in enumerate(order) if sources[crop] >= 0}
        return order, {span: number_of[region] for span, region in placed.items() if region in number_of}

    def beside_unrelated(self, example: Example, named: list[str] | None = None) -> Example:
        """Some examples without a picture get one that was made for another text.

        `named`: types of the entities in the text, None where no picture can help. Where it shows a thing of their
        kinds, or what it shows is not known, how much it should count is not known either; the answer stays the same.
        """
        if (
            not self.images
            or not self.chance.unrelated
            or example.image in self.regions
            or self.rng.random() >= self.chance.unrelated
        ):
            return example
        image = self.rng.choice(self.images)
        shown = self.kinds.get(image, set())
        apart = (
            named is None
            or bool(shown)
            and all(kind in ENTITY_TYPES and KIND_OF.get(kind) not in shown for kind in named)
        )
        return replace(
            example,
            image=image,
            order=self.shown(image, {})[0],
            gate=GATE_OF["unrelated"] if apart else None,
            unrelated=True,
        )

    # ---- changes

    def change_case(self, words: list[str]) -> list[str]:
        x = self.rng.random()
        if x < self.chance.lower:
            return [word.lower() for word in words]
        return [word.upper() for word in words] if x < self.chance.lower + self.chance.upper else words

    def replace_names(self, words: list[str], spans: list[Span]) -> tuple[list[str], list[Span]]:
        """Some mentions become other names of their type. Overlapping mentions are dropped."""
        new_words, new_spans, done = [], [], 0
        for label, start, end in sorted(spans, key=lambda span: span[1]):
            if start < done:
                continue
            name = words[start:end]
            if self.names.has(label) and self.rng.random() < 0.6:
                name = self.names.draw(label, 0.3, self.rng)
            new_words += words[done:start]
            new_spans.append((label, len(new_words), len(new_words) + len(name)))
            new_words += name
            done = end
        return new_words + words[done:], new_spans

    def vary_types(self, types: list[str], spans: list[Span], own_prompt: bool) -> tuple[list[str], list[Span], str]:
        """Other orders, fewer types and other wordings; types that are not requested get no answer."""
        rng = self.rng
        if own_prompt and rng.random() >= 0.35:
            return types, spans, "default"
        if rng.random() < 0.5:
            types = rng.sample(types, len(types))
        if rng.random() < 0.25 and len(types) > 1:
            types = rng.sample(types, rng.randint(1, len(types) - 1))
        elif len(types) > 6 and rng.random() < 0.5:
            types = rng.sample(types, rng.randint(3, len(types)))
        variant = rng.choice(("I0", "I1", "I2")) if rng.random() < 0.3 else "default"
        return types, [span for span in spans if span[0] in types], variant

    # ---- tasks

    def entities(self, record: dict, data_set: str) -> Example:
        words, spans = words_and_spans(record["text"], entity_spans(record))
        types = self.types_of[data_set]
        if data_set in COARSE and self.rng.random() < self.chance.coarse:
            types, spans = ENTITY_TYPES, [(COARSE[data_set][label], start, end) for label, start, end in spans]
        types, spans, variant = self.vary_types(types, spans, types == ENTITY_TYPES)
        if "picture" in record:
            placed = self.placed_in(record, spans)
            return self.pictured_example(
                self.prompts.entity(types, variant),
                self.change_case(words),
                sorted(spans, key=first_word),
                placed,
                record,
                False,
            )
        if self.rng.random() < self.chance.replace and data_set in TYPES_OF:  # names of the lists are English
            words, spans = self.replace_names(words, spans)
        example = self.span_example(
            self.prompts.entity(types, variant), self.change_case(words), spans, image=record.get("image_id")
        )
        return self.beside_unrelated(example, [label for label, _, _ in spans])

    def placed_in(self, record: dict, spans: list[Span]) -> Placed:
        """The regions of those mentions that are among the spans and have one."""
        seen = [entity for entity in record["entities"] if entity.get("object") is not None]
        _, found = words_and_spans(
            record["text"], [(str(at), entity["start"], entity["end"]) for at, entity in enumerate(seen)]
        )
        requested = {(start, end) for _, start, end in spans}
        return {(start, end): seen[int(at)]["object"] for at, start, end in found if (start, end) in requested}

    def grounded(self, record: dict, data_set: str) -> Example:
        """Entities with their object in the picture (GMNER). Mentions that overlap another are left out: the output has
        no place for them.

        Where it is not marked what the picture shows, only the entities are requested.
        """
        if record.get("image_id") in self.regions and any("object" not in entity for entity in record["entities"]):
            return self.entities(record, data_set)
        words, numbered = words_and_spans(
            record["text"], [(str(at), entity["start"], entity["end"]) for at, entity in enumerate(record["entities"])]
        )
        mentions = [(record["entities"][int(at)], (start, end)) for at, start, end in numbered]
        types, _, _ = self.vary_types(self.types_of[data_set], [], own_prompt=True)
        spans = apart(
            sorted([(entity["type"], *span) for entity, span in mentions if entity["type"] in types], key=first_word)
        )
        placed = {
            span: entity["object"]
            for entity, span in mentions
            if entity.get("object") is not None and (entity["type"], *span) in spans
        }
        return self.pictured_example(self.prompts.grounded(types), self.change_case(words), spans, placed, record, True)

    def events(self, record: dict) -> Example:
        words, spans = words_and_spans(record["text"], trigger_spans(record))
        types = self.rng.sample(EVENTS, len(EVENTS)) if self.rng.random() < 0.3 else EVENTS
        if self.rng.random() < 0.1:
            types = self.rng.sample(types, self.rng.randint(2, len(types) - 1))
        spans = [span for span in spans if span[0] in types]
        return self.beside_unrelated(
            self.span_example(
                self.prompts.event(types), self.change_case(words), spans, "event:", image=record.get("image_id")
            )
        )

    def arguments(self, record: dict, event_type: str) -> Example:
        words, spans = words_and_spans(record["text"], argument_spans(record, event_type))
        roles = ROLES[event_type]
        if self.rng.random() < 0.3:
            roles = self.rng.sample(roles, len(roles))
        image, shown = record.get("image_id"), argument_objects(record, event_type)
        order, number_of = (
            self.shown(image, {(role, number): number - 1 for role, number in shown})
            if image in self.regions
            else (None, {})
        )
        # Objects of a picture that is not shown cannot be requested.
        objects = sorted(
            [(role, number) for (role, _), number in number_of.items()], key=lambda found: (found[1], found[0])
        )
        example = self.span_example(
            self.prompts.argument(event_type, roles), self.change_case(words), spans, "role:", objects, image
        )
        return self.beside_unrelated(
            replace(example, order=order, gate=GATE_OF.get(record.get("picture", "")) if order is not None else None)
        )

    def name_list(self) -> Example:
        """Names in a row: the model has to type them without a sentence's help."""
        words: list[str] = []
        spans: list[Span] = []
        for _ in range(self.rng.randint(1, 4)):
            label = self.rng.choice(ENTITY_TYPES)
            name = self.names.draw(label, 0.5, self.rng)
            if not name:
                continue
            if words:
                words.append(self.rng.choice((",", "and", "/", "vs", ".", "at", "with", "|", "-")))
            spans.append((label, len(words), len(words) + len(name)))
            words += name
        types, spans, variant = self.vary_types(ENTITY_TYPES, spans, own_prompt=False)
        return self.span_example(self.prompts.entity(types, variant), self.change_case(words), spans)

    def relation_list(self, data_set: str, right: str, types: dict[str, str | None]) -> list[str]:
        """The requested relations: all in order, all mixed, a dozen with the right one, or those that may join the
        types, as the engine asks."""
        rng, relations = self.rng, RELATIONS_OF.get(data_set) or self.relations_seen[data_set]
        fitting = fitting_relations(relations, types["head"], types["tail"]) if data_set in RELATIONS_OF else relations
        if len(fitting) < len(relations) and right in fitting and rng.random() < self.chance.fitting_relations:
            return fitting
        if rng.random() < 0.5:
            relations = rng.sample(relations, len(relations))
        if data_set in RELATIONS_OF and rng.random() >= 0.6:
            return relations
        some = rng.sample(relations, min(rng.randint(5, 12), len(relations)))
        if data_set in RELATIONS_OF and NO_RELATION not in some:
            some[0] = NO_RELATION
        if right not in some:
            some[-1] = right
        return rng.sample(some, len(some))

    def relation(self, record: dict, data_set: str) -> Example | None:
        """`head, relation, tail`. None unless head and tail are whole words."""
        right = record["relation"]
        words, place = ends_of(record)
        if len(place) != 2:
            return None
        words, place = self.replace_one_end(words, place, {end: record[end].get("type") for end in place})
        words = self.change_case(words)
        names = {end: " ".join(words[start:stop]) for end, (start, stop) in place.items()}
        typed = [(record[end]["type"], *place[end]) for end in place if "type" in record[end]]
        word_ids, chosen = self.words_to_ids(words, noisy=True)
        # A pair without a relation has no annotated types: the tagger's guess stands in.
        types = {end: record[end].get("type") or record[end].get("guess") for end in place}
        prompt = self.prompts.relation(names["head"], names["tail"], self.relation_list(data_set, right, types))
        ids, tags, begins = self.input_of(prompt, word_ids, self.tags_of(len(words), typed, outside=NOT_SCORED))
        target, weights = self.relation_target(names, right, chosen)
        known = TAGS.relation.get(right, NOT_SCORED)
        ends = (begins[place["head"][0]], begins[place["tail"][0]])
        return self.beside_unrelated(Example(ids, tags, target, weights, ends, known, record.get("image_id")))

    def relation_on_reading(self, record: dict) -> Example | None:
        """`head, relation, tail` on the entity prompt: what was read for entities tells how two of them are related,
        and nothing is read again."""
        words, place = ends_of(record)
        if len(place) != 2:
            return None
        types = {end: record[end].get("type") or record[end].get("guess") for end in place}
        words, place = self.replace_one_end(words, place, types)
        words = self.change_case(words)
        word_ids, chosen = self.words_to_ids(words, noisy=True)
        ids, tags, _ = self.input_of(self.prompts.entity(ENTITY_TYPES), word_ids, [NOT_SCORED] * len(words))
        names = {end: " ".join(words[start:stop]) for end, (start, stop) in place.items()}
        target, weights = self.relation_target(names, record["relation"], chosen, weight_tail=1.0)
        return self.beside_unrelated(Example(ids, tags, target, weights, image=record.get("image_id")))

    def marked(self, record: dict) -> Example | None:
        """All mentions of a text marked with their types: every pair's relation for the classifier, and `head,
        relation, tail` of one pair to say.

        record: words, mentions (first word, word after the last, type or None), pairs (head, tail, relation name) by
        number of the mention.
        """
        assert self.markers is not None
        words, mentions = self.change_case(record["words"]), record["mentions"]
        word_ids, chosen = self.words_to_ids(words, noisy=True)
        ids = self.tokenizer.encode(self.prompts.marked())
        begin, places = len(ids), {}
        opens = {start: at for at, (start, _, _) in enumerate(mentions)}
        closes = {end for _, end, _ in mentions}
        for at in range(len(words) + 1):
            if at in closes:
                ids.append(self.markers.closing)
            if at in opens:
                label = mentions[opens[at]][2]
                shown = label if label in self.markers.opening and self.rng.random() >= self.chance.untyped else "other"
                places[opens[at]] = len(ids)
                ids.append(self.markers.opening[shown])
            ids += word_ids[at] if at < len(words) else []
        room = self.max_input - 1
        ids = ids[:room] + [EOS]
        pairs = [
            (places[head], places[tail], self.markers.relations.get(name, NOT_SCORED))
            for head, tail, name in both_ways(record["pairs"])
            if max(places[head], places[tail]) < room
        ]
        pairs = [pair for pair in pairs if pair[2] != NOT_SCORED]
        kept = [pair for pair in record["pairs"] if max(places[pair[0]], places[pair[1]]) < room]
        if not kept:
            return None
        head, tail, right = self.rng.choice(kept)
        names = {end: " ".join(words[slice(*mentions[at][:2])]) for end, at in (("head", head), ("tail", tail))}
        target, weights = self.relation_target(names, right, chosen)
        return self.beside_unrelated(
            Example(ids, [NOT_SCORED] * len(ids), target, weights, begin=min(begin, len(ids) - 1), marked=pairs)
        )

    def related(self, record: dict) -> Example | None:
        """The entity prompt, which the engine reads before it asks about pairs: are head and tail related at all? The
        answer is empty."""
        words, place = ends_of(record)
        if len(place) != 2:
            return None
        example, begins = self.silent(self.change_case(words))
        ends = [begins[at] for end in ("head", "tail") for at in place[end]]
        whole = ends[0] < ends[1] and ends[2] < ends[3]
        return replace(example, pair=(*ends, int(record["relation"] != NO_RELATION))) if whole else None

    def eventful(self, record: dict) -> Example:
        """The entity prompt: does anything happen in the text? The answer is empty."""
        example, begins = self.silent(self.change_case(record["text"].split()))
        return replace(example, text=(begins[0], begins[-1], int(bool(record["events"]))))

    def silent(self, words: list[str]) -> tuple[Example, list[int]]:
        """What is read for entities, without an answer to learn; and where each word begins, and the last one ends."""
        word_ids, _ = self.words_to_ids(words, noisy=True)
        ids, tags, begins = self.input_of(
            self.prompts.entity(ENTITY_TYPES), word_ids, self.tags_of(len(words), [], outside=NOT_SCORED)
        )
        return Example(ids, tags, [EOS], [0.0]), [*begins, len(ids) - 1]

    def relation_target(self, names: dict[str, str], right: str, chosen: dict[str, list[int]],
                        weight_tail: float | None = None) -> tuple[list[int], list[float]]:
        """The relation's own words weigh most: they are one token in eight and the only ones that are not copied.

        `weight_tail`: where the prompt does not name the tail, writing it decides.
        """
        weight = self.chance.weight_relation * (self.chance.weight_no_relation if right == NO_RELATION else 1.0)
        ids: list[int] = []
        weights: list[float] = []
        for words, w in (
            (f"{names['head']},", self.chance.weight_copy),
            (f"{right},", weight),
            (names["tail"], weight_tail or self.chance.weight_copy),
        ):
            piece_ids = [piece for word in words.split() for piece in chosen.get(word) or self.tokenizer.word(word)]
            ids += piece_ids
            weights += [w] * len(piece_ids)
        room = self.max_output - 1
        return ids[:room] + [EOS], weights[:room] + [1.0]

    def replace_one_end(self, words: list[str], place: dict[str, tuple[int, int]], types: dict[str, str | None]):
        """Head or tail becomes another name of its type, where they do not overlap."""
        (a, b), (c, d) = place["head"], place["tail"]
        end = self.rng.choice(("head", "tail"))
        label = types[end]
        if self.rng.random() >= 0.25 or label is None or not self.names.has(label) or not (b <= c or d <= a):
            return words, place
        start, stop = place[end]
        name = self.names.draw(label, 0.0, self.rng)
        other = "tail" if end == "head" else "head"
        shift = len(name) - (stop - start) if place[other][0] >= stop else 0
        moved = (place[other][0] + shift, place[other][1] + shift)
        return words[:start] + name + words[stop:], {end: (start, start + len(name)), other: moved}
