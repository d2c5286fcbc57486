"""pawnet from scratch in PyTorch, with the settings of `paw train --net pawnet`: scratch_torch.py PHOTOS [--epochs 60]

PHOTOS holds train, val and test, each with its class folders. Prints JSON: the epochs, the best one by validation loss, and
how many test photos its weights get right. With --checkpoint FILE it goes on where it was stopped.
"""
import argparse
import copy
import json
import math
import sys
import time
from pathlib import Path

import numpy
import torch
from PIL import Image

import nets_torch
from augment import augmented

SIZE, BATCH = 224, 32
LEARNING_RATE, LAST, WARM_UP = 0.002, 0.01, 0.3  # the peak, the share of it at the end, epochs
WEIGHT_DECAY, SMOOTHING, CLIP = 0.02, 0.05, 5


def photos_of(folder):
    """[(photo with its short side at SIZE, class)], as `paw` keeps photos before it cuts."""
    found = []
    for label, name in enumerate(sorted(p.name for p in Path(folder).iterdir())):
        for path in sorted((Path(folder) / name).iterdir()):
            photo = Image.open(path).convert("RGB")
            scale = SIZE / min(photo.size)
            found.append((photo.resize([round(side * scale) for side in photo.size], Image.Resampling.BILINEAR), label))
    return found


def centre(photo):
    x, y = (photo.width - SIZE) // 2, (photo.height - SIZE) // 2
    return numpy.asarray(photo.crop((x, y, x + SIZE, y + SIZE)))


def batch_of(pictures):
    values = torch.from_numpy(numpy.stack(pictures)).permute(0, 3, 1, 2)
    return (values.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def rate(step, steps, per_epoch):
    warm = int(WARM_UP * per_epoch)
    if step < warm:
        return LEARNING_RATE * (step + 1) / warm
    way = (step - warm) / (steps - warm)
    return LEARNING_RATE * (LAST + (1 - LAST) * (1 + math.cos(math.pi * way)) / 2)


def scores_of(model, photos):
    """Mean cross-entropy, and how many are right."""
    model.eval()
    loss = right = 0
    with torch.inference_mode():
        for first in range(0, len(photos), BATCH):
            part = photos[first:first + BATCH]
            labels = torch.tensor([label for _, label in part])
            logits = model(batch_of([centre(photo) for photo, _ in part]))
            loss += torch.nn.functional.cross_entropy(logits, labels, reduction="sum").item()
            right += (logits.argmax(1) == labels).sum().item()
    return loss / len(photos), right


def optimizer_of(model):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0}]
    return torch.optim.AdamW(groups, LEARNING_RATE)


def train_epoch(model, optimizer, train, epoch, epochs, seed):
    model.train()
    order = list(numpy.random.default_rng([seed, epoch]).permutation(len(train)))
    per_epoch = math.ceil(len(train) / BATCH)
    order += order[:per_epoch * BATCH - len(train)]  # the last batch is filled up
    total = 0
    for i in range(per_epoch):
        chosen = order[i * BATCH:(i + 1) * BATCH]
        pictures = [augmented(train[k][0], SIZE, numpy.random.default_rng([seed, epoch, int(k)])) for k in chosen]
        for group in optimizer.param_groups:
            group["lr"] = rate(epoch * per_epoch + i, epochs * per_epoch, per_epoch)
        optimizer.zero_grad()
        labels = torch.tensor([train[k][1] for k in chosen])
        loss = torch.nn.functional.cross_entropy(model(batch_of(pictures)), labels, label_smoothing=SMOOTHING)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        total += loss.item()
    return total / per_epoch


class Run:
    """What has to survive a stop."""

    def __init__(self, file, seed):
        torch.manual_seed(seed)
        self.file = file
        self.model = nets_torch.build("pawnet", 2).to(memory_format=torch.channels_last)
        self.optimizer = optimizer_of(self.model)
        self.rows, self.best = [], None
        if file and file.exists():
            kept = torch.load(file, weights_only=True)
            self.model.load_state_dict(kept["model"])
            self.optimizer.load_state_dict(kept["optimizer"])
            torch.set_rng_state(kept["dropout"])
            self.rows, self.best = kept["rows"], kept["best"]

    def epoch_done(self, row):
        self.rows.append(row)
        print(json.dumps(row), file=sys.stderr, flush=True)
        if self.best is None or row["val_loss"] < self.best["val_loss"]:
            self.best = {"val_loss": row["val_loss"], "epoch": row["epoch"], "model": copy.deepcopy(self.model.state_dict())}
        if self.file:
            kept = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
                    "dropout": torch.get_rng_state(), "rows": self.rows, "best": self.best}
            torch.save(kept, f"{self.file}.new")
            Path(f"{self.file}.new").replace(self.file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train, val, test = (photos_of(given.photos / side) for side in ("train", "val", "test"))
    run = Run(given.checkpoint, given.seed)
    for epoch in range(len(run.rows), given.epochs):
        began = time.monotonic()
        loss = train_epoch(run.model, run.optimizer, train, epoch, given.epochs, given.seed)
        seconds = time.monotonic() - began
        val_loss, val_right = scores_of(run.model, val)
        run.epoch_done({"epoch": epoch + 1, "loss": loss, "val_loss": val_loss, "val_accuracy": val_right / len(val),
                        "images_per_s": len(train) / seconds, "seconds": seconds})
    run.model.load_state_dict(run.best["model"])
    loss, right = scores_of(run.model, test)
    print(json.dumps({"epochs": run.rows, "best_epoch": run.best["epoch"], "right": right, "images": len(test), "loss": loss}))


if __name__ == "__main__":
    main()
