"""A checkpoint with fewer pieces says the same of texts that need no piece that went; four bits are what the exporter
stores."""
import json
import tempfile
import unittest

import torch

from checkpoint import load_model, write_checkpoint
from copying import in_four_bits
from tests.test_copying import MODEL
from tests.tiny import write_data, write_tokenizer
from tokenizer import Tokenizer
from umie_model import DEFAULTS, UMIE, merged
from vocabulary import cut_vocabulary


class FourBits(unittest.TestCase):
    def test_whole_numbers_of_a_block_are_kept(self):
        rows = torch.tensor([[-8.0, 7, 3, 0] * 32, [16.0, -14, 2, 0] * 32])
        self.assertTrue(torch.equal(in_four_bits(rows), rows))

    def test_a_block_has_at_most_sixteen_values(self):
        rows = torch.randn(5, 256)
        for row in in_four_bits(rows).view(10, 128):
            self.assertLessEqual(len(row.unique()), 16)
        self.assertLess(float((in_four_bits(rows) - rows).abs().mean()), 0.15)


class Cutting(unittest.TestCase):
    def test_what_is_used_keeps_its_rows_under_new_ids(self):
        with tempfile.TemporaryDirectory() as folder:
            write_data(folder)
            path = write_tokenizer(folder)
            with open(path, encoding="utf-8") as file:
                tree = json.load(file)
            vocabulary = tree["model"]["vocab"]
            vocabulary[4:4] = [["\u2581unused", -3.0], ["\u2581neither", -3.0]]
            vocabulary += [["<m:person>", -100.0], ["<m:other>", -100.0], ["</m>", -100.0], ["<s>", -100.0]]
            tree["added_tokens"] = [
                {"id": at, "content": piece}
                for at, (piece, score) in enumerate(vocabulary)
                if piece[0] == "<" and score == 0
            ]
            with open(path, "w", encoding="utf-8") as file:
                json.dump(tree, file)
            with open(f"{folder}/tokenizer_config.json", "w", encoding="utf-8") as file:
                file.write("{}")
            pieces = [piece for piece, _ in vocabulary]
            torch.manual_seed(0)
            umie = {
                **MODEL["umie"],
                "spot_token_id": 3,
                "object_token_ids": [],
                "text_encoder": {**MODEL["umie"]["text_encoder"], "start_token_id": pieces.index("<s>")},
                "marker_token_ids": {
                    "open": {"person": pieces.index("<m:person>"), "other": pieces.index("<m:other>")},
                    "close": pieces.index("</m>"),
                },
            }
            config = merged(merged(DEFAULTS, MODEL), {"vocab_size": len(pieces), "umie": umie})
            model = UMIE(config, training=True).eval()
            write_checkpoint(f"{folder}/whole", config, model.state_dict(), path, torch.float32, {})
            counts = cut_vocabulary(
                f"{folder}/whole", [[f"{folder}/mner/tiny/train.jsonl"]], len(pieces) - 4, 60, f"{folder}/cut"
            )
            self.assertEqual((counts["pieces"], counts["of"], counts["covered"]), (len(pieces) - 4, len(pieces), 100.0))
            small, tokenizer = load_model(f"{folder}/cut")
            self.assertNotIn("\u2581unused", tokenizer.ids)
            self.assertEqual(tokenizer.pieces[small.c["umie"]["marker_token_ids"]["close"]], "</m>")
            self.assertEqual(small.encoder.embeddings.position_embeddings.weight.size(0), 60)
            old, new = Tokenizer(path).encode("Ada in Oslo"), tokenizer.encode("Ada in Oslo")
            self.assertNotEqual(old, new)
            states = [
                each.encode(torch.tensor([ids]), torch.ones(1, len(ids))) for each, ids in ((model, old), (small, new))
            ]
            self.assertLess(float((states[0] - states[1]).detach().abs().max()), 1e-5)


if __name__ == "__main__":
    unittest.main()
