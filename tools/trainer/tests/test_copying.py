"""A BERT encoder, a copying decoder and marked pairs, on models small enough to check by hand."""
import json
import tempfile
import unittest

import torch

from bert import Bert
from copying import Memory, Place, places_before
from decode import generate
from examples import Chance, ExampleBuilder, Markers, Names
from grammar import SpanGrammar
from records import read_marked
from tests.tiny import tiny_config, write_tokenizer
from tokenizer import EOS, Tokenizer
from train import Trainer
from umie_model import DEFAULTS, UMIE, joined, merged

ENCODER = {
    "kind": "bert",
    "num_layers": 2,
    "num_heads": 2,
    "d_ff": 24,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 200,
    "type_vocab_size": 1,
    "position_offset": 0,
    "start_token_id": 2,
}
COPYING = {"width": 8, "buckets": 8, "max_distance": 16}
MODEL = {
    "vocab_size": 80,
    "d_model": 16,
    "d_kv": 4,
    "num_heads": 4,
    "d_ff": 16,
    "num_layers": 2,
    "num_decoder_layers": 2,
    "dropout_rate": 0.0,
    "umie": {
        "max_objects": 3,
        "image_size": 16,
        "backbone": {"depths": [1], "width": 2},
        "d_v": 8,
        "visual_layers": 1,
        "text_encoder": ENCODER,
        "copying": COPYING,
        "pair_relations": ["none", "peer"],
    },
}


def tiny_model(**umie) -> UMIE:
    torch.manual_seed(0)
    return UMIE(merged(merged(DEFAULTS, MODEL), {"umie": umie}), training=True).eval()


class Encoder(unittest.TestCase):
    def test_equals_a_plain_computation_of_post_norm_attention(self):
        model = tiny_model()
        bert: Bert = model.encoder
        words, start = torch.randn(1, 3, 16), torch.randn(16)
        norm = lambda x, module: torch.layer_norm(x, (16,), module.weight, module.bias, 1e-12)
        linear = lambda x, module: x @ module.weight.t() + module.bias
        e = bert.embeddings
        x = norm(
            torch.cat([start[None], words[0]]) + e.position_embeddings.weight[:4] + e.token_type_embeddings.weight[0],
            e.LayerNorm,
        )
        for layer in bert.layer:
            own, heads = layer.attention.self, []
            q, k, v = (linear(x, each) for each in (own.query, own.key, own.value))
            for h in (slice(0, 8), slice(8, 16)):
                heads.append(torch.softmax(q[:, h] @ k[:, h].t() / 8**0.5, -1) @ v[:, h])
            x = norm(x + linear(torch.cat(heads, 1), layer.attention.output.dense), layer.attention.output.LayerNorm)
            x = norm(
                x + linear(torch.nn.functional.gelu(linear(x, layer.intermediate.dense)), layer.output.dense),
                layer.output.LayerNorm,
            )
        found = bert(words, torch.ones(1, 3), start)
        self.assertLess(float((found[0] - x[1:]).abs().max()), 1e-5)

    def test_padding_changes_nothing(self):
        model = tiny_model()
        ids = torch.tensor([[5, 6, 7, 1]])
        padded = torch.cat([ids, torch.zeros(1, 3, dtype=torch.long)], 1)
        short, long = model.encode(ids, torch.ones(1, 4)), model.encode(padded, (padded != 0).float())
        self.assertLess(float((short - long[:, :4]).abs().max()), 1e-5)

    def test_standardised_states_have_mean_zero_and_spread_one(self):
        model = tiny_model()
        ids = torch.randint(5, 60, (8, 9))
        mask = torch.ones(8, 9)
        model.encoder.standardise(model.encode(ids, mask).detach().flatten(0, 1))
        states = model.encode(ids, mask).flatten(0, 1)
        self.assertLess(float(states.mean(0).abs().max()), 1e-3)
        self.assertLess(float((states.std(0) - 1).abs().max()), 1e-3)


