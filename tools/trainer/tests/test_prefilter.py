"""Checks the prefilter's targets and outputs with hand-made pairs and states of counted numbers."""
import math
import tempfile
import unittest
from dataclasses import replace

import torch

from config import Config, build
from examples import NOT_SCORED, Chance, ExampleBuilder, Names
from feed import collate
from labels import RELATIONS_V2, fitting_relations
from prefilter import Prefilter
from tests.tiny import tiny_config, write_tokenizer
from tokenizer import Tokenizer
from train import Trainer

PREFILTER = {"related": 0.3, "eventful": 0.1, "related_width": 3, "eventful_width": 2}
PAIR = {"text": "Ada in New York", "head": {"text": "Ada", "start": 0, "end": 3, "type": "person"},
        "tail": {"text": "New York", "start": 7, "end": 15, "guess": "location"}, "relation": "none"}


def filled(prefilter: Prefilter) -> Prefilter:
    """Hidden unit 0 of `related` sums the products, its others nothing; `eventful` reads the first number of a
    state."""
    with torch.no_grad():
        for parameter in prefilter.parameters():
            parameter.zero_()
        prefilter.related.wi.weight[0, 4:6] = 1
        prefilter.related.wo.weight[0, 0] = 2
        prefilter.eventful.wi.weight[0, 0] = 1
        prefilter.eventful.wo.weight[0, 0] = 1
        prefilter.related.wo.bias[0] = -1
    return prefilter.eval()


class PrefilterTest(unittest.TestCase):
    def test_a_pair_is_judged_by_the_means_of_its_mentions(self) -> None:
        prefilter = filled(Prefilter({"d_model": 2, "umie": {"screen": PREFILTER}}))
        states = torch.tensor([[[1.0, 0.0], [3.0, 2.0], [1.0, 4.0], [9.0, 9.0]]])
        # head [2, 1] (ids 0 and 1), tail [1, 4]: products [2, 4], 2 · 6 − 1.
        self.assertEqual(prefilter.pairs(states, torch.tensor([[0, 0, 2, 2, 3]])).tolist(), [11.0])

    def test_a_text_is_as_eventful_as_the_sum_of_its_own_tokens(self) -> None:
        prefilter = filled(Prefilter({"d_model": 2, "umie": {"screen": PREFILTER}}))
        states = torch.tensor([[[50.0, 0.0], [math.log(2), 0.0], [math.log(3), 0.0], [70.0, 0.0]]])
        self.assertAlmostEqual(prefilter.texts(states, torch.tensor([[0, 1, 3]])).item(), math.log(5), 5)

    def test_a_configuration_may_say_the_former_name(self) -> None:
        self.assertEqual(build(Config, {"loss": {"screen": 0.25}}, "run.json").loss.prefilter, 0.25)


class TeachingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as folder:
            cls.tokenizer = Tokenizer(write_tokenizer(folder))

    def builder(self, fitting: float = 1.0) -> ExampleBuilder:
        chance = Chance(replace=0, lower=0, upper=0, noisy_words=0, coarse=0, fitting_relations=fitting)
        return ExampleBuilder(self.tokenizer, 400, 64, chance, Names(), [])

    def test_a_pair_is_read_behind_the_entity_prompt_without_an_answer(self) -> None:
        example = self.builder().related(PAIR)
        self.assertTrue(self.tokenizer.decode(example.ids).endswith("organization. Ada in New York"))
        head, tail = (
            self.tokenizer.decode(example.ids[begin:end]) for begin, end in (example.pair[:2], example.pair[2:4])
        )
        self.assertEqual((head, tail, example.pair[4]), ("Ada", "New York", 0))
        self.assertEqual((example.weights, set(example.tags)), ([0.0], {NOT_SCORED}))
        self.assertEqual(self.builder().related({**PAIR, "relation": "place of birth"}).pair[4], 1)

    def test_a_text_is_eventful_when_it_has_an_event(self) -> None:
        record = {"text": "Ada in Oslo", "events": []}
        example = self.builder().eventful(record)
        begin, end, happens = example.text
        self.assertEqual((self.tokenizer.decode(example.ids[begin:end]), happens), ("Ada in Oslo", 0))
        self.assertEqual(self.builder().eventful({**record, "events": [{}]}).text[2], 1)

    def test_a_pair_that_is_cut_off_teaches_nothing(self) -> None:
        far = {**PAIR, "text": "x " * 400 + "Ada in New York", "head": {**PAIR["head"], "start": 800, "end": 803},
               "tail": {**PAIR["tail"], "start": 807, "end": 815}}
        self.assertIsNone(self.builder().related(far))

    def test_relations_that_fit_two_types_stand_in_the_order_of_the_list(self) -> None:
        self.assertEqual(
            fitting_relations(RELATIONS_V2, "person", "location"), ["none", "place of residence", "place of birth"]
        )
        self.assertEqual(fitting_relations(RELATIONS_V2, "location", "person"), RELATIONS_V2)
        self.assertEqual(fitting_relations(RELATIONS_V2, None, "location"), RELATIONS_V2)

    def test_the_taggers_guess_stands_in_for_a_missing_type(self) -> None:
        prompt = self.tokenizer.decode(self.builder().relation(PAIR, "mnre_v2").ids)
        self.assertIn("between Ada and New York: none, place of residence, place of birth. Ada", prompt)
        unknown = self.tokenizer.decode(
            self.builder().relation({**PAIR, "tail": {**PAIR["tail"], "guess": None}}, "mnre_v2").ids
        )
        self.assertIn("member of" if "alumni" in unknown else "none", unknown)
        self.assertNotIn(": none, place of residence, place of birth.", unknown)

    def test_a_batch_says_in_which_row_its_pairs_and_texts_are(self) -> None:
        builder = self.builder()
        batch = collate([builder.eventful({"text": "Ada in Oslo", "events": []}), builder.related(PAIR)])
        self.assertEqual((batch.pairs[0, 0], batch.texts[0, 0], len(batch.pairs), len(batch.texts)), (1, 0, 1, 1))

    def test_the_prefilter_learns_which_pairs_are_related(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            config = tiny_config(
                folder, optimizer={"lr": 0.05}, schedule={"max_steps": 60, "warmup_steps": 2, "decay_start": 1.0}
            )
            umie = {**config.model["umie"], "screen": PREFILTER}
            trainer = Trainer(replace(config, model={**config.model, "dropout_rate": 0.0, "umie": umie}))
            builder = self.builder()
            other = {
                "text": "Cy in Oslo",
                "head": {"text": "Cy", "start": 0, "end": 2},
                "tail": {"text": "Oslo", "start": 6, "end": 10},
                "relation": "in",
            }
            quiet, loud = {"text": "Ada in Oslo", "events": []}, {"text": "Cy in Lima", "events": [{}]}
            batch = collate(
                [builder.related(PAIR), builder.related(other), builder.eventful(quiet), builder.eventful(loud)]
            )
            losses = [trainer.update([batch])["prefilter"] for _ in range(60)]
        self.assertLess(min(losses[-5:]), 0.5 * losses[0])


if __name__ == "__main__":
    unittest.main()
