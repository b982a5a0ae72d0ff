"""Trains every model in this folder on public data that scikit-learn ships, and writes what its author would upload.

Deterministic: one seed, one thread. `--data DIR` also writes the canonical CSV files that the manifests name by digest.
"""

import io
import json
import pathlib
import sys

import joblib
import numpy as np
import onnx
import safetensors.numpy
import torch
import xgboost
from onnx.reference import ReferenceEvaluator
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, mean_absolute_error, r2_score, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import data as public
from data import SEED, Data
from measure import by_group, share, statistic
from provenance import Version, write


def saved(save) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def classified(data: Data, predicted) -> list[dict]:
    hits = predicted == data.held_answers
    macro_f1 = lambda truth, guess: f1_score(truth, guess, average="macro")  # noqa: E731
    return [
        share("accuracy", data.held_out, hits),
        statistic("macro-f1", data.held_out, macro_f1, data.held_answers, predicted),
    ]


def recall_by_class(data: Data, predicted) -> list[dict]:
    labels = [data.labels[answer] for answer in data.held_answers]
    return [by_group("recall", data.target, labels, predicted == data.held_answers)]


def clear_padding(forest: RandomForestClassifier) -> None:
    """Tree nodes are records of 64 bytes that use 57: the rest is what the heap held, and would be published."""
    for tree in forest.estimators_:
        nodes = tree.tree_.__getstate__()["nodes"]  # a view of the tree's own memory
        used = nodes.dtype.fields["missing_go_to_left"][1] + 1
        nodes.view(np.uint8).reshape(len(nodes), nodes.itemsize)[:, used:] = 0


def forest_version(version: str, data: Data, forest: RandomForestClassifier, **rest) -> Version:
    clear_padding(forest)
    content = saved(lambda buffer: joblib.dump(forest, buffer))
    predicted = joblib.load(io.BytesIO(content)).predict(data.held_rows)
    return Version(
        model="iris-forest", version=version, format="joblib", data=data, files={"model.joblib": content},
        hyperparameters={name: getattr(forest, name) for name in ("n_estimators", "max_depth", "warm_start")},
        packages=["scikit-learn", "joblib"],
        read_with="import joblib\njoblib.load('model.joblib').predict([[5.1, 3.5, 1.4, 0.2]])",
        metrics=classified(data, predicted), group_metrics=recall_by_class(data, predicted), **rest,
    )


def iris_forests() -> list[Version]:
    """1.1.0 keeps the 25 trees of 1.0.0 and grows 25 more on more rows: the first version is its parent."""
    pilot, whole = public.iris_pilot(), public.iris()
    first = RandomForestClassifier(n_estimators=25, max_depth=4, random_state=SEED).fit(pilot.rows, pilot.answers)
    second = joblib.load(io.BytesIO(saved(lambda buffer: joblib.dump(first, buffer))))
    second.set_params(warm_start=True, n_estimators=50).fit(whole.rows, whole.answers)
    return [
        forest_version("1.0.0", pilot, first, description="Random forest of 25 trees, trained on half of the data."),
        forest_version(
            "1.1.0", whole, second, parent=("iris-forest", "1.0.0"),
            description="The 25 trees of 1.0.0 and 25 more, grown on 105 rows.",
        ),
    ]


def digits_mlp() -> Version:
    data = public.digits()
    brightest = 16
    shape = {"hidden_layer_sizes": [32], "alpha": 0.001, "max_iter": 300, "learning_rate_init": 0.005}
    network = MLPClassifier(**shape, random_state=SEED).fit(data.rows / brightest, data.answers)
    tensors = {}
    for layer, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
        tensors[f"layers.{layer}.weight"] = np.ascontiguousarray(weight.T, dtype=np.float32)
        tensors[f"layers.{layer}.bias"] = bias.astype(np.float32)
    content = safetensors.numpy.save(tensors, metadata={"format": "np"})
    config = {
        "architecture": "mlp", "layers": [64, 32, 10], "activation": "relu", "output": "argmax",
        "input": {"divideBy": brightest}, "labels": data.labels,
    }

    read = safetensors.numpy.load(content)
    hidden = np.maximum(data.held_rows / brightest @ read["layers.0.weight"].T + read["layers.0.bias"], 0)
    predicted = np.argmax(hidden @ read["layers.1.weight"].T + read["layers.1.bias"], axis=1)
    return Version(
        model="digits-mlp", version="1.0.0", format="safetensors", data=data,
        files={"model.safetensors": content, "config.json": (json.dumps(config, indent=2) + "\n").encode()},
        hyperparameters=shape | {"activation": "relu", "solver": "adam"},
        packages=["scikit-learn", "safetensors"],
        description="Multilayer perceptron 64-32-10; config.json says how to run the weights.",
        read_with="from safetensors.numpy import load_file\nweights = load_file('model.safetensors')",
        metrics=classified(data, predicted), group_metrics=recall_by_class(data, predicted),
    )


