"""PyTorch: weights, optimisers and whole modules in both file formats, TorchScript and ONNX."""

import numpy as np
import safetensors.torch
import torch
from torch import nn, optim
from torch.optim.swa_utils import AveragedModel

from models import Library, Models


def networks() -> dict[str, nn.Module]:
    return {
        "perceptron": nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2)),
        "convolution": nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
        ),
        "transformer": nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 2),
        "lstm": nn.LSTM(8, 16, num_layers=2, batch_first=True),
        "embedding": nn.ModuleDict({"words": nn.Embedding(50, 8), "bag": nn.EmbeddingBag(50, 8)}),
    }


OPTIMISERS = {
    "sgd": lambda p: optim.SGD(p, 0.1, momentum=0.9), "adam": lambda p: optim.Adam(p, amsgrad=True),
    "adamw": optim.AdamW, "rmsprop": optim.RMSprop, "adagrad": optim.Adagrad, "lbfgs": optim.LBFGS,
}


def trained(model: nn.Module, make) -> optim.Optimizer:
    optimiser = make(model.parameters())

    def step():
        optimiser.zero_grad()
        loss = model(torch.ones(4, 8)).square().sum()
        loss.backward()
        return loss

    optimiser.step(step)
    return optimiser


def save(library: Library, name: str, value) -> None:
    torch.save(value, library.path(f"{name}.pt"))
    torch.save(value, library.path(f"{name}-legacy.pt"), _use_new_zipfile_serialization=False)


def checkpoints(library: Library) -> None:
    for name, make in OPTIMISERS.items():
        model = networks()["perceptron"]
        optimiser = trained(model, make)
        schedule = optim.lr_scheduler.CosineAnnealingLR(optimiser, 10) if name != "lbfgs" else None
        save(library, f"checkpoint-{name}", {
            "epoch": 3, "model": model.state_dict(), "optimizer": optimiser.state_dict(),
            "scheduler": schedule.state_dict() if schedule else None, "rng": torch.get_rng_state(), "best": np.float64(0.5),
        })
    save(library, "averaged", AveragedModel(networks()["perceptron"]).state_dict())


def tensors(library: Library) -> None:
    kinds = {str(dtype).split(".")[1]: torch.zeros(3, dtype=dtype) for dtype in (
        torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.uint8, torch.bool, torch.complex64,
    )}
    views = torch.arange(12.0).reshape(3, 4)
    save(library, "tensors", {
        **kinds, "view": views.t()[1:], "shared": views, "parameter": nn.Parameter(torch.ones(2)),
        "sparse": torch.eye(3).to_sparse(), "size": torch.Size([1, 2]), "dtype": torch.float32, "device": torch.device("cpu"),
    })
    quantised = torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)
    save(library, "quantised", {"weight": quantised, "channels": torch.quantize_per_channel(
        torch.ones(2, 3), torch.tensor([0.1, 0.2]), torch.tensor([0, 0]), 0, torch.qint8)})


def scripts(library: Library) -> None:
    made = networks()
    example = {"perceptron": torch.ones(2, 8), "convolution": torch.ones(1, 3, 8, 8), "transformer": torch.ones(1, 4, 16)}
    for name, shape in example.items():
        torch.jit.save(torch.jit.script(made[name].eval()), str(library.path(f"scripted-{name}.pt")))
        torch.jit.save(torch.jit.trace(made[name].eval(), shape, check_trace=False), str(library.path(f"traced-{name}.pt")))
        torch.onnx.export(made[name].eval(), (shape,), str(library.path(f"{name}.onnx")), dynamo=False)


def make(models: Models) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    library = models.of(f"torch {torch.__version__.split('+')[0]}")
    for name, model in networks().items():
        save(library, f"state-{name}", model.state_dict())
        save(library, f"module-{name}", model)
        safetensors.torch.save_model(model, str(library.path(f"{name}.safetensors")))
    checkpoints(library)
    tensors(library)
    scripts(library)
