"""Shows that smoothing leaves a tiny model's outputs the same, and that its loud channel is no longer loud."""
import json
import os
import tempfile
import unittest

import torch

from checkpoint import create_model, load_model, write_checkpoint
from smooth import scales_of, smooth
from tests.tiny import tiny_config
from tokenizer import Tokenizer


class SmoothTest(unittest.TestCase):
    def test_scales_by_hand(self) -> None:
        # sqrt(peak) ÷ sqrt(largest weight of the column)
        self.assertEqual(
            scales_of(torch.tensor([16.0, 1.0]), torch.tensor([[1.0, -4.0], [0.5, 0.0]]), 0.5).tolist(), [4.0, 0.5]
        )

    def test_the_model_says_the_same_and_its_loud_channel_gives_way(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            config = tiny_config(folder)
            torch.manual_seed(1)
            model = create_model(config, Tokenizer(config.run.tokenizer)).eval()
            name = "encoder.block.0.layer.1.DenseReluDense"
            with torch.no_grad():
                model.get_submodule(f"{name}.wi_1").weight[3] *= 100
            before, after = f"{folder}/before", f"{folder}/after"
            write_checkpoint(before, model.c, model.state_dict(), config.run.tokenizer, torch.float32, {})
            reach = smooth(before, os.path.join(folder, "config.json"), after, 2)
            self.assertEqual(sorted(reach), ["decoder.block.0.layer.2.DenseReluDense", name])
            self.assertLess(reach[name][1], reach[name][0] / 3)
            ids, decoder_ids = torch.tensor([[5, 6, 7, 1]]), torch.tensor([[0, 5, 6]])
            hidden = [load_model(each)[0](ids, torch.ones(1, 4), decoder_ids)[0] for each in (before, after)]
            self.assertTrue(torch.allclose(*hidden, atol=1e-4))
            with open(f"{after}/config.json", encoding="utf-8") as file:
                self.assertTrue(json.load(file)["feed_forward_smoothed"])


if __name__ == "__main__":
    unittest.main()