def wine_logreg(version: str, strength: float, description: str) -> Version:
    data = public.wine()
    settings = {"C": strength, "max_iter": 500}
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(**settings, random_state=SEED))
    pipeline.fit(data.rows, data.answers)
    # Without a name skl2onnx draws a random one.
    graph = to_onnx(
        pipeline, data.rows[:1].astype(np.float32), name="wine-logreg",
        options={"zipmap": False}, target_opset={"": 17, "ai.onnx.ml": 3},
    )
    onnx.checker.check_model(graph)
    content = graph.SerializeToString(deterministic=True)
    read = ReferenceEvaluator(onnx.load_from_string(content))
    predicted = read.run(None, {"X": data.held_rows.astype(np.float32)})[0]
    return Version(
        model="wine-logreg", version=version, format="onnx", data=data, files={"model.onnx": content},
        hyperparameters=settings | {"penalty": "l2", "scaling": "standard"},
        packages=["scikit-learn", "skl2onnx", "onnx"], description=description,
        read_with="import onnxruntime\nonnxruntime.InferenceSession('model.onnx').run(['label'], {'X': rows})",
        metrics=classified(data, predicted), group_metrics=recall_by_class(data, predicted),
    )


def wine_logregs() -> list[Version]:
    """1.1.0 trusts the data more: the same rows with a weaker penalty on the coefficients."""
    return [
        wine_logreg(
            "1.0.0", 0.5, "Standard scaling and multinomial logistic regression over 13 chemical measurements."
        ),
        wine_logreg("1.1.0", 2.0, "The regression of 1.0.0 with a quarter of its penalty on large coefficients."),
    ]