class Copying(unittest.TestCase):
    def test_the_place_is_what_was_copied_last_before_each_token(self):
        # label, copied 5, copied 6, <spot>, label, copied 9, end; the text begins at 4.
        copied = torch.tensor([[-1, 5, 6, -1, -1, 9, -1]])
        self.assertEqual(places_before(copied, torch.tensor([4])).tolist(), [[3, 3, 5, 6, 6, 6, 9]])

    def test_a_pointer_adds_its_share_to_each_id(self):
        logits = torch.log(torch.tensor([[0.5, 0.25, 0.25]]))
        scores, ids = torch.log(torch.tensor([[0.5, 0.25, 0.25]])), torch.tensor([[2, 0, 2]])
        self.assertTrue(torch.allclose(joined(logits, scores, ids).exp(), torch.tensor([[0.75, 0.25, 1.0]])))

    def test_the_bias_depends_on_the_distance_from_the_place_alone(self):
        place = Place(COPYING, 2)
        torch.nn.init.normal_(place.weight)
        bias = place(torch.tensor([[2, 3]]), 7)
        self.assertEqual(list(bias.shape), [1, 2, 2, 7])
        self.assertTrue(torch.equal(bias[0, :, 0, 1:6], bias[0, :, 1, 2:7]))

    def test_steps_equal_teacher_forcing(self):
        model = tiny_model()
        ids = torch.tensor([[9, 8, 20, 21, 22, 23, 1]])
        mask, text = torch.ones(1, 7), torch.tensor([[0, 0, 1, 1, 1, 1, 0.0]])
        memory = Memory(model.encode(ids, mask), mask, ids, text)
        target, copied = torch.tensor([[30, 21, 22, 1]]), torch.tensor([[-1, 3, 4, -1]])
        places = places_before(copied, torch.tensor([2]))
        decoder_ids = torch.cat([torch.zeros(1, 1, dtype=torch.long), target[:, :-1]], 1)
        hidden, scores = model.decode_and_point(decoder_ids, memory, places)
        whole = torch.stack([joined(model.logits(hidden[:, t]).float(), scores[:, t], ids) for t in range(4)], 1)
        keys, cross = model.decoder.pointer.keys(memory, model.shared(ids)), model.cross_caches(memory.states)
        past, token = [None] * 2, torch.zeros(1, 1, dtype=torch.long)
        for t in range(4):
            logits, past = model.step(token, past, cross, torch.zeros(1, 1, 1, 7), (memory, keys, places[:, t : t + 1]))
            self.assertLess(float((logits - whole[:, t]).detach().abs().max()), 1e-4)
            token = target[:, t : t + 1]

    def test_a_beam_search_over_a_text_answers_in_its_words(self):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = Tokenizer(write_tokenizer(folder))
            model = tiny_model()
            words = [tokenizer.word(word) for word in ("Ada", "in", "Oslo")]
            prompt = tokenizer.encode("person")
            ids = prompt + [piece for word in words for piece in word] + [EOS]
            grammar = SpanGrammar(tokenizer, words, ["person", "location"])
            answer = generate(model, [ids], 3, [grammar], begins=[len(prompt)])[0]
            state = grammar.start
            for token in answer:
                self.assertIn(token, grammar.allowed(state))
                state = grammar.next(state, token)
            self.assertIn(EOS, grammar.allowed(state))

    def test_the_grammar_knows_the_place_after_each_token(self):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = Tokenizer(write_tokenizer(folder))
            words = [tokenizer.word(word) for word in ("Ada", "in", "Oslo")]
            grammar = SpanGrammar(tokenizer, words, ["person", "location"])
            state, places = grammar.start, []
            for token in [
                *tokenizer.encode("person,"),
                *words[0],
                tokenizer.separator,
                *tokenizer.encode("location,"),
                *words[2],
            ]:
                state = grammar.next(state, token)
                places.append(grammar.place(state))
            begin = len(tokenizer.encode("person,"))
            self.assertEqual(places[:begin], [0] * begin)
            self.assertEqual(places[begin], 1)
            self.assertEqual(places[begin + 1], 1)
            self.assertEqual(places[-1], 3)


