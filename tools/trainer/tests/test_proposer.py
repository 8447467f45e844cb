"""Checks the proposer's targets, runs, scores and files, and that it learns, on pictures of coloured squares."""
import json
import os
import tempfile
import unittest

import numpy as np
import torch
from PIL import Image

from proposer.data import Batches, Picture, rarity, read_set, write_head_regions
from proposer.decode import find_boxes, iou
from proposer.evaluate import score_pictures
from proposer.model import Proposer, macs
from proposer.settings import Network, Source, load_proposer_config
from proposer.targets import decoded, giou, heat_loss, known_cells, make_targets
from proposer.trainer import ProposerTrainer, load_proposer

SIDE = 64
COLOURS = {"logo": (220, 40, 30), "flag": (30, 60, 220)}
KINDS = {"logo": "logo", "flag": "flag", "head": "person"}
TINY = {
    "image_size": SIDE,
    "kinds": KINDS,
    "within": {},
    "widths": [8, 16, 24, 32],
    "depths": [0, 1, 1],
    "neck": 16,
    "head": 16,
}


def draw(folder: str, count: int) -> str:
    """One or two squares a picture, on grey noise; every fourth picture is "dev"."""
    random = np.random.default_rng(3)
    os.makedirs(f"{folder}/images", exist_ok=True)
    with open(f"{folder}/regions.jsonl", "w", encoding="utf-8") as out:
        for number in range(count):
            pixels = random.integers(110, 150, (SIDE, SIDE, 3)).astype(np.uint8)
            boxes, kinds = [], []
            for half in range(int(random.integers(1, 3))):
                kind, side = list(COLOURS)[int(random.integers(2))], int(random.integers(12, 26))
                left, top = half * 32 + int(random.integers(0, 33 - side)), int(random.integers(0, SIDE - side))
                pixels[top : top + side, left : left + side] = COLOURS[kind]
                boxes.append([left / SIDE, top / SIDE, (left + side) / SIDE, (top + side) / SIDE])
                kinds.append(kind)
            Image.fromarray(pixels).save(f"{folder}/images/{number}.png")
            out.write(
                json.dumps(
                    {
                        "image_id": str(number),
                        "file": f"images/{number}.png",
                        "split": "train" if number % 4 else "dev",
                        "size": [SIDE, SIDE],
                        "boxes": boxes,
                        "kinds": kinds,
                    }
                )
                + "\n"
            )
    return f"{folder}/regions.jsonl"


def settings(folder: str, **sections: dict):
    source = {"regions": "regions.jsonl", "images": ".", "kinds": ["logo", "flag"]}
    tree = {
        "run": {"out": "out", "log_seconds": 1000}, "network": TINY,
        "data": {"sets": [source], "batch": 8, "canvas": [[0, SIDE]], "zoom": [0.9, 1.1], "dark": 0},
        "optimizer": {"lr": 0.004}, "schedule": {"max_steps": 4, "warmup_steps": 2},
    }
    for name, values in sections.items():
        tree[name] = tree.get(name, {}) | values
    with open(f"{folder}/config.json", "w", encoding="utf-8") as file:
        json.dump(tree, file)
    return load_proposer_config(f"{folder}/config.json")


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name