class BreastCancerNet(torch.nn.Module):
    def __init__(self, rows: torch.Tensor):
        super().__init__()
        self.register_buffer("mean", rows.mean(dim=0))
        self.register_buffer("scale", rows.std(dim=0))
        self.net = torch.nn.Sequential(
            torch.nn.Linear(30, 16), torch.nn.ReLU(), torch.nn.Linear(16, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.net((rows - self.mean) / self.scale).squeeze(1)


def trained_net(rows: torch.Tensor, answers: torch.Tensor, settings: dict) -> BreastCancerNet:
    torch.manual_seed(SEED)
    model = BreastCancerNet(rows)
    optimizer = torch.optim.Adam(
        model.parameters(), lr=settings["learning_rate"], weight_decay=settings["weight_decay"]
    )
    for _ in range(settings["epochs"]):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(model(rows), answers).backward()
        optimizer.step()
    return model


def breast_cancer_net() -> Version:
    data = public.breast_cancer()
    malignant = data.labels.index("malignant")
    settings = {"epochs": 300, "learning_rate": 0.01, "weight_decay": 0.001, "batch": "full", "optimizer": "adam"}
    rows = torch.tensor(data.rows, dtype=torch.float32)
    model = trained_net(rows, torch.tensor(data.answers == malignant, dtype=torch.float32), settings)
    content = saved(lambda buffer: torch.save(model.state_dict(), buffer))
    config = {
        "architecture": "mlp", "layers": [30, 16, 8, 1], "activation": "relu",
        "input": {"subtract": "mean", "divideBy": "scale"}, "output": {"logit": "malignant", "threshold": 0},
    }

    read = BreastCancerNet(rows)
    read.load_state_dict(torch.load(io.BytesIO(content), weights_only=True))
    logits = read(torch.tensor(data.held_rows, dtype=torch.float32)).detach().numpy()
    predicted, truth = logits > 0, data.held_answers == malignant
    radius = data.held_rows[:, data.columns.index("mean_radius")]
    small, large = np.quantile(data.rows[:, data.columns.index("mean_radius")], [1 / 3, 2 / 3])
    band = np.select([radius <= small, radius <= large], ["1 small", "2 medium"], "3 large")
    hits = predicted == truth
    return Version(
        model="breast-cancer-net", version="1.0.0", format="pytorch", data=data,
        files={"model.pt": content, "config.json": (json.dumps(config, indent=2) + "\n").encode()},
        hyperparameters=settings, packages=["torch", "scikit-learn"],
        description="Network 30-16-8-1 over measurements of cell nuclei; a state_dict, config.json says how to run it.",
        read_with="import torch\nweights = torch.load('model.pt', weights_only=True)",
        metrics=[
            share("accuracy", data.held_out, hits),
            share("sensitivity", data.held_out, hits[truth]),
            share("specificity", data.held_out, hits[~truth]),
            statistic("roc-auc", data.held_out, roc_auc_score, truth, logits),
        ],
        group_metrics=[by_group("accuracy", "mean-radius-band", band, hits)],
    )


def progression(model: str, data: Data, predicted, **rest) -> Version:
    """Both models of the diabetes data are measured alike, by sex (as coded in the data) and by age."""
    error = np.abs(predicted - data.held_answers)
    age, sex = (data.held_rows[:, data.columns.index(column)] for column in ("age", "sex"))
    bands = np.select([age < 40, age < 55], ["under 40", "40 to 54"], "55 and over")
    return Version(
        model=model, version="1.0.0", data=data, **rest,
        metrics=[
            statistic("mae", data.held_out, mean_absolute_error, data.held_answers, predicted),
            statistic("r2", data.held_out, r2_score, data.held_answers, predicted),
        ],
        group_metrics=[
            by_group("mae", "sex", sex.astype(int), error),
            by_group("mae", "age-band", bands, error),
        ],
    )


def diabetes_ridge() -> Version:
    data = public.diabetes()
    scaler = StandardScaler().fit(data.rows)
    ridge = Ridge(alpha=20.0).fit(scaler.transform(data.rows), data.answers)
    arrays = {
        "coefficients": ridge.coef_, "intercept": np.float64(ridge.intercept_),
        "mean": scaler.mean_, "scale": scaler.scale_,
    }
    content = saved(lambda buffer: np.savez(buffer, **arrays))
    read = np.load(io.BytesIO(content), allow_pickle=False)
    predicted = (data.held_rows - read["mean"]) / read["scale"] @ read["coefficients"] + read["intercept"]
    return progression(
        "diabetes-ridge", data, predicted, format="numpy", files={"model.npz": content},
        hyperparameters={"alpha": 20.0, "scaling": "standard"}, packages=["scikit-learn", "numpy"],
        description="Ridge regression as plain arrays: (x - mean) / scale · coefficients + intercept.",
        read_with="import numpy\narrays = numpy.load('model.npz', allow_pickle=False)",
    )


def diabetes_boost() -> Version:
    data = public.diabetes()
    settings = {"max_depth": 2, "eta": 0.08, "subsample": 0.8, "objective": "reg:absoluteerror"}
    rows = xgboost.DMatrix(data.rows, data.answers, feature_names=data.columns)
    booster = xgboost.train(settings | {"seed": SEED, "nthread": 1}, rows, num_boost_round=80)
    content = bytes(booster.save_raw(raw_format="json"))
    read = xgboost.Booster(model_file=bytearray(content))
    predicted = read.predict(xgboost.DMatrix(data.held_rows, feature_names=data.columns))
    return progression(
        "diabetes-boost", data, predicted, format="xgboost", files={"model.json": content},
        hyperparameters=settings | {"num_boost_round": 80}, packages=["xgboost", "scikit-learn"],
        description="80 boosted trees of depth 2 in XGBoost's JSON.",
        read_with="import xgboost\nxgboost.Booster(model_file='model.json')",
    )


def main() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    with threadpool_limits(1):
        versions = [
            *iris_forests(), digits_mlp(), *wine_logregs(), breast_cancer_net(), diabetes_ridge(), diabetes_boost()
        ]
    for version in versions:
        write(version)
        print(version.model, version.version, {m["name"]: m["value"] for m in version.metrics})
        if "--data" in sys.argv:
            folder = pathlib.Path(sys.argv[sys.argv.index("--data") + 1])
            (folder / f"{version.data.name}.csv").write_bytes(version.data.training_csv())


if __name__ == "__main__":
    main()
