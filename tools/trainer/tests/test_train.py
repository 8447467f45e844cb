"""Shows that runs depend on their seed only, continue where they stopped, and learn, on twelve posts."""
import itertools
import json
import os
import random
import tempfile
import unittest
from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from backbone import read_run, train_backbone
from config import Config
from examples import Chance, ExampleBuilder, Names
from feed import Batch, Feed
from pictures import PictureStore, build_crops, matched, overlap, proposed, read_kinds, read_sources
from safetensors_file import load_file, save_file
from shards import Shard, build_shard
from silver import count_votes, spans_of, sure_entities
from tests.tiny import record, tiny_config, write_tokenizer
from tokenizer import Tokenizer
from train import Trainer

QUIET = {"run": {"ema": 0.9}}


def same(a: Batch, b: Batch) -> bool:
    return np.array_equal(a.ids, b.ids) and np.array_equal(a.target, b.target) and np.array_equal(a.weights, b.weights)


class FeedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def first(self, feed: Feed, count: int) -> list[Batch]:
        self.addCleanup(feed.close)
        return list(itertools.islice(iter(feed), count))

    def test_workers_and_one_process_build_the_same_batches(self) -> None:
        alone = self.first(Feed(tiny_config(self.folder.name)), 12)
        shared = self.first(Feed(tiny_config(self.folder.name, data={"workers": 2})), 12)
        self.assertTrue(all(same(a, b) for a, b in zip(alone, shared)))

    def test_another_seed_gives_other_batches(self) -> None:
        one = self.first(Feed(tiny_config(self.folder.name)), 4)
        other = self.first(Feed(tiny_config(self.folder.name, run={"seed": 9})), 4)
        self.assertFalse(all(same(a, b) for a, b in zip(one, other)))

    def test_a_feed_continues_after_the_batch_it_stopped_at(self) -> None:
        config = tiny_config(self.folder.name)
        whole = self.first(Feed(config), 11)
        begun = Feed(config)
        self.first(begun, 5)
        rest = self.first(Feed(config, json.loads(json.dumps(begun.state()))), 6)
        self.assertTrue(all(same(a, b) for a, b in zip(whole[5:], rest)))

    def test_every_post_is_drawn_once_before_one_is_drawn_twice(self) -> None:
        feed = Feed(tiny_config(self.folder.name))
        self.addCleanup(feed.close)
        for _ in range(3):
            self.assertEqual(sorted(feed.plan.item("mner/tiny") for _ in range(12)), list(range(12)))

    def test_a_shard_gives_back_the_lines(self) -> None:
        config = tiny_config(self.folder.name)
        path = f"{self.folder.name}/raw.txt"
        lines = [f"Ada in Oslo and Lima and number {'x' * at} more" for at in range(1, 5)]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, "short"]))
        self.assertEqual(build_shard(config.run.tokenizer, [path], f"{self.folder.name}/shard")[0], 4)
        shard = Shard(f"{self.folder.name}/shard")
        tokenizer = Feed(config).source.tokenizer
        self.assertEqual([shard[at] for at in range(4)], [tokenizer.encode(line) for line in lines])
        mixed = tiny_config(
            self.folder.name, data={"shards": {"raw": "shard"}, "mix": [[0, {"words/raw": 1, "denoise/raw": 1}]]}
        )
        kinds = {batch.masked is None for batch in self.first(Feed(mixed), 6)}
        self.assertEqual(kinds, {True, False})


class TrainTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def weights(self, stop_after: int | None, out: str, **sections: dict) -> dict[str, torch.Tensor]:
        config = tiny_config(self.folder.name, **(QUIET | {"run": {"ema": 0.9, "out": out}} | sections))
        trainer = Trainer(config)
        if stop_after is not None:
            update = trainer.update

            def counted(batches: list[Batch]) -> dict[str, float]:
                losses = update(batches)
                trainer.stopping = trainer.step == stop_after
                return losses

            trainer.update = counted
        trainer.run()
        return {name: value.clone() for name, value in trainer.model.state_dict().items()}

    def test_the_same_seed_gives_the_same_weights_also_after_a_stop(self) -> None:
        whole = self.weights(None, "whole")
        self.weights(3, "parts")
        self.assertFalse(os.path.exists(f"{self.folder.name}/parts/checkpoint"))
        parts = self.weights(None, "parts")
        self.assertTrue(all(torch.equal(whole[name], parts[name]) for name in whole))
        self.assertTrue(os.path.exists(f"{self.folder.name}/parts/checkpoint/model.safetensors"))

    def test_the_log_says_where_the_run_is(self) -> None:
        self.weights(None, "logged")
        with open(f"{self.folder.name}/logged/log.jsonl", encoding="utf-8") as file:
            last = json.loads(file.read().splitlines()[-1])
        self.assertEqual((last["step"], last["progress"]), (6, 1.0))
        self.assertLessEqual({"text", "tags", "tokens_per_second", "seconds_left", "rate"}, set(last))

    def test_without_vision_the_picture_part_stays_as_it_is(self) -> None:
        trainer = Trainer(tiny_config(self.folder.name))
        before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
        trainer.run()
        for name, value in trainer.model.state_dict().items():
            if name.startswith(("visual.", "gate.")):
                self.assertTrue(torch.equal(value, before[name]), name)
        self.assertFalse(torch.equal(trainer.model.shared.weight, before["shared.weight"]))

    def test_with_pictures_the_gate_learns_and_a_frozen_backbone_does_not(self) -> None:
        self.write_crops()
        for backbone, moves in (("frozen", False), ("trained", True)):
            config = tiny_config(
                self.folder.name,
                vision={"train": True, "backbone": backbone},
                data={"regions": "crops"},
                run={"out": backbone},
            )
            trainer = Trainer(config)
            before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
            trainer.run()
            after = trainer.model.state_dict()
            changed = lambda name: not torch.equal(after[name], before[name])  # noqa: E731
            self.assertTrue(changed("gate.o.weight") and changed("visual.fc1.weight"))
            self.assertEqual(
                (changed("visual.backbone.conv1.weight"), changed("visual.backbone.bn1.running_mean")), (moves, moves)
            )

    def test_with_a_frozen_text_side_only_the_pictures_learn(self) -> None:
        self.write_crops()
        trainer = Trainer(
            tiny_config(self.folder.name, vision={"train": True, "text": "frozen"}, data={"regions": "crops"})
        )
        before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
        trainer.run()
        changed = {name for name, value in trainer.model.state_dict().items() if not torch.equal(value, before[name])}
        self.assertTrue(changed)
        self.assertEqual({name for name in changed if not name.startswith(("visual.", "gate."))}, set())
        with self.assertRaises(ValueError):
            tiny_config(self.folder.name, vision={"text": "forgotten"})

    def write_crops(self) -> None:
        """Three pictures of one to three crops, as `crops` writes them."""
        folder = f"{self.folder.name}/crops"
        os.makedirs(folder)
        np.random.default_rng(0).integers(0, 255, (6, 3, 16, 16), np.uint8).tofile(f"{folder}/crops.u8")
        np.save(f"{folder}/boxes.npy", np.tile(np.array([0, 0, 1, 1], np.float32), (6, 1)))
        with open(f"{folder}/index.json", "w", encoding="utf-8") as file:
            json.dump({"size": 16, "images": {"picture-0": [0, 1], "picture-1": [1, 2], "picture-2": [3, 3]}}, file)

    def test_a_batch_holds_the_crops_of_its_pictures_in_order(self) -> None:
        self.write_crops()
        trainer = Trainer(tiny_config(self.folder.name))
        store = PictureStore(f"{self.folder.name}/crops", trainer.model.c)
        self.assertIsNone(store.batch([None, "unknown"]))
        pictures = store.batch(["picture-2", None, "picture-0"])
        self.assertEqual(pictures.mask.tolist(), [[1, 1, 1], [1, 0, 0], [1, 0, 0]])
        self.assertEqual(pictures.present.tolist(), [True, False, True])
        self.assertEqual(len(pictures.pixels), 5)


