"""Trains a proposer: writes weights as safetensors with the network's shape in the header, a log, and a state to
continue from."""
import json
import math
import os
import signal
import time
from dataclasses import asdict, replace

import torch
from torch import Tensor

from checkpoint import save_state
from optim import rate_at
from proposer.data import Batches
from proposer.model import Proposer
from proposer.settings import Network, ProposerConfig
from proposer.targets import losses, make_targets
from safetensors_file import load_file, read_metadata, save_file

FORMAT = "umie-proposer/1"
WEIGHTS = "proposer.safetensors"


class ProposerTrainer:
    """`run()` returns when progress is 1, or after SIGTERM; started again with the same settings it continues."""

    def __init__(self, config: ProposerConfig) -> None:
        self.config = config
        os.makedirs(config.run.out, exist_ok=True)
        torch.set_num_threads(config.run.threads)
        torch.manual_seed(config.run.seed)
        self.batches = Batches(config.data, config.network, config.run.seed)
        model = (
            Proposer(config.network)
            if config.run.init is None
            else load_proposer(config.run.init, config.network)[0].train()
        )
        self.model = model.to(memory_format=torch.channels_last)
        decays = [parameter for parameter in self.model.parameters() if parameter.dim() > 1]
        others = [parameter for parameter in self.model.parameters() if parameter.dim() <= 1]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decays, "weight_decay": config.optimizer.weight_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=config.optimizer.lr,
        )
        self.step, self.seconds, self.stopping = 0, 0.0, False
        self.ema = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.state_path = f"{config.run.out}/state.pt"
        if os.path.exists(self.state_path):
            self.restore(torch.load(self.state_path, map_location="cpu", weights_only=False))

    def restore(self, saved: dict) -> None:
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.ema, self.step, self.seconds = saved["ema"], saved["step"], saved["seconds"]

    def save(self) -> None:
        save_state(
            self.state_path,
            {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "ema": self.ema,
                "step": self.step,
                "seconds": self.seconds,
            },
        )
        self.export(f"{self.config.run.out}/{WEIGHTS}")

    def export(self, path: str) -> None:
        """The averaged weights."""
        note = {"step": str(self.step), "seed": str(self.config.run.seed)}
        tensors = {name: value for name, value in self.ema.items() if not name.endswith("num_batches_tracked")}
        save_file(path, tensors, {"format": FORMAT, "network": json.dumps(asdict(self.config.network)), **note})

    def progress(self) -> float:
        schedule = self.config.schedule
        by_step = self.step / schedule.max_steps if schedule.max_steps else 0.0
        by_time = self.seconds / schedule.max_seconds if schedule.max_seconds else 0.0
        return min(1.0, max(by_step, by_time))

    def canvas(self) -> int:
        """Pixels of the training square at this progress."""
        return [size for begin, size in self.config.data.canvas if begin <= self.progress()][-1]

    def update(self) -> dict[str, float]:
        """One step over one batch. Returns the parts of the loss."""
        size, settings = self.canvas(), self.config.optimizer
        pixels, boxes, kinds, marked = self.batches.batch(self.step, size)
        targets = make_targets(boxes, kinds, marked, size, self.config.network)
        rate = rate_at(self.config.schedule, self.step, self.progress())
        for group in self.optimizer.param_groups:
            group["lr"] = settings.lr * rate
        heat, box = losses(*self.model(pixels.to(memory_format=torch.channels_last)), targets)
        self.optimizer.zero_grad(set_to_none=True)
        (heat + settings.box * box).backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), settings.clip)
        if not math.isfinite(norm):
            raise ValueError(f"the gradient is {norm} at step {self.step}: the run diverged")
        self.optimizer.step()
        self.step += 1
        self.average()
        return {"heat": heat.item(), "box": box.item(), "rate": rate, "size": size}

    @torch.no_grad()
    def average(self) -> None:
        """Exponential moving average; young runs forget their start faster."""
        keep = min(self.config.run.ema, (1 + self.step) / (10 + self.step))
        for name, value in self.model.state_dict().items():
            if value.is_floating_point():
                self.ema[name].lerp_(value, 1 - keep)

    def run(self) -> None:
        previous = signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopping", True))
        self.model.train()
        log = Log(f"{self.config.run.out}/log.jsonl", self.config.run.log_seconds)
        saved = clock = time.time()
        try:
            while self.progress() < 1.0 and not self.stopping:
                log.add(self.update(), self)
                now = time.time()
                self.seconds, clock = self.seconds + now - clock, now
                if now - saved > self.config.run.save_seconds:
                    self.save()
                    saved = time.time()
        finally:
            signal.signal(signal.SIGTERM, previous)
        self.save()


class Log:
    """One JSON object a line: progress, means since the last line, pictures per second."""

    def __init__(self, path: str, every: float) -> None:
        self.path, self.every, self.losses, self.last = path, every, [], time.time()

    def add(self, losses: dict[str, float], trainer: ProposerTrainer) -> None:
        self.losses.append(losses)
        now = time.time()
        if now - self.last < self.every:
            return
        means = {name: round(sum(each[name] for each in self.losses) / len(self.losses), 4) for name in losses}
        rate = len(self.losses) * trainer.config.data.batch / (now - self.last)
        line = {
            "step": trainer.step,
            "progress": round(trainer.progress(), 4),
            **means,
            "pictures_per_second": round(rate, 1),
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
        self.losses, self.last = [], now


def load_proposer(path: str, expected: Network | None = None) -> tuple[Proposer, Network]:
    """Weights and shape of a file this trainer wrote. `expected`: the only shape that is taken; how boxes are reported
    may differ."""
    metadata = read_metadata(path)
    if metadata.get("format") != FORMAT:
        raise ValueError(f"{path}: expected the format {FORMAT}, found {metadata.get('format')}")
    network = Network(**json.loads(metadata["network"]))
    if expected is not None and replace(network, threshold=expected.threshold) != expected:
        raise ValueError(f"{path} holds a network of another shape: {network}")
    model = Proposer(network)
    tensors: dict[str, Tensor] = load_file(path)
    result = model.load_state_dict(tensors, strict=False)
    wrong = [
        *result.unexpected_keys,
        *(name for name in result.missing_keys if not name.endswith("num_batches_tracked")),
    ]
    if wrong:
        raise ValueError(f"{path} does not fit its own header: {wrong[0]!r}")
    return model.eval(), network
