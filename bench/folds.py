"""Folds of a folder of photos, as folders with train, val and test, each with its class folders."""
import os
import random
import shutil
from pathlib import Path


def split(photos, folds, seed=0):
    """One list of folds per class: {class: [[path, ...], ...]}. Stratified; a function of the seed and the names."""
    dealt = {}
    for folder in sorted(p for p in Path(photos).iterdir() if p.is_dir()):
        files = sorted(p for p in folder.iterdir() if p.is_file())
        random.Random(f"{seed} {folder.name}").shuffle(files)
        dealt[folder.name] = [files[k::folds] for k in range(folds)]
    return dealt


def make(dealt, fold, folder, val_share=0.1):
    """Links the photos into folder/{train,val,test}/CLASS: the fold tests, a share of the rest validates."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, parts in dealt.items():
        rest = [p for k, part in enumerate(parts) if k != fold for p in part]
        cut = round(len(rest) * val_share)
        for side, files in (("train", rest[cut:]), ("val", rest[:cut]), ("test", parts[fold])):
            to = Path(folder) / side / name
            to.mkdir(parents=True)
            for path in files:
                try:
                    os.link(path, to / path.name)
                except OSError:  # another file system
                    shutil.copyfile(path, to / path.name)
    return Path(folder)
