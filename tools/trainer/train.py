"""Trains a model by a configuration: writes a checkpoint folder, a log and a state to continue from."""
import json
import os
import random
import signal
import time
from collections import defaultdict
from contextlib import nullcontext

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from checkpoint import create_model, pretrained_alone, random_state, restore_random, save_state, write_checkpoint
from config import Config
from copying import Memory, places_before
from examples import NOT_SCORED
from feed import Batch, Feed
from optim import create_optimizers, rate_at
from pictures import PictureStore
from labels import NO_RELATION
from t5 import MASKED, Dropout
from tokenizer import EOS, PAD
from umie_model import UMIE, Look, Pictures, joined, with_objects

EMA_EVERY = 4
# Some two hundred texts, enough for means over all of their tokens.
STANDARD_BATCHES = 4


class Trainer:
    """One run. `run()` returns when progress is 1, or after SIGTERM; started again with the same configuration it
    continues."""

    def __init__(self, config: Config) -> None:
        self.config = config
        run = config.run
        os.makedirs(run.out, exist_ok=True)
        self.device = torch.device(run.device or ("cuda" if torch.cuda.is_available() else "cpu"))
        random.seed(run.seed)
        np.random.seed(run.seed)
        torch.manual_seed(run.seed)
        if self.device.type == "cpu":
            torch.set_num_threads(run.threads)
        else:
            torch.backends.cuda.matmul.allow_tf32 = True
        self.state_path = f"{run.out}/state.pt"
        saved = (
            torch.load(self.state_path, map_location="cpu", weights_only=False)
            if os.path.exists(self.state_path)
            else None
        )
        self.feed = Feed(config, saved and saved["feed"])
        self.model = create_model(config, self.feed.source.tokenizer).to(self.device)
        self.model.four_bits = run.four_bit_words
        frozen = ("encoder.", "shared.", "aux_", "pair_classifier.") if run.frozen_encoder else ()
        self.optimizers = create_optimizers(self.model, config.optimizer, config.vision, frozen)
        if saved is None and pretrained_alone(config):
            self.standardise([next(batches) for batches in [iter(self.feed)] for _ in range(STANDARD_BATCHES)])
        self.step, self.seconds, self.examples, self.tokens = 0, 0.0, 0, 0
        self.ema: dict[str, Tensor] | None = None
        if saved is not None:
            self.restore(saved)
        elif run.ema is not None:
            self.ema = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.pictures = self.open_pictures()
        self.stopping = False

    @torch.no_grad()
    def standardise(self, batches: list[Batch]) -> None:
        """Mean and spread of the encoder's states go into its last norm."""
        self.model.eval()
        states = []
        for batch in batches:
            ids = self.long(batch.ids)
            mask = (ids != PAD).float()
            states.append(self.model.encode(ids, mask)[mask.bool()])
        self.model.encoder.standardise(torch.cat(states))

    def open_pictures(self) -> PictureStore | None:
        """None without regions; without training the vision, pictures would only be noise."""
        if self.config.data.regions is None or not self.config.vision.train:
            return None
        store = PictureStore(self.config.data.regions, self.model.c, self.device)
        if self.config.vision.backbone == "frozen":
            store.compute_features(self.model)
        return store

    # ---- state

    def restore(self, saved: dict) -> None:
        self.model.load_state_dict(saved["model"])
        for optimizer, state in zip(self.optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        self.ema = saved["ema"] and {name: value.to(self.device) for name, value in saved["ema"].items()}
        self.step, self.seconds, self.examples, self.tokens = saved["counts"]
        restore_random(saved["random"])

    def save(self) -> None:
        save_state(
            self.state_path,
            {
                "model": self.model.state_dict(),
                "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
                "ema": self.ema,
                "feed": self.feed.state(),
                "random": random_state(),
                "counts": (self.step, self.seconds, self.examples, self.tokens),
                "config": self.config.source,
            },
        )

    def export(self, folder: str) -> None:
        """The averaged weights, where there are some, as a checkpoint folder."""
        tensors = {name: value.cpu() for name, value in (self.ema or self.model.state_dict()).items()}
        tensors = with_objects(tensors, self.model.c["umie"]["object_token_ids"] if self.model.c.get("umie") else [])
        note = {"step": str(self.step), "seed": str(self.config.run.seed)}
        write_checkpoint(folder, self.model.c, tensors, self.config.run.tokenizer, torch.float32, note)

    # ---- one step

    def progress(self) -> float:
        schedule = self.config.schedule
        by_step = self.step / schedule.max_steps if schedule.max_steps else 0.0
        by_time = self.seconds / schedule.max_seconds if schedule.max_seconds else 0.0
        return min(1.0, max(by_step, by_time))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The parts of the loss of one batch, weighted."""
        if self.model.copying is not None:
            return self.copying_losses(batch)
        settings = self.config.loss
        ids, tags, target, heads, relation = (
            self.long(getattr(batch, name)) for name in ("ids", "tags", "target", "heads", "relation")
        )
        mask = (ids != PAD).float()
        amp = torch.autocast(self.device.type, torch.bfloat16) if self.config.run.bf16 else nullcontext()
        with amp:
            if batch.masked is not None:
                masked = self.long(batch.masked)
                wanted = masked != NOT_SCORED
                logits = self.model.logits(self.model.aux_mlm(self.model.encode(ids, mask)[wanted]))
                return {"words": settings.masked_words * F.cross_entropy(logits.float(), masked[wanted])}
            decoder_ids = torch.cat([torch.zeros_like(target[:, :1]), target[:, :-1].clamp(min=0)], 1)
            hidden, states, look = self.model(ids, mask, decoder_ids, self.look(batch))
            scored, tagged, related = target != NOT_SCORED, tags != NOT_SCORED, relation != NOT_SCORED
            logits = self.model.logits(hidden[scored])
            tag_logits = self.model.aux_tag(states[tagged])
            ends = torch.cat([states[related, heads[related, 0]], states[related, heads[related, 1]]], -1)
            relation_logits = self.model.aux_rel(ends)
            unmoved = self.unmoved(batch, decoder_ids, hidden, states, mask) if look is not None else None
        weights = torch.from_numpy(batch.weights).to(self.device)[scored]
        each = F.cross_entropy(
            logits.float(), target[scored], label_smoothing=settings.label_smoothing, reduction="none"
        )
        parts = {"text": (each * weights).sum() / weights.sum().clamp(min=1)}
        if settings.prefilter and len(batch.pairs) + len(batch.texts):
            parts["prefilter"] = settings.prefilter * self.prefilter_loss(batch, states)
        if unmoved is not None:
            parts["unmoved"] = unmoved
        if tagged.any() and settings.tagger:
            parts["tags"] = settings.tagger * F.cross_entropy(tag_logits.float(), tags[tagged])
        if related.any() and settings.relation:
            parts["relations"] = settings.relation * F.cross_entropy(relation_logits.float(), relation[related])
        return parts if look is None else parts | self.looks(batch, look)

    def copying_losses(self, batch: Batch) -> dict[str, Tensor]:
        """As `losses`, of a decoder that copies."""
        settings, model = self.config.loss, self.model
        frozen = self.config.run.frozen_encoder or self.config.vision.text == "frozen"
        ids, tags, target, heads, relation, marked = (
            self.long(getattr(batch, name)) for name in ("ids", "tags", "target", "heads", "relation", "marked"))
        mask = (ids != PAD).float()
        scored, tagged = target != NOT_SCORED, tags != NOT_SCORED
        others = torch.randint(model.c["vocab_size"], (settings.negatives,), device=self.device)
        model.begin_batch(torch.cat([ids.flatten(), target[scored]]), others)
        parts: dict[str, Tensor] = {}
        with torch.autocast(self.device.type, torch.bfloat16) if self.config.run.bf16 else nullcontext():
            with torch.set_grad_enabled(not frozen):
                states = model.encode(ids, mask)
                if tagged.any() and settings.tagger:
                    parts["tags"] = settings.tagger * F.cross_entropy(
                        model.aux_tag(states[tagged]).float(), tags[tagged]
                    )
                if len(marked) and settings.pairs:
                    weight = torch.ones(len(model.c["umie"]["pair_relations"]), device=self.device)
                    weight[model.c["umie"]["pair_relations"].index(NO_RELATION)] = settings.no_relation
                    logits = model.pair_classifier(states, marked[:, :3]).float()
                    parts["pairs"] = settings.pairs * F.cross_entropy(
                        logits, marked[:, 3], weight, label_smoothing=0.05
                    )
            if settings.prefilter and len(batch.pairs) + len(batch.texts):
                parts["prefilter"] = settings.prefilter * self.prefilter_loss(batch, states)
            fused, look = model.fuse(
                states.detach() if self.step < settings.quiet_steps else states, mask, self.look(batch)
            )
            if settings.answer:
                parts |= self.answer_losses(batch, ids, mask, target, fused, None if look is None else states)
        model.end_batch()
        return parts if look is None else parts | self.looks(batch, look)

    def answer_losses(
        self, batch: Batch, ids: Tensor, mask: Tensor, target: Tensor, states: Tensor, without: Tensor | None
    ) -> dict[str, Tensor]:
        """Cross-entropy of a copying decoder's answers, and how far unrelated pictures move them from its answers to
        the states `without` them."""
        settings, begin = self.config.loss, self.long(batch.begin)
        text = (torch.arange(ids.size(1), device=ids.device)[None] >= begin[:, None]).float() * mask * (ids != EOS)
        memory, places = Memory(states, mask, ids, text), places_before(self.long(batch.copied), begin)
        logits, scores = self.answer_scores(target, memory, places)
        scored = target != NOT_SCORED
        wanted, match = target[scored], (ids[:, None] == target[:, :, None])[scored]
        column = wanted if settings.negatives == 0 else self.model.row_of[wanted]
        right = torch.logaddexp(
            logits.gather(1, column[:, None])[:, 0], torch.logsumexp(scores.masked_fill(~match, MASKED), -1)
        )
        total = torch.logaddexp(torch.logsumexp(logits, -1), torch.logsumexp(scores, -1))
        weights = torch.from_numpy(batch.weights).to(self.device)[scored]
        parts = {"answer": settings.answer * ((total - right) * weights).sum() / weights.sum().clamp(min=1)}
        rows = torch.from_numpy(batch.unrelated).to(self.device)
        if without is None or not settings.unmoved or not rows.any():
            return parts
        # Rows of the batch, then those of its tokens: each input's ids stand behind every token of its answer.
        counts = scored.sum(1)
        these = rows.repeat_interleave(counts)
        columns = (ids if settings.negatives == 0 else self.model.row_of[ids])[rows].repeat_interleave(counts[rows], 0)
        with torch.no_grad():
            unseen = Memory(without[rows], mask[rows], ids[rows], text[rows])
            alone = self.answer_scores(target[rows], unseen, places[rows])
            expected = F.log_softmax(joined(*alone, columns), -1)
        found = F.log_softmax(joined(logits[these], scores[these], columns), -1)
        return parts | {"unmoved": settings.unmoved * F.kl_div(found, expected, reduction="batchmean", log_target=True)}

    def answer_scores(self, target: Tensor, memory: Memory, places: Tensor) -> tuple[Tensor, Tensor]:
        """For every token of target [B, T] that is scored: logits [N, V] of the vocabulary, or of the rows that were
        taken for the batch, and scores [N, L]."""
        model, scored = self.model, target != NOT_SCORED
        decoder_ids = torch.cat([torch.zeros_like(target[:, :1]), target[:, :-1].clamp(min=0)], 1)
        hidden, scores = model.decode_and_point(decoder_ids, memory, places)
        table = model.shared.weight if self.config.loss.negatives == 0 else model.taken
        return F.linear(hidden[scored] * model.c["d_model"] ** -0.5, table).float(), scores[scored]

    def unmoved(self, batch: Batch, decoder_ids: Tensor, hidden: Tensor, states: Tensor, mask: Tensor) -> Tensor | None:
        """How far unrelated pictures move the answer: KL(without ‖ with), mean over the tokens of those rows. hidden
        [B, T, D], states [B, L, D]"""
        rows = torch.from_numpy(batch.unrelated).to(self.device)
        if not self.config.loss.unmoved or not rows.any():
            return None
        scored = self.long(batch.target)[rows] != NOT_SCORED
        with torch.no_grad():
            without = self.model.decoder(self.model.shared(decoder_ids[rows]), None, states[rows], mask[rows])
            expected = F.log_softmax(self.model.logits(without[scored]).float(), -1)
        found = F.log_softmax(self.model.logits(hidden[rows][scored]).float(), -1)
        return self.config.loss.unmoved * F.kl_div(found, expected, reduction="batchmean", log_target=True)

    def prefilter_loss(self, batch: Batch, states: Tensor) -> Tensor:
        """The loss of the batch's pairs and texts, as far as it has them."""
        prefilter, pairs, texts = self.model.screen, self.long(batch.pairs), self.long(batch.texts)
        judged = [(prefilter.pairs(states, pairs[:, :5]), pairs[:, 5])] if len(pairs) else []
        judged += [(prefilter.texts(states, texts[:, :3]), texts[:, 3])] if len(texts) else []
        return sum(
            (F.binary_cross_entropy_with_logits(logits, right.float()) for logits, right in judged),
            states.new_zeros(()),
        )

    def looks(self, batch: Batch, look: Look) -> dict[str, Tensor]:
        """The gate nears 1 where the picture decides or fits and 0 where it has nothing to do with the text; a
        mention's words look at its object.

        Taught before its LeakyReLU: below zero that leaves a hundredth of the gradient, and a gate that once was there
        stayed there.
        """
        settings, parts = self.config.loss, {}
        wanted = torch.from_numpy(batch.gates).to(self.device)
        known = ~wanted.isnan()
        if known.any() and settings.gate:
            each = F.smooth_l1_loss(look.signal.float()[known], wanted[known], reduction="none")
            parts["gate"] = settings.gate * (each * torch.where(wanted[known] < 0, settings.gate_unrelated, 1.0)).mean()
        if len(batch.seen) and settings.attention:
            rows, ids, numbers = self.long(batch.seen).unbind(1)
            parts["attention"] = settings.attention * F.cross_entropy(look.scores.float()[rows, ids], numbers)
        return parts

    def long(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(self.device, non_blocking=True).long()

    def look(self, batch: Batch) -> Pictures | None:
        return self.pictures.batch(batch.images, batch.orders) if self.pictures is not None else None

    def update(self, batches: list[Batch]) -> dict[str, float]:
        """One optimizer step over one or more batches. Returns the parts of the loss."""
        rate = rate_at(self.config.schedule, self.step, self.progress())
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["base"] * rate
            optimizer.zero_grad(set_to_none=True)
        losses: dict[str, list[float]] = defaultdict(list)
        for batch in batches:
            parts = self.losses(batch)
            loss = sum(parts.values()) / len(batches)
            # Beside a frozen text side, a batch without pictures teaches nothing.
            if loss.requires_grad:
                loss.backward()
            for name, value in parts.items():
                losses[name].append(value.item())
            self.examples += len(batch.images)
            self.tokens += int((batch.ids != PAD).sum())
        torch.nn.utils.clip_grad_norm_(self.trained, self.config.optimizer.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        self.average()
        return {name: sum(values) / len(values) for name, values in losses.items()} | {"rate": rate}

    @torch.no_grad()
    def average(self) -> None:
        """Exponential moving average, every few steps; young runs forget their start faster."""
        if self.ema is None or self.step % EMA_EVERY:
            return
        keep = min(self.config.run.ema**EMA_EVERY, (1 + self.step) / (20 + self.step))
        for name, value in self.model.state_dict().items():
            if value.is_floating_point():
                self.ema[name].lerp_(value, 1 - keep)

    def quiet(self) -> None:
        """No dropout where nothing is learned: pictures are to meet the states that they will meet."""
        for stack in (self.model.encoder, self.model.decoder):
            for module in stack.modules():
                if isinstance(module, Dropout):
                    module.eval()

    # ---- the loop

    def run(self) -> None:
        previous = signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopping", True))
        log = Log(self, f"{self.config.run.out}/log.jsonl")
        self.model.train()
        if self.pictures is not None and self.pictures.features is not None:
            self.model.visual.backbone.eval()
        if self.config.vision.text == "frozen":
            self.quiet()
        batches = iter(self.feed)
        saved, clock = time.time(), time.time()
        try:
            while self.progress() < 1.0 and not self.stopping:
                self.feed.progress = self.progress()
                losses = self.update([next(batches) for _ in range(self.config.optimizer.accumulate)])
                now = time.time()
                self.seconds, clock = self.seconds + now - clock, now
                log.add(losses)
                if now - saved > self.config.run.save_seconds:
                    self.save()
                    saved = time.time()
        finally:
            signal.signal(signal.SIGTERM, previous)
            self.feed.close()
        log.write()
        self.save()
        if not self.stopping:
            self.export(f"{self.config.run.out}/checkpoint")


class Log:
    """One JSON object a line: progress, means since the last line, tokens per second, seconds left."""

    def __init__(self, trainer: Trainer, path: str) -> None:
        self.trainer, self.path = trainer, path
        self.means: dict[str, list[float]] = defaultdict(list)
        self.since, self.tokens, self.progress = time.time(), trainer.tokens, trainer.progress()

    def add(self, losses: dict[str, float]) -> None:
        for name, value in losses.items():
            self.means[name].append(value)
        if time.time() - self.since >= self.trainer.config.run.log_seconds:
            self.write()

    def write(self) -> None:
        trainer, passed = self.trainer, max(1e-9, time.time() - self.since)
        speed = (trainer.progress() - self.progress) / passed
        line = {
            "step": trainer.step,
            "progress": round(trainer.progress(), 4),
            "seconds": round(trainer.seconds, 1),
            "examples": trainer.examples,
            "tokens_per_second": round((trainer.tokens - self.tokens) / passed),
            "seconds_left": round((1 - trainer.progress()) / speed) if speed > 0 else None,
            **{name: round(sum(values) / len(values), 4) for name, values in self.means.items()},
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
        self.means.clear()
        self.since, self.tokens, self.progress = time.time(), trainer.tokens, trainer.progress()


def train(config: Config) -> UMIE:
    trainer = Trainer(config)
    trainer.run()
    return trainer.model
