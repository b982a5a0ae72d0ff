"""A TorchServe archive of weights alone, served by a handler that TorchServe brings along."""

import pathlib
import subprocess
import sys
import tempfile
from importlib.metadata import version

import torch

from models import Models


def make(models: Models) -> None:
    library = models.of(f"torch-model-archiver {version('torch-model-archiver')}")
    with tempfile.TemporaryDirectory() as folder:
        weights = pathlib.Path(folder) / "network.pt"
        network = torch.nn.Sequential(torch.nn.Linear(4, 2))
        torch.jit.save(torch.jit.script(network), str(weights))
        archiver = [sys.executable, "-m", "model_archiver.model_packaging"]
        subprocess.run(
            [*archiver, "--model-name", "network", "--version", "1.0", "--serialized-file", str(weights),
             "--handler", "image_classifier", "--export-path", str(library.path("network.mar").parent), "--force"],
            check=True,
        )
