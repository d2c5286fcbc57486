"""pawnet from scratch in PyTorch, with the settings of `paw train --net pawnet`: scratch_torch.py PHOTOS [--epochs 60]

PHOTOS holds train, val and test, each with its class folders. Prints JSON: the epochs, the best one by
validation loss, and how many test photos its weights get right.
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    train, val, test = (photos_of(given.photos / side) for side in ("train", "val", "test"))
    model = nets_torch.build("pawnet", 2).to(memory_format=torch.channels_last)
    optimizer, best, rows = optimizer_of(model), None, []
    for epoch in range(given.epochs):
        began = time.monotonic()
        loss = train_epoch(model, optimizer, train, epoch, given.epochs, given.seed)
        seconds = time.monotonic() - began
        val_loss, val_right = scores_of(model, val)
        rows.append({"epoch": epoch + 1, "loss": loss, "val_loss": val_loss, "val_accuracy": val_right / len(val),
                     "images_per_s": len(train) / seconds, "seconds": seconds})
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
        if best is None or val_loss < best[0]:
            best = (val_loss, epoch + 1, copy.deepcopy(model.state_dict()))
    model.load_state_dict(best[2])
    loss, right = scores_of(model, test)
    print(json.dumps({"epochs": rows, "best_epoch": best[1], "right": right, "images": len(test), "loss": loss}))


if __name__ == "__main__":
    main()
