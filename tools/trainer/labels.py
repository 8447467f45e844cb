"""The label lists and prompts of the data sets (UMIE paper, Tables 1, 2 and 6), as src/tasks/defaults.ts has them."""
import re

ENTITY_TYPES = ["person", "location", "miscellaneous", "organization"]
# What pictures show of an entity: the kind of its region.
KIND_OF = {"person": "person", "organization": "logo", "location": "flag"}
# What each data set was annotated with, in the order its prompt lists them.
TYPES_OF = {
    "twitter2015": ENTITY_TYPES,
    "twitter2017": ENTITY_TYPES,
    "gmner": ENTITY_TYPES,
    "conll2003": ENTITY_TYPES,
    "wikigold": ENTITY_TYPES,
    "silver": ENTITY_TYPES,
    "composed": ENTITY_TYPES,
    "btc": ["person", "location", "organization"],
    "wikiann_en": ["person", "location", "organization"],
    "wnut17": ["person", "location", "corporation", "group", "creative work", "product"],
    "wnut16": [
        "person",
        "location",
        "company",
        "facility",
        "sports team",
        "music artist",
        "product",
        "movie",
        "tv show",
        "miscellaneous",
    ],
    "crossner_ai": [
        "person",
        "location",
        "organization",
        "country",
        "field",
        "task",
        "product",
        "algorithm",
        "researcher",
        "metrics",
        "university",
        "programming language",
        "conference",
        "miscellaneous",
    ],
    "crossner_literature": [
        "person",
        "location",
        "organization",
        "country",
        "book",
        "writer",
        "award",
        "poem",
        "event",
        "magazine",
        "literary genre",
        "miscellaneous",
    ],
    "crossner_music": [
        "person",
        "location",
        "organization",
        "country",
        "music genre",
        "song",
        "band",
        "album",
        "musical artist",
        "musical instrument",
        "award",
        "event",
        "miscellaneous",
    ],
    "crossner_politics": [
        "person",
        "location",
        "organization",
        "country",
        "politician",
        "political party",
        "election",
        "event",
        "miscellaneous",
    ],
    "crossner_science": [
        "person",
        "location",
        "organization",
        "country",
        "scientist",
        "university",
        "discipline",
        "enzyme",
        "protein",
        "chemical compound",
        "chemical element",
        "event",
        "astronomical object",
        "academic journal",
        "award",
        "theory",
        "miscellaneous",
    ],
}
# A four-type view of the fine-grained tweet sets.
COARSE = {
    "wnut17": {
        "person": "person",
        "location": "location",
        "corporation": "organization",
        "group": "organization",
        "creative work": "miscellaneous",
        "product": "miscellaneous",
    },
    "wnut16": {
        "person": "person",
        "location": "location",
        "facility": "location",
        "company": "organization",
        "sports team": "organization",
        "music artist": "person",
        "product": "miscellaneous",
        "movie": "miscellaneous",
        "tv show": "miscellaneous",
        "miscellaneous": "miscellaneous",
    },
}
EVENTS = ["arrest jail", "meet", "attack", "transport", "demonstrate", "phone write", "die", "transfer"]
ROLES = {
    "arrest jail": ["person", "place", "agent"],
    "meet": ["entity", "place"],
    "attack": ["attacker", "target", "place", "instrument"],
    "transport": ["artifact", "destination", "origin", "agent", "vehicle"],
    "demonstrate": ["entity", "place", "police"],
    "phone write": ["entity", "place"],
    "die": ["victim", "place", "agent", "instrument"],
    "transfer": ["giver", "recipient"],
}
NO_RELATION = "none"
NO_SPAN = "none"
RELATIONS_V2 = [
    "part of",
    "contain",
    "present in",
    "none",
    "held on",
    "member of",
    "peer",
    "place of residence",
    "locate at",
    "alternate names",
    "neighbor",
    "subsidiary",
    "awarded",
    "couple",
    "parent",
    "nationality",
    "place of birth",
    "charges",
    "siblings",
    "religion",
    "race",
    "alumni",
]
RELATIONS_V1 = RELATIONS_V2 + [
    "create",
    "classmate",
    "leader",
    "colleague",
    "place of death",
    "capital",
    "administration divisions",
    "founder of",
    "relative",
]
# What the relations of MNRE join (head type, tail type), from their raw names ("/per/org/member_of");
# src/tasks/defaults.ts has the same table.
PERSONS, PLACES = ("person", "person"), ("location", "location")
SIGNATURES = {
    "parent": [PERSONS],
    "siblings": [PERSONS],
    "couple": [PERSONS],
    "neighbor": [PERSONS],
    "peer": [PERSONS],
    "charges": [PERSONS],
    "alumni": [PERSONS],
    "classmate": [PERSONS],
    "colleague": [PERSONS],
    "relative": [PERSONS],
    "alternate names": [PERSONS, ("organization", "organization")],
    "member of": [("person", "organization")],
    "leader": [("person", "organization")],
    "founder of": [("person", "organization"), ("organization", "organization")],
    "place of residence": [("person", "location")],
    "place of birth": [("person", "location")],
    "place of death": [("person", "location")],
    "subsidiary": [("organization", "organization")],
    "locate at": [("organization", "location")],
    "contain": [PLACES],
    "capital": [PLACES],
    "administration divisions": [PLACES],
    "present in": [("person", "miscellaneous")],
    "awarded": [("person", "miscellaneous")],
    "race": [("person", "miscellaneous")],
    "religion": [("person", "miscellaneous")],
    "nationality": [("person", "miscellaneous")],
    "create": [("person", "miscellaneous")],
    "part of": [("miscellaneous", "miscellaneous")],
    "held on": [("miscellaneous", "location"), ("miscellaneous", "miscellaneous")],
    NO_RELATION: [],
}
# Hold of tail and head where they hold of head and tail.
SYMMETRIC = {
    "peer",
    "couple",
    "siblings",
    "neighbor",
    "alumni",
    "alternate names",
    "classmate",
    "colleague",
    "relative",
}
# FewRel has no list of its own here: its relations are those its records name.
RELATIONS_OF = {"mnre_v2": RELATIONS_V2, "mnre_v1": RELATIONS_V1}

