"""Writes real models: `python make.py OUT MAKER…` runs those makers of this folder, each in the environment it needs.

A maker `x` is the module `x_models` with `make(models)`. What it cannot make ends the run: a model that is silently missing would be
counted as one that raised no alarm.
"""

import importlib
import pathlib
import random
import sys
import warnings

import numpy as np

from models import Models


def main() -> None:
    out, *makers = sys.argv[1:]
    warnings.simplefilter("ignore")
    for maker in makers:
        random.seed(0)
        np.random.seed(0)
        importlib.import_module(f"{maker}_models").make(Models(pathlib.Path(out)))


if __name__ == "__main__":
    main()
