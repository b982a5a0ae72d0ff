"""Hostile files that PyTorch and Keras write; see attack_models.py."""

import os
import zipfile

import keras
import torch
from keras import layers

from models import Models


class Payload:
    def __reduce__(self):
        return os.system, ("true",)


class Writer(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.from_file("/etc/passwd", size=1, dtype=torch.uint8)


def make(models: Models) -> None:
    library = models.of("torch")
    state = torch.nn.Linear(2, 2).state_dict()
    torch.save({**state, "note": Payload()}, library.path("state.pt"))
    torch.save({**state, "note": Payload()}, library.path("state-legacy.pt"), _use_new_zipfile_serialization=False)
    torch.save({"model": state, "hook": torch.nn.Module.__call__, "note": eval}, library.path("names.bin"))
    torch.jit.save(torch.jit.script(Writer()), str(library.path("script.pt")))
    with zipfile.ZipFile(library.path("served.mar"), "w") as archive:
        archive.writestr("MAR-INF/MANIFEST.json", '{"model": {"handler": "handler.py", "serializedFile": "state.pt"}}')
        archive.writestr("handler.py", "import os\nos.system('true')\n")
        archive.write(library.path("state.pt"), "state.pt")
    keras.config.enable_unsafe_deserialization()
    network = keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: __import__("os").system("true") or x)])
    for name in ("lambda.keras", "lambda.h5"):
        network.save(library.path(name))
