"""Checks the architecture's equations, the decoding and the scores on small random models."""
import itertools
import tempfile
import unittest

import torch
import torch.nn.functional as F

from checkpoint import create_model, load_model, write_checkpoint
from decode import generate
from grammar import ChoiceGrammar, SpanGrammar
from optim import newton_schulz, rate_at
from config import Schedule
from score import Counts, Judge, evaluate, read_spans
from tests.tiny import posts, tiny_config
from tokenizer import Tokenizer
from umie_model import Pictures


class ModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        torch.manual_seed(3)
        cls.folder = tempfile.TemporaryDirectory()
        cls.config = tiny_config(cls.folder.name)
        cls.tokenizer = Tokenizer(cls.config.run.tokenizer)
        cls.model = create_model(cls.config, cls.tokenizer).eval()
        # A gate that says something.
        torch.nn.init.normal_(cls.model.gate.o.weight, 0, 0.5)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def pictures(self, **changed: torch.Tensor) -> Pictures:
        torch.manual_seed(5)
        fields = {
            "boxes": torch.rand(2, 4, 4),
            "mask": torch.tensor([[1.0, 1, 0, 0], [1, 0, 0, 0]]),
            "present": torch.tensor([True, False]),
            "features": torch.rand(2, 4, 8),
        }
        return Pictures(**(fields | changed))

    @torch.no_grad()
    def test_equations_6_to_8(self) -> None:
        model, text, mask = self.model, torch.randn(2, 5, 16), torch.tensor([[1.0, 1, 1, 1, 0], [1, 1, 1, 1, 1]])
        seen = self.pictures()
        fused, look = model.fuse(text, mask, seen)
        visual = model.visual(seen.features, seen.boxes, seen.mask)[0, :2]
        q, k, v = model.gate.q(text[0]), model.gate.k(visual), model.gate.v(visual)
        m = model.gate.o(torch.softmax(q @ k.T / 4, -1) @ v)
        g = F.leaky_relu(k.mean(0) @ q[:4].mean(0), 0.01)
        self.assertTrue(torch.allclose(fused[0], text[0] + g * m, atol=1e-4))
        self.assertTrue(torch.allclose(F.leaky_relu(look.signal[0], 0.01), g, atol=1e-4))
        self.assertTrue(torch.allclose(look.scores[0, :, :2], q @ k.T / 4, atol=1e-4))
        self.assertTrue(torch.equal(fused[1], text[1]), "a post without a picture: c = h_e")

    @torch.no_grad()
    def test_absent_regions_and_padding_change_nothing(self) -> None:
        model, seen = self.model, self.pictures()
        text, mask = torch.randn(2, 5, 16), torch.ones(2, 5)
        features, boxes = seen.features.clone(), seen.boxes.clone()
        features[0, 2:], boxes[0, 2:] = 9.0, 0.3
        other, _ = model.fuse(text, mask, self.pictures(features=features, boxes=boxes))
        self.assertTrue(torch.allclose(model.fuse(text, mask, seen)[0], other, atol=1e-4))
        ids = torch.tensor([[5, 6, 7, 0, 0]])
        short = model.encode(ids[:, :3], torch.ones(1, 3))
        self.assertTrue(torch.allclose(model.encode(ids, (ids > 0).float())[:, :3], short, atol=1e-5))

    @torch.no_grad()
    def test_pixels_go_to_the_regions_that_exist(self) -> None:
        mask = torch.tensor([[1.0, 0, 1, 0]])
        features = self.model.visual.features(torch.rand(2, 3, 16, 16), mask)
        self.assertEqual([bool(row.abs().sum()) for row in features[0]], [True, False, True, False])

    @torch.no_grad()
    def test_one_token_at_a_time_is_the_whole_at_once(self) -> None:
        model, ids, decoder_ids = self.model, torch.tensor([[5, 6, 7, 1]]), torch.tensor([[0, 8, 9]])
        mask = torch.ones(1, 4)
        whole = model.logits(model(ids, mask, decoder_ids)[0])
        cross, past = model.cross_caches(model.encode(ids, mask)), [None]
        for at in range(3):
            logits, past = model.step(decoder_ids[:, at : at + 1], past, cross, torch.zeros(1, 1, 1, 4))
            self.assertTrue(torch.allclose(logits, whole[:, at], atol=1e-4))

    @torch.no_grad()
    def test_wide_beams_find_the_best_of_all_answers(self) -> None:
        choices = [list(choice) for size in (1, 2) for choice in itertools.product((8, 9, 10), repeat=size)]
        ids = [5, 6, 7, 1]
        best = generate(self.model, [ids], beams=12, grammars=[ChoiceGrammar(choices)], max_length=4)[0]
        scores = {}
        for choice in choices:
            states, _, _ = self.model(torch.tensor([ids]), torch.ones(1, 4), torch.tensor([[0, *choice]]))
            steps = F.log_softmax(self.model.logits(states)[0], -1)
            target = [*choice, 1]
            scores[tuple(choice)] = float(sum(steps[at, token] for at, token in enumerate(target))) / len(target)
        self.assertEqual(tuple(best), max(scores, key=scores.get))

    @torch.no_grad()
    def test_texts_answer_alone_as_they_do_together(self) -> None:
        texts = [[5, 6, 7, 1], [9, 1], [8, 8, 8, 8, 8, 1]]
        for beams in (1, 3):
            together = generate(self.model, texts, beams, max_length=6)
            self.assertEqual(together, [generate(self.model, [text], beams, max_length=6)[0] for text in texts])

    def test_a_checkpoint_folder_holds_the_model(self) -> None:
        folder = f"{self.folder.name}/checkpoint"
        write_checkpoint(folder, self.model.c, self.model.state_dict(), self.config.run.tokenizer, torch.float32, {})
        again, _ = load_model(folder)
        ids = torch.tensor([[5, 6, 1]])
        self.assertTrue(torch.equal(again.encode(ids, torch.ones(1, 3)), self.model.encode(ids, torch.ones(1, 3))))


class ScoreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.config = tiny_config(cls.folder.name)
        cls.tokenizer = Tokenizer(cls.config.run.tokenizer)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def read(self, answer: str, text: str) -> tuple[list, bool]:
        words = [self.tokenizer.word(word) for word in text.split(" ")]
        return read_spans(self.tokenizer, self.tokenizer.encode(answer), words, ["person", "location"])

    def test_answers_are_read_back_as_spans(self) -> None:
        self.assertEqual(self.read("none", "Ada in Oslo"), ([], False))
        self.assertEqual(
            self.read("person, Ada <spot> location, Oslo", "Ada in Oslo"),
            ([("person", 0, 1), ("location", 2, 3)], False),
        )
        self.assertEqual(
            self.read("person, Ada <spot> person, Ada", "Ada in Ada"), ([("person", 0, 1), ("person", 2, 3)], False)
        )

    def test_what_is_no_record_is_dropped_and_told(self) -> None:
        self.assertEqual(self.read("person, Ada <spot> place, Oslo", "Ada in Oslo"), ([("person", 0, 1)], True))
        self.assertEqual(self.read("person, Bo", "Ada in Oslo"), ([], True))

    def test_the_grammar_accepts_answers_of_whole_words_only(self) -> None:
        words = [self.tokenizer.word(word) for word in ("Ada", "in", "Bo", "Lind")]
        for answer, right in (
            ("person, Ada", True),
            ("person, Bo Lind <spot> person, Ada", False),
            ("person, Ada <spot> location, Bo", True),
            ("none", True),
            ("person, Ada Bo", False),
            ("none none", False),
        ):
            grammar = SpanGrammar(self.tokenizer, words, ["person", "location"])
            state, accepted = grammar.start, True
            for token in [*self.tokenizer.encode(answer), 1]:
                accepted = accepted and token in grammar.allowed(state)
                if not accepted or token == 1:
                    break
                state = grammar.next(state, token)
            self.assertEqual(accepted, right, answer)

    def test_f1_by_hand(self) -> None:
        counts = Counts()
        counts.add({1, 2}, {2, 3}, 3)
        counts.add({4}, {4})
        scores = counts.scores()  # 2 right of 3 predicted and 4 annotated
        self.assertAlmostEqual(scores["precision"], 200 / 3)
        self.assertAlmostEqual(scores["recall"], 50)
        self.assertAlmostEqual(scores["f1"], 400 / 7)

    def test_a_model_that_says_none_scores_nothing(self) -> None:
        model = create_model(self.config, self.tokenizer)
        judge = Judge(model, self.tokenizer, constrained=True, types_of={"tiny": ["person", "location"]})
        records = [{**post, "entities": []} for post in posts()]
        scores = evaluate(judge, "mner", "tiny", records)
        self.assertEqual((scores["recall"], scores["malformed"], scores["records"]), (0, 0, 12))


class OptimizerTest(unittest.TestCase):
    def test_newton_schulz_brings_singular_values_near_one(self) -> None:
        torch.manual_seed(0)
        for shape in ((2, 8, 20), (2, 20, 8)):
            values = torch.linalg.svdvals(newton_schulz(torch.randn(shape), 5).float())
            self.assertGreater(float(values.min()), 0.4)
            self.assertLess(float(values.max()), 1.3)

    def test_the_rate_warms_up_stays_and_falls_to_zero(self) -> None:
        schedule = Schedule(max_steps=100, warmup_steps=4, decay_start=0.5)
        self.assertEqual([rate_at(schedule, step, 0.0) for step in (0, 1, 3, 9)], [0.25, 0.5, 1.0, 1.0])
        self.assertEqual([rate_at(schedule, 90, progress) for progress in (0.5, 0.75, 1.0)], [1.0, 0.5, 0.0])


if __name__ == "__main__":
    unittest.main()
