"""numpy, scipy and pandas by themselves: arrays, sparse matrices and tables, which models are kept with or as."""

import numpy as np
import pandas as pd
import scipy
import scipy.sparse
from scipy.interpolate import CubicSpline, PchipInterpolator, RegularGridInterpolator, interp1d, make_interp_spline
from scipy.spatial import KDTree
from scipy.stats import gaussian_kde

import data
from models import COMPRESSIONS, PROTOCOLS, Models

DTYPES = "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16 >f8 >i4 S5 U5 M8[ns] m8[s]".split()


def numpy_models(models: Models) -> None:
    library = models.of(f"numpy {np.__version__}")
    for dtype in DTYPES:
        plain = "".join(letter if letter.isalnum() else "-" for letter in dtype).strip("-")
        kind = "big-endian" if dtype.startswith(">") else "array"
        np.save(library.path(f"{kind}-{plain or 'bool'}.npy"), np.zeros(5, dtype=dtype))
    records = np.zeros(3, dtype=[("name", "U8"), ("values", "f4", (2, 2)), ("inner", [("a", "i1"), ("b", "f8")])])
    odd = {
        "records": records, "fortran": np.asfortranarray(np.eye(3)), "scalar": np.array(1.5), "empty": np.zeros((0, 4)),
        "objects": np.array([1, "a", None, {"k": [1.5]}], dtype=object),
    }
    for name, value in odd.items():
        np.save(library.path(f"{name}.npy"), value, allow_pickle=True)
    np.savez(library.path("weights.npz"), weights=data.rows, bias=np.zeros(4))
    np.savez_compressed(library.path("weights-compressed.npz"), weights=data.rows, bias=np.zeros(4))
    np.savez(library.path("objects.npz"), vocabulary=np.array(["a", "b", None], dtype=object))
    kept = {
        "arrays": {"weights": data.rows, "names": data.SPECIES, **odd, "scalars": [np.float32(1), np.int64(2), np.bool_(1)]},
        "generators": [np.random.default_rng(0), np.random.RandomState(0), np.random.Generator(np.random.Philox(1))],
        "records": [records.view(np.recarray), np.ma.masked_less(data.rows, 1), np.matrix("1 2; 3 4")],
    }
    for name, value in kept.items():
        for protocol in PROTOCOLS:
            library.pickle(f"{name}-{protocol}.pkl", value, protocol)
        library.joblib(f"{name}.joblib", value)
    for packed, how in COMPRESSIONS.items():
        library.joblib(f"arrays.joblib.{packed}", kept["arrays"], compress=how)


def scipy_models(models: Models) -> None:
    library = models.of(f"scipy {scipy.__version__}")
    matrix = scipy.sparse.random(20, 20, 0.1, random_state=0)
    for kind in "bsr coo csc csr dia".split():
        scipy.sparse.save_npz(library.path(f"{kind}.npz"), matrix.asformat(kind))
    kinds = [matrix.asformat(kind) for kind in "bsr coo csc csr dia dok lil".split()]
    arrays = [scipy.sparse.csr_array(matrix), scipy.sparse.coo_array(matrix)]
    x, y = np.arange(5.0), np.arange(5.0) ** 2
    library.pickle("sparse.pkl", kinds + arrays)
    library.joblib("sparse.joblib", kinds + arrays)
    library.pickle("splines.pkl", [CubicSpline(x, y), PchipInterpolator(x, y), make_interp_spline(x, y)])
    library.pickle("interp1d.pkl", interp1d(x, y))
    library.pickle("grid.pkl", RegularGridInterpolator((x, x), np.outer(x, y)))
    library.pickle("kd-tree.pkl", KDTree(data.rows))
    library.pickle("density.pkl", gaussian_kde(data.rows[:, 0]))


def pandas_models(models: Models) -> None:
    library = models.of(f"pandas {pd.__version__}")
    stamps = pd.date_range("2024-01-01", periods=3, tz="Europe/Paris")
    kinds = pd.DataFrame(
        {
            "number": [1.0, 2.0, np.nan], "text": ["a", "b", None], "category": pd.Categorical(["x", "y", "x"]),
            "time": stamps, "span": pd.to_timedelta([1, 2, 3], "D"), "whole": pd.array([1, 2, None], dtype="Int64"),
            "truth": pd.array([True, None, False], dtype="boolean"), "period": pd.period_range("2024", periods=3, freq="M"),
            "range": pd.interval_range(0, 3), "few": pd.arrays.SparseArray([0, 0, 1]),
        }
    )
    several = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["letter", "number"])
    kept = {
        "frame": kinds, "series": pd.Series([1, 2], index=pd.Index(["a", "b"], name="key"), name="n"),
        "levels": pd.DataFrame(np.eye(4), index=several), "times": pd.Series(range(3), index=stamps),
        "lookup": {"columns": list(data.mixed.columns), "means": data.table.mean(), "types": data.mixed.dtypes},
    }
    for name, value in kept.items():
        for protocol in PROTOCOLS:
            library.pickle(f"{name}-{protocol}.pkl", value, protocol)
    kinds.to_pickle(library.path("to-pickle.pkl"))
    kinds.to_pickle(library.path("to-pickle.pkl.gz"))
    data.mixed.to_csv(library.path("table.csv"))
    data.mixed.to_json(library.path("table.json"))


def make(models: Models) -> None:
    numpy_models(models)
    scipy_models(models)
    pandas_models(models)
