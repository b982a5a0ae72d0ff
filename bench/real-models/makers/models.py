"""Where models go, a folder for each library, and the ways in which people save them."""

import dataclasses
import pathlib
import pickle
from typing import Any


@dataclasses.dataclass
class Library:
    folder: pathlib.Path

    def path(self, name: str) -> pathlib.Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def pickle(self, name: str, value: Any, protocol: int = pickle.DEFAULT_PROTOCOL) -> None:
        self.path(name).write_bytes(pickle.dumps(value, protocol=protocol))

    def joblib(self, name: str, value: Any, **options: Any) -> None:
        import joblib  # not in every environment

        joblib.dump(value, self.path(name), **options)


@dataclasses.dataclass
class Models:
    root: pathlib.Path

    def of(self, library: str) -> Library:
        return Library(self.root / library)


PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)

# joblib's own names for what it packs with, and the ending under which each is found in the wild.
COMPRESSIONS = {
    "zlib": ("zlib", 3),
    "gzip": ("gzip", 3),
    "bz2": ("bz2", 3),
    "xz": ("xz", 3),
    "lzma": ("lzma", 3),
    "lz4": ("lz4", 3),
}


def as_pickles(library: Library, models: dict[str, Any]) -> None:
    """Each model as pickle and with joblib, the first of them in every protocol."""
    for name, model in models.items():
        library.pickle(f"{name}.pkl", model)
        library.joblib(f"{name}.joblib", model)
    first = next(iter(models.values()))
    for protocol in PROTOCOLS:
        library.pickle(f"protocol-{protocol}.pkl", first, protocol)