class Marked(unittest.TestCase):
    def test_all_pairs_of_a_text_are_one_example(self):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = Tokenizer(write_tokenizer(folder))
            path = f"{folder}/pairs.jsonl"
            end = lambda text, start: {"text": text, "start": start, "end": start + len(text), "guess": "person"}
            text = "Ada in Oslo Cy"
            with open(path, "w", encoding="utf-8") as file:
                for head, tail, relation in (((0, "Ada"), (12, "Cy"), "peer"), ((0, "Ada"), (7, "Oslo"), "none")):
                    record = {
                        "text": text,
                        "head": end(head[1], head[0]),
                        "tail": end(tail[1], tail[0]),
                        "relation": relation,
                    }
                    file.write(json.dumps(record) + "\n")
            [record] = read_marked(path)
            self.assertEqual([mention[:2] for mention in record["mentions"]], [(0, 1), (2, 3), (3, 4)])
            builder = ExampleBuilder(
                tokenizer, 100, 60, Chance(untyped=0, lower=0, upper=0, noisy_words=0), Names(), []
            )
            builder.markers = Markers({"person": 70, "other": 71}, 72, {"none": 0, "peer": 1})
            example = builder.marked(record)
            begin = example.begin
            ada, oslo, cy = tokenizer.word("Ada"), tokenizer.word("Oslo"), tokenizer.word("Cy")
            expected = [70, *ada, 72, *tokenizer.word("in"), 70, *oslo, 72, 70, *cy, 72, EOS]
            self.assertEqual(example.ids[begin:], expected)
            markers = [at for at, token in enumerate(example.ids) if token == 70]
            self.assertEqual(
                sorted(example.marked),
                sorted(
                    [
                        (markers[0], markers[2], 1),
                        (markers[0], markers[1], 0),
                        (markers[2], markers[0], 1),
                        (markers[1], markers[0], 0),
                    ]
                ),
            )


class Training(unittest.TestCase):
    def test_a_copying_model_learns_the_twelve_posts(self):
        with tempfile.TemporaryDirectory() as folder:
            umie = {**MODEL["umie"], "text_encoder": {**ENCODER, "start_token_id": 2}}
            model = {name: value for name, value in MODEL.items() if name != "vocab_size"} | {"umie": umie}
            config = tiny_config(
                folder,
                model=model,
                optimizer={"lr_encoder": 0.003, "lr_head": 0.02, "lr": 0.01},
                schedule={"max_steps": 40, "warmup_steps": 4},
                run={"ema": None},
                loss={"negatives": 8},
            )
            trainer = Trainer(config)
            trainer.model.train()
            batches = iter(trainer.feed)
            losses = [trainer.update([next(batches)]) for _ in range(40)]
            self.assertLess(losses[-1]["answer"], 0.5 * losses[0]["answer"])
            self.assertLess(losses[-1]["tags"], 0.7 * losses[0]["tags"])

    def test_a_frozen_encoder_does_not_move(self):
        with tempfile.TemporaryDirectory() as folder:
            model = {name: value for name, value in MODEL.items() if name != "vocab_size"}
            trainer = Trainer(tiny_config(folder, model=model, run={"frozen_encoder": True, "ema": None}))
            before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
            batches = iter(trainer.feed)
            for _ in range(3):
                trainer.update([next(batches)])
            after = trainer.model.state_dict()
            still = [name for name in before if name.startswith(("encoder.", "shared.", "aux_"))]
            self.assertTrue(all(torch.equal(before[name], after[name]) for name in still))
            self.assertFalse(torch.equal(before["decoder.pointer.q.weight"], after["decoder.pointer.q.weight"]))


if __name__ == "__main__":
    unittest.main()
