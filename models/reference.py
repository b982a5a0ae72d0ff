"""Writes what the ONNX reference evaluator answers on the held-out samples: what another implementation must answer too.

Run after make_models.py. The service in examples/inference-service is tested against it, and the demo sends these rows.
"""

import json
import pathlib

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

import data as public

HERE = pathlib.Path(__file__).parent
TARGET = HERE.parent / "examples" / "inference-service" / "held-out-wine.json"
MODEL = "wine-logreg"


def answers(version: str, rows: np.ndarray) -> dict:
    graph = onnx.load(HERE / MODEL / version / "model.onnx")
    labels, probabilities = ReferenceEvaluator(graph).run(None, {"X": rows.astype(np.float32)})
    return {"labels": labels.tolist(), "probabilities": [[float(p) for p in row] for row in probabilities]}


def main() -> None:
    wine = public.wine()
    document = {
        "model": MODEL,
        "columns": wine.columns,
        "rows": wine.held_rows.tolist(),
        "answers": {folder.name: answers(folder.name, wine.held_rows) for folder in sorted((HERE / MODEL).iterdir())},
    }
    TARGET.write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