class PicturedTest(unittest.TestCase):
    """Two posts with pictures of a red and a blue region, cut by the `crops` command's own code."""

    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, count: int = 8) -> None:
        folder = self.folder.name
        os.makedirs(f"{folder}/images")
        os.makedirs(f"{folder}/mner/composed")
        boxes = [[0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0]]
        with open(f"{folder}/regions.jsonl", "w", encoding="utf-8") as lines, open(
            f"{folder}/mner/composed/train.jsonl", "w", encoding="utf-8"
        ) as posts:
            for number in range(count):
                image = Image.new("RGB", (32, 16), (200, 10, 10))
                image.paste((10, 10, 200), (16, 0, 32, 16))
                image.save(f"{folder}/images/{number}.png")
                kinds = {"kinds": ["person", "flag"], "names": [None, "red" if number % 2 else "blue"]}
                lines.write(
                    json.dumps(
                        {"image_id": f"i{number}", "file": f"{number}.png", "split": "train", "boxes": boxes, **kinds}
                    )
                    + "\n"
                )
                entities = [{"type": "person", "text": "Ada", "start": 0, "end": 3, "object": 0},
                            {"type": "location", "text": "Oslo", "start": 7, "end": 11, "object": None}]
                post = {"text": "Ada in Oslo", "image_id": f"i{number}", "picture": "deciding", "entities": entities}
                posts.write(json.dumps(post) + "\n")

    def config(self, **sections: dict) -> Config:
        types = {"entity_types": {"tiny": ["person", "location"], "composed": ["person", "location"]}}
        return tiny_config(self.folder.name, **(sections | {"data": types | sections.get("data", {})}))

    def crops(self, proposals: int | None = None) -> str:
        folder = f"{self.folder.name}/crops"
        build_crops(
            f"{self.folder.name}/images", f"{self.folder.name}/regions.jsonl", folder, 16, 3, "train", proposals
        )
        return folder

    def test_a_mention_is_followed_by_its_object_wherever_it_is_shown(self) -> None:
        self.write()
        self.crops(proposals=1)
        plain = {"lower": 0, "upper": 0, "noisy_words": 0}
        feed = Feed(self.config(data={"regions": "crops", "mix": [[0, {"gmner/composed": 1}]], "chance": plain}))
        self.addCleanup(feed.close)
        tokenizer, sources = feed.source.tokenizer, read_sources(f"{self.folder.name}/crops")
        numbers = set()
        for batch in itertools.islice(iter(feed), 12):
            for row, image in enumerate(batch.images):
                shown = [sources[image][crop] for crop in batch.orders[row]].index(0) + 1
                target = [token for token in batch.target[row].tolist() if token >= 0]
                ada, oslo = tokenizer.encode("person, Ada,") + [tokenizer.object_ids(3)[shown - 1]], tokenizer.encode(
                    "location, Oslo, none"
                )
                self.assertEqual(batch.gates[row], 1.0)
                if target == [*oslo, 1]:
                    continue  # persons were not requested
                self.assertIn(target, ([*ada, tokenizer.separator, *oslo, 1], [*ada, 1]))
                of_row = batch.seen[batch.seen[:, 0] == row]
                self.assertEqual(batch.ids[row, of_row[:, 1]].tolist(), tokenizer.encode("Ada"))
                self.assertEqual(set(of_row[:, 2].tolist()), {shown})
                numbers.add(shown)
        self.assertGreater(len(numbers), 1)

    def test_an_object_of_an_event_is_named_by_the_number_it_is_shown_under(self) -> None:
        self.write()
        os.makedirs(f"{self.folder.name}/mee/composed")
        event = {
            "type": "meet",
            "trigger": {"start": 4, "end": 6},
            "arguments": [{"role": "entity", "object": 2}, {"role": "place", "start": 7, "end": 11}],
        }
        with open(f"{self.folder.name}/mee/composed/train.jsonl", "w", encoding="utf-8") as file:
            file.write(
                json.dumps({"text": "Ada in Oslo", "image_id": "i1", "picture": "fitting", "events": [event]}) + "\n"
            )
        self.crops(proposals=1)
        plain = {"lower": 0, "upper": 0, "noisy_words": 0}
        feed = Feed(self.config(data={"regions": "crops", "mix": [[0, {"meae/composed": 1}]], "chance": plain}))
        self.addCleanup(feed.close)
        tokenizer, sources = feed.source.tokenizer, read_sources(f"{self.folder.name}/crops")["i1"]
        for batch in itertools.islice(iter(feed), 6):
            shown = [sources[crop] for crop in batch.orders[0]].index(1) + 1
            target = [token for token in batch.target[0].tolist() if token >= 0]
            expected = [
                *tokenizer.encode("place, Oslo"),
                tokenizer.separator,
                *tokenizer.encode("entity,"),
                tokenizer.object_ids(3)[shown - 1],
                1,
            ]
            self.assertEqual(target, expected)
            self.assertEqual(batch.gates[0], 1.0)

    def test_beside_a_picture_without_marks_only_entities_are_requested(self) -> None:
        self.write()
        self.crops()
        path = f"{self.folder.name}/mner/composed/train.jsonl"
        with open(path, encoding="utf-8") as file:
            posts = [json.loads(line) for line in file]
        with open(path, "w", encoding="utf-8") as file:
            for post in posts:
                del post["entities"][0]["object"]
                file.write(json.dumps(post) + "\n")
        feed = Feed(self.config(data={"regions": "crops", "mix": [[0, {"gmner/composed": 1}]]}))
        self.addCleanup(feed.close)
        objects = set(feed.source.tokenizer.object_ids(3))
        for batch in itertools.islice(iter(feed), 6):
            self.assertFalse(objects & set(batch.target.flatten().tolist()))
            self.assertNotIn(feed.source.tokenizer.encode("none")[0], batch.target[batch.target >= 0].tolist())
            self.assertEqual(len(batch.seen), 0)

    def test_proposals_keep_every_true_box_and_add_only_what_lies_elsewhere(self) -> None:
        true = [[0.1, 0.1, 0.4, 0.5], [0.5, 0.5, 0.9, 0.9]]
        sizes = set()
        for seed in range(20):
            found = proposed(true, random.Random(seed))
            sizes.add(len(found))
            self.assertEqual(sorted(source for source, _ in found if source >= 0), [0, 1])
            for source, box in found:
                self.assertTrue(0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1)
                near = [overlap(box, one) for one in true]
                self.assertTrue(near[source] > 0.5 if source >= 0 else max(near) < 0.3)
        self.assertGreater(len(sizes), 2)
        self.assertAlmostEqual(overlap([0, 0, 0.5, 1], [0.25, 0, 0.75, 1]), 1 / 3)

    def test_a_found_region_shows_the_true_box_it_shares_most_of(self) -> None:
        true = [[0.1, 0.1, 0.4, 0.5], [0.5, 0.5, 0.9, 0.9], [0.0, 0.8, 0.1, 0.9]]
        near, nearer, on_both, nothing = (
            [0.1, 0.1, 0.4, 0.4],
            [0.1, 0.1, 0.4, 0.49],
            [0.5, 0.5, 0.9, 0.88],
            [0.6, 0.0, 0.8, 0.2],
        )
        found = matched(true, [near, nothing, nearer, on_both])
        # The second-best region of the first box does not count as empty, and the third box was not found.
        self.assertEqual(found, [(-1, nothing), (0, nearer), (1, on_both)])
        self.assertEqual(matched([], [near]), [(-1, near)])
        self.assertEqual(matched(true, []), [])

    def test_half_of_the_images_have_the_regions_that_a_proposer_found(self) -> None:
        self.write(40)
        found = f"{self.folder.name}/found.jsonl"
        with open(found, "w", encoding="utf-8") as file:
            for number in range(40):
                file.write(json.dumps({"image_id": f"i{number}", "boxes": [[0.0, 0.0, 0.5, 0.98]]}) + "\n")
        folder = f"{self.folder.name}/crops"
        build_crops(f"{self.folder.name}/images", f"{self.folder.name}/regions.jsonl", folder, 16, 3, "train", 1, found)
        sources = read_sources(folder)
        shares = sum(regions == [0] for regions in sources.values()) / 40
        self.assertTrue(0.2 < shares < 0.8, shares)
        self.assertEqual(
            read_kinds(folder),
            {image: {"person"} if regions == [0] else {"person", "flag"} for image, regions in sources.items()},
        )

    def test_a_post_beside_a_picture_of_another_says_the_same_and_the_gate_is_taught_shut_where_that_is_sure(
        self,
    ) -> None:
        self.write()
        self.crops()
        types = {"tiny": ["person", "location"]}
        chance = Chance(replace=0, lower=0, upper=0, noisy_words=0, coarse=0, unrelated=1.0)
        tokenizer = Tokenizer(write_tokenizer(self.folder.name))

        def made(kinds: set[str], text: str, *entities: tuple[str, str]):
            builder = ExampleBuilder(
                tokenizer, 256, 64, chance, Names(), tokenizer.object_ids(3), types, {"i0": [0, 1]}, {"i0": kinds}
            )
            example = builder.entities(record(text, *entities), "tiny")
            return example.image, example.gate, sorted(example.order), tokenizer.decode(example.target)

        self.assertEqual(made({"flag"}, "Ada in Oslo", ("person", "Ada")), ("i0", -0.5, [0, 1], "person, Ada"))
        # It shows a person, but which one is not known; or what it shows is not known.
        self.assertEqual(made({"person"}, "Ada in Oslo", ("person", "Ada")), ("i0", None, [0, 1], "person, Ada"))
        self.assertEqual(made(set(), "Ada in Oslo", ("person", "Ada"))[1], None)
        builder = ExampleBuilder(
            tokenizer, 256, 64, chance, Names(), tokenizer.object_ids(3), types, {"i0": [0, 1]}, {"i0": {"person"}}
        )
        # No picture helps with events, whatever it shows.
        self.assertEqual(builder.events({"text": "Ada in Oslo", "events": []}).gate, -0.5)
        without = ExampleBuilder(
            tokenizer, 256, 64, replace(chance, unrelated=0.0), Names(), tokenizer.object_ids(3), types, {"i0": [0]}, {}
        )
        self.assertEqual(without.events({"text": "Ada in Oslo", "events": []}).image, None)

    def test_what_an_unrelated_picture_moves_is_a_loss_and_nothing_where_it_moves_nothing(self) -> None:
        self.write()
        self.crops()
        chance = {"unrelated": 1.0, "lower": 0, "upper": 0, "noisy_words": 0}
        data = {"regions": "crops", "mix": [[0, {"mner/tiny": 1}]], "chance": chance}
        trainer = Trainer(self.config(data=data, vision={"train": True, "text": "frozen"}, loss={"unmoved": 1.0}))
        self.addCleanup(trainer.feed.close)
        trainer.model.train()
        trainer.quiet()
        batch = next(iter(trainer.feed))
        self.assertTrue(batch.unrelated.all())
        with torch.no_grad():
            trainer.model.gate.o.weight.zero_()
            self.assertAlmostEqual(trainer.losses(batch)["unmoved"].item(), 0.0, places=6)
            trainer.model.gate.o.weight.normal_()
        moved = trainer.losses(batch)["unmoved"]
        self.assertGreater(moved.item(), 1e-4)
        moved.backward()
        self.assertTrue(trainer.model.gate.o.weight.grad.abs().sum() > 0)
        self.assertIsNone(trainer.model.shared.weight.grad)

    def test_gate_and_attention_learn_what_the_records_say(self) -> None:
        self.write()
        self.crops(proposals=2)
        embedded = {
            "umie": {
                "max_objects": 3,
                "image_size": 16,
                "backbone": {"depths": [1], "width": 2},
                "d_v": 8,
                "visual_layers": 1,
                "object_embedding": True,
            }
        }
        config = self.config(
            data={"regions": "crops", "mix": [[0, {"gmner/composed": 1}]]},
            vision={"train": True},
            model=embedded,
            schedule={"max_steps": 200, "warmup_steps": 2},
        )
        trainer = Trainer(config)
        before = trainer.model.visual.object_embedding.weight.clone()
        batches = iter(trainer.feed)
        losses = [trainer.update([next(batches)]) for _ in range(200)]
        for part in ("gate", "attention"):
            values = [each[part] for each in losses if part in each]
            self.assertLess(sum(values[-10:]), 0.7 * sum(values[:10]), part)
        self.assertFalse(torch.equal(before, trainer.model.visual.object_embedding.weight))

    def test_a_backbone_learns_to_tell_two_kinds_apart(self) -> None:
        self.write(16)
        self.crops(proposals=3)
        path = f"{self.folder.name}/backbone.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(
                {
                    "out": "backbone",
                    "train": "crops",
                    "dev": "crops",
                    "threads": 1,
                    "batch": 8,
                    "lr": 0.01,
                    "log_seconds": 1000,
                    "model": {"umie": {"backbone": {"depths": [1], "width": 2}, "d_v": 8}},
                    "schedule": {"max_steps": 150, "warmup_steps": 2},
                },
                file,
            )
        scores = train_backbone(read_run(path))
        self.assertEqual(set(scores), {"all", "person", "flag", "none"})
        self.assertGreater(min(scores["person"], scores["flag"]), 0.9)
        config = self.config(run={"backbone": "backbone/backbone.safetensors"})
        saved = load_file(f"{self.folder.name}/backbone/backbone.safetensors")
        self.assertTrue(torch.equal(Trainer(config).model.visual.backbone.conv1.weight, saved["conv1.weight"]))
        self.assertEqual(
            self.gone_on(path, "backbone/backbone.safetensors")["conv1.weight"].tolist(), saved["conv1.weight"].tolist()
        )
        save_file(
            f"{self.folder.name}/model.safetensors",
            {f"visual.backbone.{name}": value for name, value in saved.items()}
            | {"shared.weight": saved["conv1.weight"]},
            {},
        )
        self.assertEqual(
            self.gone_on(path, "model.safetensors")["conv1.weight"].tolist(), saved["conv1.weight"].tolist()
        )

    def gone_on(self, path: str, init: str) -> dict[str, torch.Tensor]:
        """The weights after a step of nothing from those of a file."""
        with open(path, encoding="utf-8") as file:
            settings = json.load(file)
        again = f"{self.folder.name}/again.json"
        with open(again, "w", encoding="utf-8") as file:
            json.dump({**settings, "out": "again", "init": init, "lr": 0.0, "schedule": {"max_steps": 1}}, file)
        train_backbone(read_run(again))
        return load_file(f"{self.folder.name}/again/backbone.safetensors")