class TargetsTest(unittest.TestCase):
    def test_a_box_is_one_at_its_middle_cell_and_the_smaller_box_has_a_shared_cell(self) -> None:
        boxes = np.array([[0, 0, 32, 32], [12, 12, 20, 20]], np.float32)
        targets = make_targets([boxes], [np.array([0, 1])], np.ones((1, 2)), 32, Network(kinds={"a": "a", "b": "b"}))
        self.assertEqual(targets.heat.shape, (1, 2, 8, 8))
        self.assertEqual([targets.heat[0, kind, 4, 4].item() for kind in (0, 1)], [1, 1])
        self.assertEqual(targets.boxes[0, :, 4, 4].tolist(), [12, 12, 20, 20])
        self.assertEqual(targets.boxes[0, :, 2, 4].tolist(), [0, 0, 32, 32])
        self.assertEqual(int((targets.heat == 1).sum()), 2)

    def test_distances_to_the_edges_give_the_box_back(self) -> None:
        distances = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, :, None, None].expand(1, 4, 2, 2)
        self.assertEqual(decoded(distances)[0, :, 1, 0].tolist(), [1.0, 4.0, 5.0, 10.0])

    def test_overlap_of_known_boxes(self) -> None:
        a, b = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2]])
        self.assertAlmostEqual(giou(a, a).item(), 1)
        self.assertAlmostEqual(giou(a, b).item(), 1 / 3, places=6)
        # Apart: the outer box of 4 × 1 is half empty.
        self.assertAlmostEqual(
            giou(torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([[3.0, 0, 4, 1]])).item(), -0.5, places=6
        )

    def test_kinds_that_are_not_marked_do_not_count(self) -> None:
        network = Network(kinds={"a": "a", "b": "b"})
        targets = make_targets(
            [np.zeros((0, 4), np.float32)], [np.zeros(0, np.int64)], np.array([[1.0, 0.0]]), 32, network
        )
        logits = torch.zeros(1, 2, 8, 8, requires_grad=True)
        heat_loss(logits, targets).backward()
        self.assertGreater(logits.grad[0, 0].abs().min().item(), 0)
        self.assertEqual(logits.grad[0, 1].abs().max().item(), 0)


    def test_what_is_known_of_kinds_that_are_not_marked(self) -> None:
        network = Network(kinds={"person": "person", "head": "person", "logo": "logo"}, within={"head": "person"})
        boxes, kinds = np.array([[0, 0, 8, 16], [16, 16, 24, 32]], np.float32), np.array([0, 2])
        known = known_cells(boxes, kinds, np.array([1, 0, 1]), 8, network)
        # Heads are in people only; which cells of a person they are in is not known.
        self.assertEqual([known[kind].sum() for kind in (0, 1, 2)], [64, 64 - 2 * 4, 64])
        self.assertEqual(known[1, :4, :2].sum(), 0)
        # A picture with heads alone: nothing is known of people; logos are not where the heads are.
        known = known_cells(boxes[:1], np.array([1]), np.array([0, 1, 0]), 8, network)
        self.assertEqual([known[kind].sum() for kind in (0, 1, 2)], [0, 64, 2 * 4])


class DecodeTest(unittest.TestCase):
    def test_peaks_become_boxes_best_first_and_one_thing_is_found_once(self) -> None:
        scores = torch.zeros(2, 8, 8)
        distances = torch.full((4, 8, 8), 6.0)
        scores[0, 1, 1], scores[0, 1, 2], scores[1, 1, 1], scores[1, 6, 6] = 0.9, 0.8, 0.7, 0.95
        boxes, kinds = find_boxes(scores, distances, (1.0, 1.0), 0.1)
        self.assertEqual(kinds.tolist(), [1, 0])
        np.testing.assert_allclose(boxes[1], [0, 0, 12 / 32, 12 / 32])

    def test_boxes_are_fractions_of_the_picture_not_of_the_square(self) -> None:
        scores, distances = torch.zeros(1, 8, 8), torch.full((4, 8, 8), 2.0)
        scores[0, 2, 4] = 0.9
        boxes, _ = find_boxes(scores, distances, (1.0, 0.5), 0.1)
        np.testing.assert_allclose(boxes[0], [16 / 32, 8 / 16, 20 / 32, 12 / 16])

    def test_intersection_over_union(self) -> None:
        self.assertAlmostEqual(iou(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 3, 2]]))[0, 0], 1 / 3)


