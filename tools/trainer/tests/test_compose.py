"""Shows what the composer writes: boxes, links, splits, the same bytes every time. Icons and photographs are drawn
here."""
import collections
import hashlib
import importlib.util
import json
import os
import random
import tempfile
import unittest

import numpy as np

from compose.split import look_alikes, split_of

MISSING = [name for name in ("PIL", "cairosvg") if importlib.util.find_spec(name) is None]
TITLES = [
    f"{first}{last}"
    for first in ("Al", "Bo", "Cu", "De", "El", "Fu")
    for last in ("mark", "soft", "tron", "dent", "gram", "pax")
]
PLACES = [
    f"{first}{last}"
    for first in ("Nor", "Sud", "Wes", "Ost", "Mid")
    for last in ("land", "onia", "istan", "mark", "aria", "ana")
]
POST_TYPES = (
    ("person", "Ada Lind"),
    ("organization", TITLES[0]),
    ("location", PLACES[0]),
    ("miscellaneous", "Tuesday"),
)


def rectangle(number: int, ratio: str) -> str:
    """Three stripes whose colours and widths say the number."""
    colours = [f"#{hashlib.sha256(f'{number}/{at}'.encode()).hexdigest()[:6]}" for at in range(3)]
    edges = [0, 3 + number % 7, 12 + number % 9, 24]
    stripes = "".join(
        f'<rect x="{a}" y="0" width="{b - a}" height="24" fill="{c}"/>' for a, b, c in zip(edges, edges[1:], colours)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" preserveAspectRatio="{ratio}">{stripes}</svg>'


def write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write_icons(folder: str) -> None:
    brands = [
        {"title": title, "slug": title.lower(), "hex": f"{at * 4951 % 0xFFFFFF:06X}"} for at, title in enumerate(TITLES)
    ]
    write(f"{folder}/logos/data/simple-icons.json", json.dumps(brands))
    for at, title in enumerate(TITLES):
        path = f'<path d="M2 2h{8 + at % 12}v{20 - at % 8}H2z"/>'
        ring = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{path}</svg>'
        write(f"{folder}/logos/icons/{title.lower()}.svg", ring)
    codes = [f"{chr(97 + at // 6)}{chr(97 + at % 6)}" for at in range(len(PLACES))]
    write(
        f"{folder}/flags/country.json",
        json.dumps([{"code": code, "name": name, "iso": True} for code, name in zip(codes, PLACES)]),
    )
    for at, code in enumerate(codes):
        write(f"{folder}/flags/flags/4x3/{code}.svg", rectangle(at, "none"))


def in_split(split: str, pattern: str, count: int) -> list[str]:
    names = (pattern.format(number) for number in range(10_000))
    return [name for name, _ in zip((name for name in names if split_of("photo", name) == split), range(count))]


def write_photos(folder: str) -> None:
    """Six people, six empty scenes, six crowds a split: patches of colour, no two alike."""
    from PIL import Image

    def picture(name: str) -> None:
        patches = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)).integers(
            30, 255, (12, 16, 3), np.uint8
        )
        os.makedirs(os.path.dirname(f"{folder}/images/{name}"), exist_ok=True)
        image = Image.fromarray(patches).resize((200, 150), Image.BILINEAR)
        if name.startswith("heads"):  # hair above a face, a helmet above a face
            for box, colour in (
                ((40, 15, 80, 35), "#222"),
                ((40, 35, 80, 54), "#eca"),
                ((140, 30, 160, 40), "#fe0"),
                ((140, 40, 160, 51), "#543"),
            ):
                image.paste(colour, box)
        image.save(f"{folder}/images/{name}")

    scenes, crowds = [], []
    for split in ("train", "dev"):
        for name in in_split(split, "captioned/someone-{}.jpg", 6):
            scenes.append(
                {
                    "image": name,
                    "captions": ["A young woman sits on a bench ."] * 4 + [f"The man holds {len(scenes)} kites ."],
                }
            )
        scenes += [
            {"image": name, "captions": ["A red kite over the sea ."]}
            for name in in_split(split, "captioned/nobody-{}.jpg", 6)
        ]
        for name in in_split(split, "heads/{}.jpg", 6):
            crowds.append(
                {
                    "image": name,
                    "size": [200, 150],
                    "boxes": [["head", 0.2, 0.1, 0.4, 0.36], ["helmet", 0.7, 0.2, 0.8, 0.34]],
                }
            )
    for each in [*scenes, *crowds]:
        picture(each["image"])
    for name, lines in (("captioned", scenes), ("heads", crowds)):
        write(f"{folder}/images/{name}.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def write_posts(folder: str) -> None:
    for split in ("train", "dev"):
        posts = []
        for number in range(30):
            label, name = POST_TYPES[number % 4]
            text = f"{split} post {number} about {name} !"
            start = text.index(name)
            posts.append(
                {"text": text, "entities": [{"type": label, "text": name, "start": start, "end": start + len(name)}]}
            )
        write(f"{folder}/data/mner/gmner/{split}.jsonl", "".join(json.dumps(post) + "\n" for post in posts))
        trigger = {"text": "met", "start": len(split) + 6, "end": len(split) + 9}
        event = {"type": "meet", "trigger": trigger, "arguments": []}
        meetings = [{"text": f"{split} they met on day {number} .", "events": [event]} for number in range(9)]
        write(f"{folder}/data/mee/m2e2/{split}.jsonl", "".join(json.dumps(post) + "\n" for post in meetings))


def read_lines(path: str) -> list[dict]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class SplitTest(unittest.TestCase):
    def test_mirrored_and_darkened_copies_are_one_picture(self) -> None:
        one, other = np.random.default_rng(1).integers(0, 255, (2, 16, 16)).astype(np.float32)
        pictures = np.array([one, other, one[:, ::-1] * 0.3, other[::-1] + 9])
        self.assertEqual(look_alikes(pictures, 0.9, mirrored=True), [0, 1, 0, 1])
        self.assertEqual(look_alikes(pictures, 0.9, mirrored=False), [0, 1, 2, 3])


@unittest.skipIf(MISSING, f"needs {' and '.join(MISSING)}")
class CanvasTest(unittest.TestCase):
    def square(self, side: int):
        from PIL import Image

        from compose.draw import Layer

        return Layer(Image.new("RGBA", (side, side), (200, 0, 0, 255)), Image.new("L", (side, side), 255))

    def test_a_part_is_boxed_where_it_is_seen(self) -> None:
        from PIL import Image

        from compose.draw import Canvas

        canvas = Canvas(Image.new("RGB", (100, 80)))
        canvas.paste(self.square(40), [(10, 20), (50, 20), (50, 60), (10, 60)], 1)
        self.assertEqual(canvas.seen(1), ((10, 20, 50, 60), 1.0))
        canvas.hide((30, 0), Image.new("RGB", (60, 80)))
        self.assertEqual(canvas.seen(1), ((10, 20, 30, 60), 0.5))
        canvas.paste(self.square(40), [(80, 20), (120, 20), (120, 60), (80, 60)], 2)
        self.assertEqual(canvas.seen(2), ((80, 20, 100, 60), 0.5))
        canvas.paste(self.square(40), [(200, 0), (240, 0), (240, 40), (200, 40)], 3)
        self.assertEqual(canvas.seen(3), (None, 0.0))

    def test_a_head_becomes_a_person_that_ends_at_the_edge_of_the_picture(self) -> None:
        from compose.photos import person_box

        self.assertEqual(person_box((40, 10, 50, 22), (100, 200)), (32.0, 10, 58.0, 70.0))
        self.assertEqual(person_box((0, 10, 10, 22), (100, 50)), (0.0, 10, 18.0, 50))

    def test_empty_head_boxes_and_those_outside_are_left_out_and_the_largest_is_first(self) -> None:
        from compose.crowds import heads_of

        boxes = [
            ["head", 0.1, 0.1, 0.2, 0.2],
            ["head", 0.5, 0.5, 0.5, 0.6],
            ["helmet", 0.5, 0.5, 0.8, 0.9],
            ["head", 0.9, 0.9, 1.1, 1.0],
        ]
        self.assertEqual(heads_of(boxes), [("helmet", (0.5, 0.5, 0.8, 0.9)), ("head", (0.1, 0.1, 0.2, 0.2))])

    def test_crowds_are_used_where_heads_are_above_and_side_by_side(self) -> None:
        from compose.crowds import well_placed

        standing = [(0.3, 0.1, 0.4, 0.25), (0.6, 0.1, 0.7, 0.25)]
        self.assertTrue(well_placed(standing, (200, 150)))
        self.assertFalse(well_placed(standing, (150, 200)))
        self.assertFalse(well_placed([(x1, y1 + 0.6, x2, y2 + 0.6) for x1, y1, x2, y2 in standing], (200, 150)))
        self.assertFalse(well_placed([(0.3, 0.1, 0.32, 0.13)], (200, 150)))
        self.assertFalse(well_placed([(0.1, at, 0.2, at + 0.1) for at in (0.1, 0.3, 0.5)], (200, 150)))

    def test_hair_and_helmets_tell_which_way_up_a_picture_is(self) -> None:
        from PIL import Image

        from compose.crowds import way_up

        image = Image.new("RGB", (200, 150), "#777")
        image.paste("#222", (40, 15, 80, 35))
        image.paste("#eca", (40, 35, 80, 55))
        hair = [("head", (0.2, 0.1, 0.4, 55 / 150))]
        self.assertGreater(way_up(image, hair), 1)
        self.assertLess(way_up(image.transpose(Image.FLIP_TOP_BOTTOM), [("head", (0.2, 95 / 150, 0.4, 0.9))]), -1)
        self.assertLess(way_up(image, [("helmet", hair[0][1])]), -1)


@unittest.skipIf(MISSING, f"needs {' and '.join(MISSING)}")
class ComposeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        from compose.run import Options, run

        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        for step in (write_icons, write_photos, write_posts):
            step(cls.folder.name)
        cls.options = Options(
            *(f"{cls.folder.name}/{name}" for name in ("logos", "flags", "images", "data")),
            output=f"{cls.folder.name}/out",
            seed=3,
            posts=60,
            events=20,
            size=128,
            workers=1,
        )
        cls.counts = run(cls.options)
        cls.records = {
            split: read_lines(f"{cls.folder.name}/out/mner/composed/{split}.jsonl") for split in ("train", "dev")
        }
        cls.lines = {line["image_id"]: line for line in read_lines(f"{cls.folder.name}/out/regions.jsonl")}

    def digest(self, folder: str) -> dict[str, str]:
        found = {}
        for root, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(root, name), "rb") as file:
                    found[os.path.relpath(os.path.join(root, name), folder)] = hashlib.sha256(file.read()).hexdigest()
        return found

    def test_a_seed_gives_the_same_bytes_with_any_number_of_workers_and_another_seed_others(self) -> None:
        import dataclasses

        from compose.run import run

        first = self.digest(self.options.output)
        for name, changes in (("again", {}), ("two", {"workers": 2}), ("other", {"seed": 4})):
            run(dataclasses.replace(self.options, output=f"{self.folder.name}/{name}", **changes))
            same = self.digest(f"{self.folder.name}/{name}") == first
            self.assertEqual(same, name != "other", name)

    def test_posts_are_mixed_as_told(self) -> None:
        self.assertEqual((len(self.records["train"]), len(self.records["dev"]), self.counts["posts"]), (54, 6, 60))
        mixed = collections.Counter(record["id"].split("-")[2] for record in self.records["train"])
        self.assertEqual(mixed, {"real": 16, "caption": 6, "ambiguous": 16, "unrelated": 11, "none": 5})
        for record in self.records["train"]:
            part = record["id"].split("-")[2]
            wanted = {"ambiguous": "deciding", "real": "fitting", "caption": "fitting"}.get(part, part)
            self.assertEqual((record["picture"], "image_id" in record), (wanted, part != "none"))

    def test_boxes_lie_inside_and_are_no_smaller_than_ten_pixels(self) -> None:
        self.assertGreater(self.counts["regions"], 40)
        for line in self.lines.values():
            self.assertEqual(len(line["boxes"]), len(line["kinds"]))
            self.assertEqual(len(line["boxes"]), len(line["names"]))
            self.assertEqual(max(line["size"]), 128)
            for x1, y1, x2, y2 in line["boxes"]:
                self.assertTrue(0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1)
                self.assertGreaterEqual(min((x2 - x1) * line["size"][0], (y2 - y1) * line["size"][1]), 9.97)

    def test_pictures_are_where_their_lines_say(self) -> None:
        from PIL import Image

        for line in self.lines.values():
            with Image.open(f"{self.options.output}/{line['file']}") as image:
                self.assertEqual([*image.size], line["size"])

    def test_offsets_match_the_text_and_objects_are_regions_of_the_types_kind(self) -> None:
        kind_of = {"person": "person", "organization": "logo", "location": "flag"}
        linked = 0
        for record in self.records["train"] + self.records["dev"]:
            for entity in record["entities"]:
                self.assertEqual(record["text"][entity["start"]:entity["end"]], entity["text"])
                if entity.get("object") is not None:
                    line = self.lines[record["image_id"]]
                    self.assertEqual(line["kinds"][entity["object"]], kind_of[entity["type"]])
                    self.assertEqual(entity["boxes"], [line["boxes"][entity["object"]]])
                    linked += 1
        self.assertGreater(linked, 20)

    def test_the_largest_region_decides_what_an_ambiguous_name_is(self) -> None:
        types = collections.defaultdict(list)
        for record in self.records["train"]:
            if record.get("ambiguous"):
                # None: a captioned scene, where the person is not marked.
                entity = record["entities"][0]
                self.assertIn(entity.get("object"), (0, None) if entity["type"] == "person" else (0,))
                self.assertEqual("object" in entity, self.lines[record["image_id"]]["complete"])
                types[record["text"]].append(record["entities"][0]["type"])
        self.assertGreaterEqual(max(map(len, types.values())), 2)
        self.assertTrue(all(len(labels) == len(set(labels)) for labels in types.values()))

    def test_people_of_a_picture_are_arguments_of_its_event(self) -> None:
        shown = 0
        for record in read_lines(f"{self.options.output}/mee/composed/train.jsonl"):
            event = record["events"][0]
            self.assertEqual(record["text"][event["trigger"]["start"]:event["trigger"]["end"]], "met")
            kinds = self.lines[record["image_id"]]["kinds"] if "image_id" in record else []
            named = [(argument["role"], kinds[argument["object"] - 1]) for argument in event["arguments"]]
            self.assertEqual(set(named), {("entity", "person")} if record["picture"] == "fitting" else set())
            shown += len(named)
        self.assertGreater(shown, 5)

    def test_a_brand_that_is_named_is_linked_before_a_larger_one(self) -> None:
        from compose.parts import Parts
        from compose.run import with_regions

        parts = Parts(self.options.logos, self.options.flags)
        line = {
            "kinds": ["logo", "logo", "flag"],
            "keys": ["bopax", "almark", "aa"],
            "boxes": [[0, 0, 1, 1], [0, 0, 0.5, 0.5], [0, 0, 0.2, 0.2]],
        }
        entities = [{"type": "organization", "text": name} for name in ("Else", "#AlMark", "Third")] + [
            {"type": "person", "text": "Ada"}
        ]
        found = with_regions({"entities": entities}, line, parts)["entities"]
        self.assertEqual([entity["object"] for entity in found], [0, 1, None, None])

    def test_an_unrelated_picture_holds_nothing_of_a_types_kind(self) -> None:
        unrelated = [record for record in self.records["train"] if record["picture"] == "unrelated"]
        self.assertEqual({entity["object"] for record in unrelated for entity in record["entities"]}, {None})

    def test_splits_share_no_brand_country_or_text(self) -> None:
        names, texts = collections.defaultdict(set), {}
        for line in self.lines.values():
            names[line["split"]] |= {(kind, name) for kind, name in zip(line["kinds"], line["names"]) if name}
        self.assertEqual(names["train"] & names["dev"], set())
        for split, records in self.records.items():
            texts[split] = {record["text"] for record in records}
        self.assertEqual(texts["train"] & texts["dev"], set())

    def test_splits_share_no_photograph_name_or_frame(self) -> None:
        from compose.photos import Photos
        from compose.frames import FRAMES
        from compose.names import made_up_name, real_names

        photos = Photos(self.options.images)
        for listed in (photos.scenes, photos.empty, photos.crowds):
            self.assertEqual([len(listed[split]) > 0 for split in ("train", "dev")], [True, True])
            self.assertEqual({photo.path for photo in listed["train"]} & {photo.path for photo in listed["dev"]}, set())
        names = {split: {name for name, _ in real_names(split)} for split in ("train", "dev")}
        self.assertEqual(names["train"] & names["dev"], set())
        self.assertGreaterEqual(len(names["train"] | names["dev"]), 120)
        made = {
            split: {word for _ in range(300) for word in made_up_name(split, random.Random(_)).split()}
            for split in ("train", "dev")
        }
        self.assertEqual(made["train"] & made["dev"], set())
        self.assertTrue(all(frame.count("{X}") == 1 for frame in FRAMES) and len(set(FRAMES)) == len(FRAMES) >= 150)

    def test_an_svg_that_asks_for_something_outside_is_refused(self) -> None:
        from compose.parts import drawn

        path = f"{self.folder.name}/outside.svg"
        write(
            path,
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
            f'<image width="9" height="9" xlink:href="file://{self.folder.name}/images/captioned.jsonl"/></svg>',
        )
        with self.assertRaisesRegex(ValueError, "nothing outside the file is read"):
            drawn(path, 16, 16)

    def test_a_mix_that_is_not_understood_is_refused(self) -> None:
        from compose.run import read_mix

        self.assertEqual(read_mix("real=1,none=3")["none"], 3.0)
        for wrong in ("reel=1", "real=-1", "real=0", "real=nan"):
            with self.subTest(wrong), self.assertRaises(ValueError):
                read_mix(wrong)


if __name__ == "__main__":
    unittest.main()
