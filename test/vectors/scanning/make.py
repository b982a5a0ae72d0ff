"""Writes the small real files of this directory: run where the versions of README.md are installed."""
import io, pickle, sys, warnings
from pathlib import Path

import joblib, numpy as np, onnx, pandas as pd, torch
import safetensors.numpy as sn
from skl2onnx import to_onnx
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

warnings.simplefilter("ignore")
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
x, y = load_iris(return_X_y=True)
x = np.abs(x[::5]).astype(np.float32)
y = y[::5]

pipe = make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression()).fit(x, y)
forest = RandomForestClassifier(2, max_depth=2, random_state=0).fit(x, y)
hist = HistGradientBoostingClassifier(max_iter=1, max_leaf_nodes=3, categorical_features=[0]).fit(np.c_[y, x], y)
frame = pd.DataFrame({"n": [1.0, 2.0, 3.0, 4.0], "c": ["u", "v", "u", "v"]})
columns = make_pipeline(make_column_transformer((OneHotEncoder(), ["c"]), (StandardScaler(), ["n"])), LogisticRegression())

joblib.dump(pipe, out / "pipeline.joblib")
joblib.dump(forest, out / "forest.joblib")
joblib.dump(forest, out / "forest-zlib.joblib", compress=3)
joblib.dump(forest, out / "forest-gzip.joblib", compress=("gzip", 3))
joblib.dump({"o": np.array([1, "a", None], dtype=object), "after": np.arange(3)}, out / "objects.joblib")
(out / "hist-gradient-boosting.pkl").write_bytes(pickle.dumps(hist))
(out / "columns.pkl").write_bytes(pickle.dumps(columns.fit(frame, [0, 1, 0, 1])))
(out / "pipeline-protocol-0.pkl").write_bytes(pickle.dumps(pipe, protocol=0))
(out / "pipeline-protocol-2.pkl").write_bytes(pickle.dumps(pipe, protocol=2))
(out / "frame.pkl").write_bytes(pickle.dumps(frame))
np.save(out / "floats.npy", x[:3])
np.save(out / "objects.npy", np.array([1, "a", None], dtype=object))
np.save(out / "structured.npy", np.zeros(2, dtype=[("a", "f8"), ("b", "i4", (2,))]))
np.savez_compressed(out / "arrays.npz", a=x[:3], zeros=np.zeros((40, 40)))
layers = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU())
torch.save(layers.state_dict(), out / "state-dict.pt")
torch.save(layers.state_dict(), out / "state-dict-legacy.pt", _use_new_zipfile_serialization=False)
torch.save(layers, out / "module.pt")
sn.save_file({"w": x[:3], "b": np.zeros(3, dtype=np.int64)}, out / "weights.safetensors", metadata={"format": "np"})
(out / "pipeline.onnx").write_bytes(to_onnx(make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y), x[:1]).SerializeToString())
frame[["n"]].to_parquet(out / "frame.parquet")
