"""PyTorch, eager: a whole training step, or inference, in either memory layout."""
import torch

import nets_torch


def load(job):
    torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    layout = torch.channels_last if job["layout"] == "channels_last" else torch.contiguous_format
    model = nets_torch.build(job["net"]).to(memory_format=layout)
    images = torch.randn(job["batch"], 3, 224, 224).to(memory_format=layout)
    return training(model, images) if job["task"] == "training" else inference(nets_torch.settle(model), images)


def training(model, images):
    labels = torch.arange(len(images))
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
    model.train()

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def inference(model, images):
    @torch.inference_mode()
    def run():
        return model(images)

    return run
