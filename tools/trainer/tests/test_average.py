"""Shows that weights of both checkpoints are averaged, and those that only the second has are kept."""
import tempfile
import unittest

import torch

from average import average, everything
from checkpoint import create_model, write_checkpoint
from tests.tiny import tiny_config
from tokenizer import Tokenizer


class AverageTest(unittest.TestCase):
    def test_a_quarter_of_the_way_from_the_first_to_the_second(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            config = tiny_config(folder)
            for name, value in (("first", 1.0), ("second", 5.0), ("third", 7.0)):
                model = create_model(config, Tokenizer(config.run.tokenizer))
                tensors = {
                    key: torch.full_like(each, value)
                    for key, each in model.state_dict().items()
                    if each.is_floating_point()
                }
                write_checkpoint(f"{folder}/{name}", model.c, tensors, config.run.tokenizer, torch.float32, {})
            average(f"{folder}/first", f"{folder}/second", 0.25, f"{folder}/mixed")
            mixed = everything(f"{folder}/mixed")
            self.assertEqual({float(mixed[name].mean()) for name in ("shared.weight", "aux_rel.bias")}, {2.0})
            self.assertEqual({float(mixed[name].mean()) for name in ("gate.q.weight", "visual.fc1.bias")}, {5.0})
            average(f"{folder}/first", f"{folder}/second", 0.25, f"{folder}/seeing", f"{folder}/third")
            seeing = everything(f"{folder}/seeing")
            self.assertEqual(
                [float(seeing[name].mean()) for name in ("shared.weight", "gate.q.weight", "visual.fc1.bias")],
                [2.0, 7.0, 7.0],
            )
            average(f"{folder}/first", f"{folder}/second", 0.25, f"{folder}/between", picture_share=0.5)
            between = everything(f"{folder}/between")
            self.assertEqual(
                [float(between[name].mean()) for name in ("shared.weight", "gate.q.weight", "visual.fc1.bias")],
                [2.0, 3.0, 3.0],
            )

    def test_checkpoints_of_other_shapes_are_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, width in (("first", 16), ("second", 24)):
                config = tiny_config(folder, model={"d_model": width})
                model = create_model(config, Tokenizer(config.run.tokenizer))
                write_checkpoint(
                    f"{folder}/{name}", model.c, model.state_dict(), config.run.tokenizer, torch.float32, {}
                )
            with self.assertRaisesRegex(ValueError, "not of one lineage"):
                average(f"{folder}/first", f"{folder}/second", 0.5, f"{folder}/mixed")


if __name__ == "__main__":
    unittest.main()