class SilverTest(unittest.TestCase):
    # Chances per word: outside, then first and inside of person, location, miscellaneous, organization.
    ADA = [0.1, 0.9, 0, 0, 0, 0, 0, 0, 0]
    LIND = [0.1, 0, 0.8, 0, 0, 0, 0, 0, 0.1]
    IN = [1.0, 0, 0, 0, 0, 0, 0, 0, 0]
    DOUBT = [0.5, 0.4, 0, 0.1, 0, 0, 0, 0, 0]

    def test_spans_are_first_and_inside_words_with_their_least_chance(self) -> None:
        chances = np.array([self.ADA, self.LIND, self.IN, self.ADA])
        self.assertEqual(spans_of(chances), [(0, 0, 2, 0.8), (0, 3, 4, 0.9)])

    def test_a_line_with_doubt_is_dropped(self) -> None:
        for second, kept in ((self.IN, [("person", 0, 1)]), (self.DOUBT, None)):
            chances = np.array([self.ADA, second])
            spans = spans_of(chances)
            words = ["Ada", "in"]
            self.assertEqual(sure_entities(words, spans, chances[:, 0], count_votes([(words, spans)])), kept)

    def test_a_name_is_judged_over_all_its_places(self) -> None:
        weak = (1, 0, 1, 0.6)
        votes = count_votes([(["Lima"], [(1, 0, 1, 1.0)])] * 9 + [(["Lima"], [weak])])
        self.assertEqual(sure_entities(["Lima"], [weak], np.array([0.3]), votes), [("location", 0, 1)])
        self.assertIsNone(sure_entities(["Lima"], [weak], np.array([0.3]), count_votes([(["Lima"], [weak])])))


if __name__ == "__main__":
    unittest.main()