class TrainTest(Folder):
    def weights(self, out: str, stop_after: int | None = None, **sections: dict) -> dict[str, torch.Tensor]:
        trainer = ProposerTrainer(settings(self.folder, **({"run": {"out": out}} | sections)))
        if stop_after is not None:
            update = trainer.update

            def counted() -> dict[str, float]:
                losses = update()
                trainer.stopping = trainer.step == stop_after
                return losses

            trainer.update = counted
        trainer.run()
        return {name: value.clone() for name, value in trainer.ema.items()}

    def test_a_run_is_determined_by_its_seed_and_continues_where_it_stopped(self) -> None:
        draw(self.folder, 12)
        whole = self.weights("whole")
        self.weights("parts", stop_after=2)
        parts = self.weights("parts")
        other = self.weights("other", run={"out": "other", "seed": 5})
        self.assertTrue(all(torch.equal(value, parts[name]) for name, value in whole.items()))
        self.assertFalse(torch.equal(whole["stem.conv.weight"], other["stem.conv.weight"]))

    def test_a_run_goes_on_from_the_weights_of_another_of_the_same_shape(self) -> None:
        draw(self.folder, 12)
        first = self.weights("first")
        init = {"init": "first/proposer.safetensors"}
        still = self.weights("still", run={"out": "still", **init}, optimizer={"lr": 0.0})
        self.assertTrue(torch.equal(still["stem.conv.weight"], first["stem.conv.weight"]))
        with self.assertRaisesRegex(ValueError, "another shape"):
            self.weights("wide", run={"out": "wide", **init}, network={"image_size": 96})

    def test_it_finds_and_names_squares_it_has_not_seen(self) -> None:
        path = draw(self.folder, 80)
        self.weights("out", schedule={"max_steps": 120, "warmup_steps": 10, "decay_start": 0.5})
        model, network = load_proposer(f"{self.folder}/out/proposer.safetensors")
        pictures = read_set(Source(path, self.folder, list(network.kinds)), network, "dev")
        scores = score_pictures(model, network, pictures)
        self.assertGreaterEqual(scores["all"]["recall"], 80)
        self.assertGreaterEqual(scores["all"]["kind"], 90)


