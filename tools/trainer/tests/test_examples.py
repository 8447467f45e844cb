"""Shows prompts and targets of examples, with a tokenizer of letters and hand-made posts."""
import glob
import json
import os
import random
import tempfile
import unittest

from config import SOURCES, load_config, mix_at, read_tree
from examples import NOT_SCORED, Chance, ExampleBuilder, Names
from labels import ENTITY_TYPES, TAGS, Prompts
from raw_text import RawText
from records import pairs_of, read_pairs, words_and_spans
from tests.tiny import record, tiny_config, write_tokenizer
from tokenizer import Tokenizer

PLAIN = Chance(replace=0, lower=0, upper=0, noisy_words=0, coarse=0)


class ExamplesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as folder:
            cls.tokenizer = Tokenizer(write_tokenizer(folder))

    def builder(self, chance: Chance = PLAIN, names: Names | None = None) -> ExampleBuilder:
        types = {"tiny": ["person", "location"]}
        return ExampleBuilder(self.tokenizer, 256, 64, chance, names or Names(), self.tokenizer.object_ids(3), types)

    def test_the_best_segmentation_has_the_highest_sum_of_scores(self) -> None:
        ids = self.tokenizer.ids
        self.assertEqual(self.tokenizer.word("Oslo"), [ids["\u2581Oslo"]])  # -3 beats space and four letters: -18
        self.assertEqual(self.tokenizer.word("Bo"), [ids["\u2581"], ids["B"], ids["o"]])
        # neighbours that are unknown are one
        self.assertEqual(self.tokenizer.word("B€€o"), [ids["\u2581"], ids["B"], 2, ids["o"]])
        self.assertEqual(
            self.tokenizer.decode(self.tokenizer.encode("Ada in Oslo <spot> none")), "Ada in Oslo <spot> none"
        )

    def test_spans_are_whole_words(self) -> None:
        words, spans = words_and_spans("a bc d", [("x", 2, 4), ("y", 3, 4), ("z", 0, 4)])
        self.assertEqual((words, spans), (["a", "bc", "d"], [("x", 1, 2), ("z", 0, 2)]))

    def test_a_checkpoint_may_word_its_questions_itself(self) -> None:
        prompts = Prompts({"default": "{types}:", "mre_marked": "relations:"})
        self.assertEqual(prompts.entity(["person", "location"]), "person, location:")
        self.assertEqual(prompts.marked(), "relations:")
        self.assertEqual(prompts.entity(["person"], "I1"), Prompts().entity(["person"], "I1"))
        for wrong in ({"default": "types:"}, {"mnre": ""}, {"meae": "{event} {role}"}):
            with self.assertRaisesRegex(ValueError, "umie.instructors"):
                Prompts(wrong)

    def test_a_post_becomes_a_prompt_and_records_in_text_order(self) -> None:
        example = self.builder().entities(
            record("Ada in New York", ("location", "New York"), ("person", "Ada")), "tiny"
        )
        self.assertIn(
            self.tokenizer.decode(example.target),
            ("person, Ada <spot> location, New York", "person, Ada", "location, New York"),
        )
        self.assertEqual(len(example.ids), len(example.tags))
        self.assertEqual(len(example.target), len(example.weights))
        self.assertEqual((example.ids[-1], example.target[-1]), (1, 1))

    def test_what_is_not_asked_for_is_not_answered(self) -> None:
        builder = self.builder()
        post = record("Ada in Oslo", ("location", "Oslo"), ("person", "Ada"))
        seen = set()
        for seed in range(60):
            builder.rng = random.Random(seed)
            example = builder.entities(post, "tiny")
            text, answer = self.tokenizer.decode(example.ids), self.tokenizer.decode(example.target)
            prompt = text.removesuffix(" Ada in Oslo")
            self.assertEqual(("person," in answer, "location," in answer), ("person" in prompt, "location" in prompt))
            seen.add(answer)
        self.assertEqual(seen, {"person, Ada <spot> location, Oslo", "person, Ada", "location, Oslo"})

    def test_the_tagger_is_told_first_and_inside_pieces(self) -> None:
        builder = self.builder()
        words = ["Bo", "in"]
        word_ids, _ = builder.words_to_ids(words, noisy=False)
        _, tags, begins = builder.input_of("", word_ids, builder.tags_of(2, [("person", 0, 1)]))
        first = TAGS.first["person"]
        self.assertEqual((tags, begins), ([first, first + 1, first + 1, 0, NOT_SCORED], [0, 3]))

    def test_a_replaced_name_moves_the_ones_after_it(self) -> None:
        names = Names({"person": ["Bo Lind"]})
        builder = self.builder(Chance(replace=1, lower=0, upper=0, noisy_words=0), names)
        for seed in range(20):
            builder.rng = random.Random(seed)
            words, spans = builder.replace_names(["Ada", "in", "Oslo"], [("person", 0, 1), ("location", 2, 3)])
            texts = {label: " ".join(words[start:end]) for label, start, end in spans}
            self.assertEqual(texts["location"], "Oslo")
            self.assertIn(texts["person"], ("Ada", "Bo Lind"))

    def test_a_relation_says_head_relation_tail_and_its_own_words_weigh_most(self) -> None:
        builder = self.builder()
        head, tail = {"text": "Ada", "start": 0, "end": 3}, {"text": "Oslo", "start": 7, "end": 11}
        record = {"text": "Ada in Oslo", "relation": "in", "head": head, "tail": tail}
        builder.relations_seen["x"] = ["in", "none"]
        example = builder.relation(record, "x")
        self.assertEqual(self.tokenizer.decode(example.target), "Ada, in, Oslo")
        self.assertEqual(sorted(set(example.weights)), [0.7, 1.0, 4.0])
        begins = [example.ids[at] for at in example.heads]
        self.assertEqual(begins, [self.tokenizer.word("Ada")[0], self.tokenizer.word("Oslo")[0]])

    def test_a_relation_can_be_answered_on_the_reading_for_entities(self) -> None:
        builder = self.builder()
        head, tail = {"text": "Ada", "start": 0, "end": 3}, {"text": "Oslo", "start": 7, "end": 11}
        example = builder.relation_on_reading({"text": "Ada in Oslo", "relation": "in", "head": head, "tail": tail})
        self.assertEqual(
            example.ids,
            builder.input_of(
                Prompts().entity(ENTITY_TYPES), [self.tokenizer.word(word) for word in ("Ada", "in", "Oslo")], [0] * 3
            )[0],
        )
        self.assertEqual(self.tokenizer.decode(example.target), "Ada, in, Oslo")
        count = len(self.tokenizer.encode("Oslo"))
        # The tail decides which pair is meant: it weighs as much as the end.
        self.assertEqual((example.weights[0], example.weights[-1 - count :]), (0.7, [1.0] * (count + 1)))
        self.assertIsNone(
            builder.relation_on_reading(
                {"text": "Ada in Oslo", "relation": "in", "head": head, "tail": {"text": "slo", "start": 8, "end": 11}}
            )
        )

    def test_a_result_says_of_every_two_names_how_they_are_related_or_that_they_are_not(self) -> None:
        text = "Ada and Bo in Oslo , Ada"
        places = (("e1", "Ada", 0), ("e2", "Bo", 8), ("e3", "Oslo", 14), ("e4", "Ada", 21))
        entities = [
            {"id": at, "type": "person", "text": name, "start": start, "end": start + len(name)}
            for at, name, start in places
        ]
        relations = [{"type": "peer", "head": "e2", "tail": "e4"}]
        pairs = pairs_of({"text": text, "entities": entities, "relations": relations})
        ends = [(pair["head"]["text"], pair["relation"], pair["tail"]["text"], pair["tail"]["start"]) for pair in pairs]
        self.assertEqual(ends, [("Bo", "peer", "Ada", 0), ("Ada", "none", "Oslo", 14), ("Bo", "none", "Oslo", 14)])
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.jsonl")
            with open(path, "w", encoding="utf-8") as file:
                file.write(
                    json.dumps({"text": text, "entities": entities, "relations": relations})
                    + "\n"
                    + json.dumps(pairs[0])
                    + "\n"
                )
            self.assertEqual(read_pairs(path), [*pairs, pairs[0]])
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps({"text": text, "head": pairs[0]["head"]}) + "\n")
            with self.assertRaisesRegex(ValueError, "without tail"):
                read_pairs(path)

    def test_an_argument_can_be_a_region_of_the_picture(self) -> None:
        example = self.builder()
        target, _ = example.target_of([("target", ["Ada"])], [("place", 2)], {})
        self.assertEqual(target[-2], self.tokenizer.object_ids(3)[1])

    def test_hidden_words_are_named_and_the_rest_is_not_scored(self) -> None:
        raw = RawText(self.tokenizer, 64, 64)
        ids = self.tokenizer.encode("Ada in Oslo in Lima in Bo and in Oslo")
        for seed in range(10):
            example = raw.masked_words(ids, random.Random(seed))
            if example is None:
                continue
            for shown, label, real in zip(example.ids, example.masked, ids):
                self.assertIn(label, (NOT_SCORED, real))
                if label == NOT_SCORED:
                    self.assertEqual(shown, real)

    def test_corrupted_spans_and_what_is_left_make_the_text(self) -> None:
        raw = RawText(self.tokenizer, 200, 200)
        ids = self.tokenizer.encode("Ada in Oslo in Lima in Bo and in Oslo")
        example = raw.denoise(ids, random.Random(3))
        sentinels = [at for at in example.target if at in (self.tokenizer.sentinel(0), self.tokenizer.sentinel(1))]
        filled: list[int] = []
        for token in example.ids[:-1]:
            if token in sentinels:
                at = example.target.index(token) + 1
                while example.target[at] not in (*sentinels, 1):
                    filled.append(example.target[at])
                    at += 1
            else:
                filled.append(token)
        self.assertTrue(sentinels)
        self.assertEqual(filled, ids)


