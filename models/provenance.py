"""Writes the folder of one model version as its author would upload it: model, manifest, baseline, lock, model card."""

import hashlib
import importlib.metadata
import json
import pathlib
import platform
import re
from dataclasses import dataclass, field

import numpy as np

from cards import CARDS
from data import SEED, Data, csv

HERE = pathlib.Path(__file__).parent
# When the files in this folder were trained. Kept, so that a rerun gives the same bytes; change it when you retrain.
TRAINED_AT = "2026-11-23T23:45:00Z"
# Enough for the drift check, which says nothing below a hundred.
BASELINE_ROWS = 128


@dataclass
class Version:
    model: str
    version: str
    format: str
    data: Data
    files: dict[str, bytes]
    hyperparameters: dict
    packages: list[str]
    description: str
    read_with: str
    metrics: list[dict] = field(default_factory=list)
    group_metrics: list[dict] = field(default_factory=list)
    parent: tuple[str, str] | None = None

    @property
    def folder(self) -> pathlib.Path:
        return HERE / self.model / self.version


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def blob_id(path: pathlib.Path) -> str:
    """The id under which Git keeps a file's content, whichever commit it is in."""
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def root_digest(folder: pathlib.Path) -> str:
    """The identity of an uploaded version: SHA-256 over its files' digests, ordered by name (OpenSSF Model Signing)."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths))


def lock(packages: list[str]) -> bytes:
    """Every installed package that the named ones need, with its version."""
    wanted, pinned = list(packages), {}
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # a dependency of another platform, or CUDA, which is not used
        if name not in pinned:
            pinned[name] = distribution.version
            needs = [need for need in distribution.requires or [] if "extra ==" not in need]
            wanted += [re.match(r"[A-Za-z0-9._-]+", need).group() for need in needs]
    head = f"# CPython {platform.python_version()}, {platform.system()} {platform.machine()}"
    return ("\n".join([head, *(f"{name}=={pinned[name]}" for name in sorted(pinned))]) + "\n").encode()


def baseline(data: Data) -> bytes:
    """A sample of real training inputs. Personal columns are left out: this file is stored and read by many."""
    kept = [i for i, column in enumerate(data.columns) if column not in data.personal]
    return csv([data.columns[i] for i in kept], data.rows[:BASELINE_ROWS][:, kept])


def feature(data: Data, index: int) -> dict:
    column = data.columns[index]
    described = {"name": column, "type": data.type_of(column), "required": True}
    if column in data.categories:
        described["categories"] = data.categories[column]
    else:
        values = data.rows[:, index]
        described |= {"minimum": number(values.min()), "maximum": number(values.max())}
    return described | {"personal": column in data.personal}


def number(value) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


def dataset(data: Data) -> dict:
    answer = "category" if data.labels else "number"
    return {
        "name": data.name,
        "uri": data.uri,
        "digest": digest(data.training_csv()),
        "schema": {**{column: data.type_of(column) for column in data.columns}, data.target: answer},
        "rows": len(data.rows),
        "asOf": data.as_of,
        "license": data.license,
    }


def training(version: Version, lock_file: bytes) -> dict:
    described = {
        "datasets": [dataset(version.data)],
        "code": {
            "repository": "Clearance, models/make_models.py; the commit is that file's Git blob id",
            "commit": blob_id(HERE / "make_models.py"),
        },
        "environment": {"lock": digest(lock_file), "lockFile": "requirements.lock", "seed": SEED},
        "hyperparameters": version.hyperparameters,
        "trainedAt": TRAINED_AT,
    }
    if version.parent:
        model, name = version.parent
        described["parents"] = [{"model": model, "version": name, "digest": root_digest(HERE / model / name)}]
    return described


def card(version: Version) -> bytes:
    about, data = CARDS[version.model], version.data
    measured = [
        f"| {m['name']} | {m['value']:.3f} | {m['interval']['low']:.3f} to {m['interval']['high']:.3f} | {m['n']} |"
        for m in version.metrics
    ]
    lines = [
        f"# {version.model} {version.version}: {about['title']}", "", version.description, "",
        f"For: {about['intendedUse']['purpose']}", "",
        f"Not for: {'; '.join(about['intendedUse']['outOfScope'])}.", "",
        f"Trained on {len(data.rows)} rows of `{data.uri}`, measured on {len(data.held_rows)} rows held out:", "",
        "| metric | value | 95 % interval | n |", "|---|---|---|---|", *measured, "",
        "```python", version.read_with, "```",
    ]
    return ("\n".join(lines) + "\n").encode()


def manifest(version: Version, files: dict[str, bytes]) -> bytes:
    about, data = CARDS[version.model], version.data
    document = {
        "manifestVersion": 1,
        "model": version.model,
        "version": version.version,
        "description": version.description,
        "owner": about["owner"],
        "contact": about["contact"],
        "format": version.format,
        "risk": about["risk"],
        "intendedUse": about["intendedUse"],
        "files": [{"path": p, "digest": digest(files[p]), "size": len(files[p])} for p in sorted(files)],
        "training": training(version, files["requirements.lock"]),
        "metrics": version.metrics,
        "groupMetrics": version.group_metrics,
        "features": [feature(data, index) for index in range(len(data.columns))],
        "baseline": {"path": "baseline.csv", "format": "csv", "digest": digest(files["baseline.csv"])},
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def write(version: Version) -> None:
    about = {
        "README.md": card(version),
        "baseline.csv": baseline(version.data),
        "requirements.lock": lock(version.packages),
    }
    files = version.files | about
    version.folder.mkdir(parents=True, exist_ok=True)
    for stale in version.folder.iterdir():
        stale.unlink()
    for path, content in (files | {"manifest.json": manifest(version, files)}).items():
        (version.folder / path).write_bytes(content)
