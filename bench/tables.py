"""What is measured, and how it is shown. Every table: rows of jobs, one column per engine, ratios against the bar."""
from dataclasses import dataclass

# Multiply-adds of convolutions and fully connected layers at 224x224, in millions (docs/nets.md).
MACS = {"mobilenet_v1": 568.7, "mobilenet_v2": 300.8, "mobilenet_v3_large": 216.6, "efficientnet_lite0": 385.2,
        "resnet18": 1814.1, "resnet50": 4089.2}
TITLES = {"mobilenet_v1": "MobileNetV1", "mobilenet_v2": "MobileNetV2", "mobilenet_v3_large": "MobileNetV3-Large",
          "efficientnet_lite0": "EfficientNet-Lite0", "resnet18": "ResNet-18", "resnet50": "ResNet-50"}


@dataclass(frozen=True)
class Bar:
    """Ours against the best of `peers`. In a table of times the ratio ours/peer is to be at most `limit`; in a table of
    rates at least."""
    title: str
    peers: tuple
    limit: float


@dataclass(frozen=True)
class Table:
    title: str
    nets: tuple
    threads: tuple
    batch: int
    engines: tuple  # ours first
    bars: dict  # net -> bars
    rate: bool  # images per second, not milliseconds
    passes: int  # over the net's multiply-adds: forward 1, a training step 3
    job: dict


TORCH = ("PyTorch NCHW", "PyTorch channels_last")
LITERT = (Bar("LiteRT", ("LiteRT",), 1.10),)
MOBILE = (Bar("TensorFlow", ("TensorFlow",), 1.5), Bar("PyTorch", TORCH, 1.9))
TABLES = {
    "inference": Table("Inference, float32, batch 1", ("mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large",
                       "efficientnet_lite0", "resnet50"), (1, 2), 1, ("ours", "LiteRT", "ONNX Runtime", "OpenVINO"),
                       dict.fromkeys(MACS, LITERT), False, 1, {"task": "inference"}),
    "training": Table("Training step (forward, backward, SGD with momentum), 224, batch 32",
                      ("mobilenet_v2", "mobilenet_v3_large", "resnet18"), (2,), 32, ("ours", "TensorFlow", *TORCH),
                      {"mobilenet_v2": MOBILE, "mobilenet_v3_large": MOBILE, "resnet18": (Bar("PyTorch", TORCH, 1.1),)},
                      True, 3, {"task": "training"}),
    "batch": Table("Inference, float32, batch 32", ("efficientnet_lite0",), (2,), 32, ("ours", *TORCH),
                   {"efficientnet_lite0": (Bar("PyTorch", TORCH, 2.5),)}, True, 1, {"task": "inference"}),
}


def shown(figure, table, net, peak):
    """`minimum / median (share of the peak at the minimum)`; for rates what minimum and median time come to."""
    if not figure.known:
        return figure.error or "-"
    share = table.passes * table.batch * MACS[net] / figure.least / peak  # MMAC per ms = GMAC/s
    values = [table.batch / ms * 1e3 if table.rate else ms for ms in (figure.least, figure.median)]
    return " / ".join(f"{v:.2f}" if v < 10 else f"{v:.1f}" for v in values) + f" ({share:.0%})"


def ratio(figures, bar, rate):
    """Ours over the best of the bar's peers by their minima; None while either is missing."""
    ours, peers = figures["ours"], [figures[p] for p in bar.peers if figures[p].known]
    if not ours.known or not peers:
        return None
    best = min(peer.least for peer in peers)
    return best / ours.least if rate else ours.least / best


def verdict(value, bar, rate):
    bound = f"{'at least' if rate else 'at most'} {bar.limit:g} x {bar.title}"
    if value is None:
        return f"- ({bound})"
    met = value >= bar.limit if rate else value <= bar.limit
    return f"{value:.2f} ({bound}): {'met' if met else 'MISSED'}"


def render(table, figures, peaks):
    """figures: {(net, threads): {engine: Figure}}, peaks: {threads: GMAC/s}. Markdown lines."""
    yield f"| net | threads | {' | '.join(table.engines)} | ours against the bar |"
    yield "|" + "---|" * (len(table.engines) + 3)
    for (net, threads), row in figures.items():
        cells = [shown(row[e], table, net, peaks[threads]) for e in table.engines]
        bars = "; ".join(verdict(ratio(row, bar, table.rate), bar, table.rate) for bar in table.bars[net])
        yield f"| {TITLES[net]} | {threads} | {' | '.join(cells)} | {bars} |"