NANO_STAGES = "start continue vision screen settle look ask calm words read see".split()


class ConfigTest(unittest.TestCase):
    def test_the_mix_is_linear_between_its_points(self) -> None:
        mix = [[0.0, {"a": 1}], [0.5, {"a": 0.5, "b": 1}]]
        self.assertEqual(mix_at(mix, 0.25), {"a": 0.75, "b": 0.5})
        self.assertEqual(mix_at(mix, 0.9), {"a": 0.5, "b": 1.0})
        self.assertEqual(mix_at(mix, 0.0), {"a": 1.0})

    def test_what_a_configuration_says_is_used_or_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(tiny_config(folder, loss={"tagger": 2}).loss.tagger, 2)
            for wrong in (
                {"loss": {"tager": 2}},
                {"loss": {"tagger": "2"}},
                {"schedule": {"max_steps": None}},
                {"data": {"mix": []}},
            ):
                with self.subTest(wrong), self.assertRaises(ValueError):
                    tiny_config(folder, **wrong)

    def test_a_stage_extends_another_of_its_recipe_or_a_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            stages = {
                "one": {"run": {"seed": 1, "ema": 0.5}, "data": {"batch_tokens": 7}},
                "two": {"extends": "#one", "run": {"seed": 2}},
                "three": {"extends": "base.json", "run": {"seed": 3}},
            }
            for name, tree in (("recipe", {"stages": stages}), ("base", {"run": {"ema": 0.25}})):
                with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
                    json.dump(tree, file)
            self.assertEqual(
                read_tree(f"{folder}/recipe.json#two"), {"run": {"seed": 2, "ema": 0.5}, "data": {"batch_tokens": 7}}
            )
            self.assertEqual(read_tree(f"{folder}/recipe.json#three"), {"run": {"seed": 3, "ema": 0.25}})
            for wrong in ("recipe.json", "recipe.json#four", "base.json#one"):
                with self.subTest(wrong), self.assertRaisesRegex(ValueError, "known: "):
                    read_tree(f"{folder}/{wrong}")

    def test_the_ready_configurations_are_well_formed(self) -> None:
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../configs")
        paths = sorted(glob.glob(f"{here}/*.json"))
        self.assertGreaterEqual(len(paths), 5)
        paths += [f"{here}/../recipes/nano.json#{stage}" for stage in NANO_STAGES]
        paths += [f"{here}/../recipes/small-permissive.json#{stage}" for stage in ("heads", "decoder", "all")]
        for path in paths:
            with self.subTest(path):
                self.assertEqual(
                    sum(weight <= 0 for _, weights in load_config(path).data.mix for weight in weights.values()), 0
                )

    def test_one_setting_leaves_out_sets_without_permissive_terms(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            data = {"terms": "permissive", "gazetteer": "names", "mix": [[0, {"mner/btc": 1, "mner/twitter2015": 2}]]}
            config = tiny_config(folder, data=data)
            self.assertEqual(config.data.mix, [[0, {"mner/btc": 1}]])
            self.assertIsNone(config.data.gazetteer)
            self.assertEqual(len(tiny_config(folder, data=data | {"terms": "any"}).data.mix[0][1]), 2)
            wrong = {
                "does not say the terms of mner/unheard": {"mix": [[0, {"mner/unheard": 1}]]},
                "no set of the mix": {"mix": [[0, {"mner/twitter2015": 1}]]},
                "any or permissive": {"terms": "free"},
                "pictures": {"regions": "crops"},
            }
            for reason, change in wrong.items():
                with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                    tiny_config(folder, data=data | change)

    def test_every_set_of_the_ready_configurations_has_its_terms_written_down(self) -> None:
        here = os.path.dirname(os.path.abspath(SOURCES))
        with open(SOURCES, encoding="utf-8") as file:
            sources = json.load(file)
        for path in glob.glob(f"{here}/configs/small*.json"):
            sets = {name.split("/")[1] for _, weights in load_config(path).data.mix for name in weights}
            self.assertLessEqual(sets, set(sources), path)


if __name__ == "__main__":
    unittest.main()