class FilesTest(Folder):
    def test_a_batch_is_a_function_of_seed_and_number(self) -> None:
        draw(self.folder, 12)
        config = settings(
            self.folder, data={"sets": [{"regions": "regions.jsonl", "images": ".", "kinds": ["logo"], "turned": 1}]}
        )
        one, same = (Batches(config.data, config.network, 1).batch(7, SIDE) for _ in range(2))
        self.assertTrue(torch.equal(one[0], same[0]))
        self.assertFalse(torch.equal(one[0], Batches(config.data, config.network, 1).batch(8, SIDE)[0]))
        # Only logos are read, and only they are marked.
        self.assertEqual(one[3].tolist(), [[1, 0, 0]] * 8)
        self.assertEqual({int(kind) for kinds in one[2] for kind in kinds}, {0})

    def test_pictures_of_rare_kinds_are_drawn_more_often(self) -> None:
        none, kinds = np.zeros((0, 4), np.float32), [[0, 0, 0, 0], [0, 1], []]
        pictures = [Picture("", none, np.array(each, np.int64), np.ones(2, np.float32)) for each in kinds]
        self.assertEqual(rarity(pictures, 0).tolist(), [1, 1, 1])
        self.assertEqual(rarity(pictures, 1).tolist(), [1, 5, 1])

    def test_boxes_follow_the_pixels_through_every_change(self) -> None:
        draw(self.folder, 12)
        source = {"regions": "regions.jsonl", "images": ".", "kinds": ["logo", "flag"], "turned": 0.7}
        config = settings(self.folder, data={"sets": [source], "colour": 0})
        std, mean = np.array(config.network.image_std), np.array(config.network.image_mean)
        checked = 0
        for number in range(4):
            pixels, boxes, kinds, _ = Batches(config.data, config.network, 1).batch(number, SIDE)
            for image, these, names in zip(pixels.permute(0, 2, 3, 1).numpy() * std + mean, boxes, kinds):
                for (x1, y1, x2, y2), kind in zip(these, names):
                    inner = image[int(y1) + 3 : int(y2) - 2, int(x1) + 3 : int(x2) - 2].mean((0, 1)) * 255
                    np.testing.assert_allclose(inner, list(COLOURS.values())[kind], atol=12)
                    checked += 1
        self.assertGreater(checked, 20)

    def test_wrong_settings_and_files_are_refused(self) -> None:
        draw(self.folder, 4)
        for sections, what in (
            ({"network": {"image_size": 40}}, "multiples of 16"),
            ({"network": {"depths": [1]}}, "one number more"),
            ({"network": {"size": 64}}, "unknown setting size"),
            (
                {"data": {"sets": [{"regions": "regions.jsonl", "images": ".", "kinds": ["cat"]}]}},
                "does not know 'cat'",
            ),
        ):
            with self.assertRaisesRegex(ValueError, what):
                settings(self.folder, **sections)
        with open(f"{self.folder}/bad.jsonl", "w", encoding="utf-8") as file:
            file.write(json.dumps({"image_id": "1", "file": "../secret.png", "split": "dev", "boxes": [], "kinds": []}))
        with self.assertRaisesRegex(ValueError, "outside the folder"):
            read_set(Source(f"{self.folder}/bad.jsonl", self.folder, []), Network(**TINY), "dev")

    def test_the_configuration_in_the_repository_is_whole(self) -> None:
        config = load_proposer_config(os.path.join(os.path.dirname(__file__), "../recipes/nano.json#proposer"))
        self.assertEqual(
            [source.kinds for source in config.data.sets], [["person", "logo", "flag", "object"], ["head"]]
        )
        # Read from int8 weights and computed as float32: 2 MB and some 12 G multiply-adds a second bound it.
        self.assertLess(sum(value.numel() for value in Proposer(config.network).parameters()), 2e6)
        self.assertLess(macs(config.network), 300e6)

    def test_copies_of_a_photograph_are_on_one_side(self) -> None:
        random = np.random.default_rng(1)
        small = [Image.fromarray(random.integers(0, 255, (8, 8, 3)).astype(np.uint8)) for _ in range(24)]
        originals = [image.resize((48, 48), Image.BILINEAR) for image in small]
        with open(f"{self.folder}/heads.jsonl", "w", encoding="utf-8") as file:
            for number, original in enumerate(originals):
                for copy, image in enumerate(
                    (original, original.transpose(Image.Transpose.ROTATE_180), original.point(lambda level: level // 3))
                ):
                    name = f"{copy}-{number}.png"
                    image.save(f"{self.folder}/{name}")
                    boxes = [["head", 0.1, 0.1, 0.3, 0.4], ["head", 0.2, 0.2, 0.2, 0.3]]
                    file.write(json.dumps({"image": name, "size": [48, 48], "boxes": boxes}) + "\n")
        counts = write_head_regions(self.folder, f"{self.folder}/out.jsonl")
        with open(f"{self.folder}/out.jsonl", encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        self.assertEqual(sum(counts), 72)
        splits = [{record["split"] for record in records[at : at + 3]} for at in range(0, 72, 3)]
        self.assertTrue(all(len(each) == 1 for each in splits))
        self.assertEqual(set.union(*splits), {"train", "dev"})
        # The second box has no area.
        self.assertEqual(records[0]["boxes"], [[0.1, 0.1, 0.3, 0.4]])

    def test_multiply_adds_of_a_network_counted_by_hand(self) -> None:
        shape = Network(image_size=8, kinds={"logo": "logo"}, widths=[2, 3, 4], depths=[0, 0], neck=2, head=2)
        down = 3 * 2 * 9 * 16 + 2 * 3 * 9 * 4 + 3 * 4 * 9 * 1
        up = 4 * 2 * 1 + 3 * 2 * 4 + 2 * 2 * 9 * 4
        self.assertEqual(macs(shape), down + up + 2 * 2 * 9 * 4 + 2 * 5 * 4)
        self.assertEqual(Proposer(shape).eval()(torch.zeros(1, 3, 8, 8))[1].shape, (1, 4, 2, 2))


if __name__ == "__main__":
    unittest.main()
