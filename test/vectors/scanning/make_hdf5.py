"""Writes hdf5/, files that do something to their reader, and the real HDF5 files of real/: run with the versions of README.md.

    python make_hdf5.py hostile FOLDER     h5py and PyTables
    python make_hdf5.py real FOLDER        h5py and pandas
    python make_hdf5.py keras FOLDER       Keras 3
    python make_hdf5.py tf_keras FOLDER    Keras 2
"""
import sys
from pathlib import Path

import numpy as np

what, out = sys.argv[1], Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)


class Payload:
    def __reduce__(self):
        import os

        return os.system, ("true",)


def hostile():
    import h5py, pickle, tables

    def new(name, **options):
        return h5py.File(out / f"{name}.h5", "w", **options)

    with new("external-link") as f:
        f["w"] = h5py.ExternalLink("/etc/passwd", "/")
    with new("external-storage") as f:
        f.create_dataset("w", (100,), "u1", external=[("/etc/passwd", 0, 100)])
    with new("virtual") as f:
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("../secret.h5", "w", (4,))
        f.create_virtual_dataset("w", layout)
    with new("virtual-same") as f:
        f["x"] = np.zeros(4, "f4")
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource(f["x"])
        f.create_virtual_dataset("w", layout)
    with new("filter") as f:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((4,))
        plist.set_filter(40_000, h5py.h5z.FLAG_OPTIONAL, (1, 2))
        h5py.h5d.create(f.id, b"w", h5py.h5t.NATIVE_FLOAT, h5py.h5s.create_simple((8,)), plist)
    with new("user-block", userblock_size=512) as f:
        f["w"] = np.zeros(4, "f4")
    with new("cycle") as f:
        b = f.create_group("a/b")
        b["c"] = f["a"]
    with new("expansion") as f:
        f.create_dataset("w", (10**10,), "f4", chunks=(10**6,), compression="gzip")
    with new("reference") as f:
        f["x"] = 1.0
        f.create_dataset("w", data=f["x"].ref, dtype=h5py.ref_dtype)
    with new("region-attribute") as f:
        f["x"] = np.zeros(3)
        f.attrs["r"] = f["x"].regionref[:2]
    with new("dense-link", libver="latest") as f:
        for i in range(40):
            f[f"w{i}"] = h5py.SoftLink("/nothing")
        f["z"] = h5py.ExternalLink("/etc/passwd", "/")
    with new("dense-attribute", libver="latest") as f:
        for i in range(12):
            f.attrs[f"a{i}"] = i
        f.attrs["p"] = np.bytes_(pickle.dumps(Payload()))
    with new("dense-huge", libver="latest") as f:
        for i in range(12):
            f.attrs[f"a{i}"] = i
        f.attrs["x"] = np.bytes_(pickle.dumps(["x" * 5000, Payload()]))
    with new("opaque") as f:
        f.attrs["p"] = np.void(pickle.dumps(Payload()))
    with new("bytes") as f:
        f.attrs["p"] = np.frombuffer(pickle.dumps(Payload(), 0), "u1")
    with tables.open_file(out / "pytables-attribute.h5", "w") as f:
        f.root._v_attrs.p = Payload()
    for name, filters in [("rows", None), ("rows-packed", tables.Filters(5, "zlib", shuffle=False))]:
        with tables.open_file(out / f"pytables-{name}.h5", "w") as f:
            rows = f.create_vlarray("/", "v", tables.ObjectAtom(), filters=filters, chunkshape=4)
            rows.append({"a": 1})
            rows.append(Payload())


def real():
    import h5py, pandas as pd

    for name, options in [("structures.h5", {}), ("structures-latest.h5", {"libver": "latest"})]:
        with h5py.File(out / name, "w", **options) as f:
            group = f.create_group("a/b")
            group["contiguous"] = np.arange(5.0)
            group["scalar"] = 3.5
            group["texts"] = ["aa", "bb"]
            group["flags"] = np.array([True, False])
            group["records"] = np.zeros(2, [("a", "f8"), ("b", "i4", (2,)), ("c", "S5")])
            group["nothing"] = h5py.Empty("f4")
            f["type"] = np.dtype("f8")
            group.create_dataset("typed", (3,), f["type"])
            group.create_dataset("packed", data=np.arange(12.0), chunks=(4,), compression="gzip", shuffle=True)
            group.create_dataset("lzf", data=np.arange(12.0), compression="lzf")
            group.create_dataset("grows", data=np.arange(4.0), maxshape=(None,), chunks=(2,))
            group.create_dataset("grows2", data=np.zeros((2, 2)), maxshape=(None, None), chunks=(2, 2))
            f["hard"], f["soft"] = group["scalar"], h5py.SoftLink("/a/b/scalar")
            group.attrs.update({"text": "a text.", "fixed": np.bytes_("N."), "list": [b"a", b"bb"], "n": np.arange(3)})
            for i in range(12):
                f.attrs[f"attribute{i}"] = i
    frame = pd.DataFrame({"n": [1.0, 2.0], "o": ["a", None]}, index=pd.date_range("2021", periods=2, tz="UTC", freq="h"))
    with pd.HDFStore(out / "frame.h5", "w", complib="zlib", complevel=9) as store:
        store.put("f", frame)


def models(keras):
    layers = keras.layers
    inputs = keras.Input((4,))
    inner = keras.Sequential([layers.Input((4,)), layers.Dense(4, "relu", kernel_regularizer="l2"), layers.BatchNormalization()])
    hidden = layers.Add()([inner(inputs), layers.Dense(4)(inputs)]) * 2.0
    model = keras.Model(inputs, layers.Dense(2, "softmax")(hidden))
    rate = keras.optimizers.schedules.CosineDecay(1e-3, 100)
    model.compile(keras.optimizers.Adam(rate), keras.losses.CategoricalCrossentropy(), [keras.metrics.AUC(), "accuracy"])
    return model


def double():
    """A lambda whose bytecode does not name the file that it was compiled in."""
    return eval(compile("lambda x: x * 2", "model", "eval"))


def keras():
    import keras

    model = models(keras)
    model.save(out / "keras-model.keras")
    model.save(out / "keras-model.h5")
    model.save_weights(out / "keras-model.weights.h5")
    (out / "keras-config.json").write_text(model.to_json())
    keras.Sequential([keras.layers.Input((4,)), keras.layers.Lambda(double())]).save(out / "keras-lambda.keras")
    keras.Sequential([keras.layers.Input((4,)), keras.layers.Lambda(double())]).save(out / "keras-lambda.h5")


def tf_keras():
    import tf_keras

    models(tf_keras).save(out / "tf-keras-model.h5")
    models(tf_keras).save(out / "tf-keras-model.keras")
    tf_keras.Sequential([tf_keras.layers.Lambda(double(), input_shape=(4,))]).save(out / "tf-keras-lambda.h5")


{"hostile": hostile, "real": real, "keras": keras, "tf_keras": tf_keras}[what]()
