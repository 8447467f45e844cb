"""Pictures beside a decoder that copies: what examples say is copied, and that the picture side learns while the text
side stays as it is."""
import itertools
import json
import os
import tempfile
import unittest
from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from checkpoint import load_model
from config import Config
from feed import Batch
from pictures import build_crops
from safetensors_file import load_file
from tests.tiny import tiny_config
from train import Trainer

BERT = {"kind": "bert", "num_layers": 1, "num_heads": 4, "d_ff": 16, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
        "max_position_embeddings": 256, "type_vocab_size": 1, "position_offset": 0, "start_token_id": 3}
MODEL = {
    "dropout_rate": 0.0,
    "umie": {
        "max_objects": 3,
        "image_size": 16,
        "backbone": {"depths": [1], "width": 2},
        "d_v": 8,
        "visual_layers": 1,
        "object_embedding": True,
        "text_encoder": BERT,
        "copying": {"width": 8, "buckets": 8, "max_distance": 16},
    },
}
SETS = {
    "entity_types": {"tiny": ["person", "location"], "composed": ["person", "location"]},
    "chance": {"noisy_words": 1.0, "unrelated": 0.0},
}
LOSS = {"negatives": 8, "tagger": 0, "gate": 1.0, "unmoved": 1.0, "attention": 1.0}
FROZEN = {"train": True, "text": "frozen", "objects": True}