# Wordings of the questions. "Identity" and "Given an" are the paper's spelling; a checkpoint may have its own
# (`umie.instructors` of its config.json).
INSTRUCTORS = {
    "default": "Please extract the following entity type: {types}.",
    "I0": "Given the entity types: {types}. Please extract the specified entity type.",
    "I1": "Identity the following entity type from the given sentence: {types}.",
    "I2": "Please extract entity type in the sentence. Option: {types}.",
    "gmner": "Please extract the following entity type and its object in the picture: {types}.",
    "mre": "Please extract the following relation between {head} and {tail}: {relations}.",
    "mre_marked": "Please extract the following relation between the marked entities:",
    "med": "Please extract the following event type: {types}.",
    "meae": "Given an {event} event, please extract the corresponding argument type: {roles}.",
}
ENTITY_VARIANTS = ("I0", "I1", "I2")


class Prompts:
    """The questions of one checkpoint. Raises ValueError for a wording that is not known or lacks a place."""

    def __init__(self, own: dict[str, str] | None = None) -> None:
        self.wordings = INSTRUCTORS | (own or {})
        for name, wording in (own or {}).items():
            places = set(re.findall(r"{(\w+)}", INSTRUCTORS[name])) if name in INSTRUCTORS else None
            if places is None or set(re.findall(r"{(\w+)}", wording)) != places:
                raise ValueError(
                    f"umie.instructors: {name!r} is not known, "
                    f"or {wording!r} does not have the placeholders of the paper's wording"
                )

    def entity(self, types: list[str], variant: str = "default") -> str:
        return self.wordings[variant].format(types=", ".join(types))

    def grounded(self, types: list[str]) -> str:
        return self.wordings["gmner"].format(types=", ".join(types))

    def relation(self, head: str, tail: str, relations: list[str]) -> str:
        return self.wordings["mre"].format(head=head, tail=tail, relations=", ".join(relations))

    def marked(self) -> str:
        return self.wordings["mre_marked"]

    def event(self, types: list[str]) -> str:
        return self.wordings["med"].format(types=", ".join(types))

    def argument(self, event: str, roles: list[str]) -> str:
        return self.wordings["meae"].format(event=event, roles=", ".join(roles))


def fitting_relations(relations: list[str], head: str | None, tail: str | None) -> list[str]:
    """Those that may join the two types, "none" among them, in order; all of them where a type is not known or nothing
    joins the two."""
    fitting = [name for name in relations if name == NO_RELATION or (head, tail) in SIGNATURES.get(name, [])]
    return fitting if len(fitting) > 1 else relations


class TagSet:
    """Labels of the training-only tagger: 0 is outside; every entity type, event and role has a first-piece and an
    inside label."""

    def __init__(self) -> None:
        types = sorted({label for labels in TYPES_OF.values() for label in labels})
        roles = sorted({role for listed in ROLES.values() for role in listed})
        names = types + [f"event:{event}" for event in EVENTS] + [f"role:{role}" for role in roles]
        self.first = {name: 1 + 2 * at for at, name in enumerate(names)}
        self.size = 1 + 2 * len(names)
        self.relation = {name: at for at, name in enumerate(RELATIONS_V1)}
        self.relations = len(RELATIONS_V1) + 1  # one for relations of other sets


TAGS = TagSet()