class CopyingPicturesTest(unittest.TestCase):
    """Eight posts "Ada in Oslo", each with a picture whose red half is Ada; and the posts of tiny.py, without
    pictures."""

    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        folder = self.folder.name
        os.makedirs(f"{folder}/images")
        os.makedirs(f"{folder}/mner/composed")
        with open(f"{folder}/regions.jsonl", "w", encoding="utf-8") as lines, open(
            f"{folder}/mner/composed/train.jsonl", "w", encoding="utf-8"
        ) as posts:
            for number in range(8):
                image = Image.new("RGB", (32, 16), (200, 10, 10))
                image.paste((10, 10, 200), (16, 0, 32, 16))
                image.save(f"{folder}/images/{number}.png")
                boxes = [[0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0]]
                lines.write(
                    json.dumps(
                        {
                            "image_id": f"i{number}",
                            "file": f"{number}.png",
                            "split": "train",
                            "boxes": boxes,
                            "kinds": ["person", "flag"],
                            "names": [None, None],
                        }
                    )
                    + "\n"
                )
                entities = [{"type": "person", "text": "Ada", "start": 0, "end": 3, "object": 0},
                            {"type": "location", "text": "Oslo", "start": 7, "end": 11, "object": None}]
                posts.write(
                    json.dumps(
                        {"text": "Ada in Oslo", "image_id": f"i{number}", "picture": "deciding", "entities": entities}
                    )
                    + "\n"
                )
        build_crops(f"{folder}/images", f"{folder}/regions.jsonl", f"{folder}/crops", 16, 3, "train")

    def config(self, mix: dict[str, float], vision: dict, **data: object) -> Config:
        return tiny_config(
            self.folder.name,
            model={"d_model": 16, "d_kv": 4, "num_heads": 4, "d_ff": 16, "num_decoder_layers": 1, **MODEL},
            vision=vision,
            data={**SETS, "regions": "crops", "mix": [[0, mix]], **data},
            loss=LOSS,
            optimizer={"lr": 0.01},
        )

    def batch(self, trainer: Trainer) -> Batch:
        self.addCleanup(trainer.feed.close)
        return next(itertools.islice(iter(trainer.feed), 1))

    def open(self, trainer: Trainer) -> None:
        """Gives the gate weights, so that it opens."""
        for layer in (trainer.model.gate.q, trainer.model.gate.k, trainer.model.gate.o):
            torch.nn.init.normal_(layer.weight, 0, 0.3)

    def test_copied_tokens_stand_at_their_places_and_objects_copy_nothing(self) -> None:
        for task in ("gmner", "mner"):
            trainer = Trainer(self.config({f"{task}/composed": 1}, FROZEN))
            batch, tokenizer = self.batch(trainer), trainer.feed.source.tokenizer
            for ids, target, copied, begin in zip(batch.ids, batch.target, batch.copied, batch.begin):
                tokens = [int(token) for token in target if token >= 0]
                for token, place in zip(tokens, copied):
                    self.assertTrue(place < 0 or (place >= begin and ids[place] == token))
                names = "".join(tokenizer.decode([token for token, place in zip(tokens, copied) if place >= 0]).split())
                self.assertIn(names, ("AdaOslo", "Ada", "Oslo"))
                objects = [place for token, place in zip(tokens, copied) if token in tokenizer.object_ids(3)]
                self.assertEqual(set(objects) - {-1}, set())
                self.assertEqual(bool(objects), task == "gmner" and "Ada" in names)

    def test_a_step_lowers_the_loss_and_moves_the_picture_side_alone(self) -> None:
        trainer = Trainer(self.config({"gmner/composed": 1}, FROZEN))
        batch = self.batch(trainer)
        before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
        self.assertLessEqual({"answer", "gate", "attention"}, set(trainer.losses(batch)))
        losses = [trainer.update([batch]) for _ in range(30)]
        total = [sum(value for name, value in each.items() if name != "rate") for each in losses]
        self.assertLess(total[-1], 0.9 * total[0])
        self.assertLess(losses[-1]["answer"], losses[0]["answer"])
        changed = {name for name, value in trainer.model.state_dict().items() if not torch.equal(value, before[name])}
        self.assertEqual({name for name in changed if not name.startswith(("visual.", "gate.", "aux_objects"))}, set())
        self.assertTrue({"visual.fc1.weight", "gate.q.weight", "aux_objects"} <= changed)
        self.assertFalse(any(name.startswith("visual.backbone.") for name in changed))

    def test_unrelated_pictures_are_taught_to_move_nothing(self) -> None:
        trainer = Trainer(self.config({"mner/tiny": 1}, FROZEN, chance={"unrelated": 1.0}))
        self.open(trainer)
        batch = self.batch(trainer)
        self.assertTrue(batch.unrelated.all())
        moved = [trainer.update([batch])["unmoved"] for _ in range(30)]
        self.assertGreater(moved[0], 0)
        self.assertLess(moved[-1], 0.5 * moved[0])

    def test_a_row_without_a_picture_is_read_as_text_alone(self) -> None:
        trainer = Trainer(self.config({"mner/composed": 1}, FROZEN))
        self.open(trainer)
        whole = self.batch(trainer)
        alone = replace(
            whole, images=[None] * len(whole.images), gates=np.full_like(whole.gates, np.nan), seen=whole.seen[:0]
        )
        one = replace(
            whole,
            images=[*whole.images[:1], *alone.images[1:]],
            weights=np.where(np.arange(len(whole.images))[:, None] == 0, 0, whole.weights),
            gates=alone.gates,
            seen=alone.seen,
        )
        self.assertEqual(set(trainer.losses(alone)), {"answer"})
        silent = replace(alone, weights=one.weights)
        torch.manual_seed(0)
        text = trainer.losses(silent)["answer"]
        torch.manual_seed(0)
        beside = trainer.losses(one)["answer"]
        self.assertAlmostEqual(text.item(), beside.item(), places=5)
        self.assertNotAlmostEqual(
            trainer.losses(alone)["answer"].item(), trainer.losses(whole)["answer"].item(), places=3
        )
        # A frozen text side learns nothing from it, and the step does not fail.
        trainer.update([alone])

    def test_the_rows_of_objects_go_back_into_the_table(self) -> None:
        trainer = Trainer(self.config({"gmner/composed": 1}, FROZEN))
        before = trainer.model.shared.weight.clone()
        trainer.run()
        folder, objects = f"{self.folder.name}/out/checkpoint", trainer.model.c["umie"]["object_token_ids"]
        self.assertNotIn("aux_objects", load_file(f"{folder}/aux.safetensors"))
        table = load_model(folder)[0].shared.weight
        moved = {row for row in range(len(before)) if not torch.equal(table[row], before[row])}
        self.assertEqual(moved, set(objects))
        with self.assertRaisesRegex(ValueError, "vision.objects"):
            self.config({"gmner/composed": 1}, {"train": True, "objects": True})


if __name__ == "__main__":
    unittest.main()
