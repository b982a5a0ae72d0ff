"""Two hundred models of ordinary sizes, all of kinds that every scanner of pickles looks into: what a folder scan races on."""

import numpy as np
import torch
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models import Models


def state_dict(width: int, layers: int) -> dict[str, torch.Tensor]:
    return {f"layers.{i}.{part}": torch.rand(*shape) for i in range(layers) for part, shape in (
        ("weight", (width, width)), ("bias", (width,)), ("norm.weight", (width,)),
    )}


def make(models: Models) -> None:
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    library = models.of("ordinary")
    for i in range(70):
        torch.save(state_dict(128 + 32 * (i % 4), 4 + i % 20), library.path(f"network-{i:02}.pt"))
    for i in range(10):
        torch.save(state_dict(256, 8), library.path(f"old-network-{i:02}.pth"), _use_new_zipfile_serialization=False)
    rows, answers = random.random((600, 20)), random.integers(0, 3, 600)
    for i in range(40):
        forest = RandomForestClassifier(20 + i, max_depth=8, random_state=i).fit(rows, answers)
        library.joblib(f"forest-{i:02}.joblib", forest)
    for i in range(30):
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=50)).fit(rows, answers)
        library.pickle(f"pipeline-{i:02}.pkl", pipeline)
    for i in range(20):
        boosting = GradientBoostingClassifier(n_estimators=10 + i, random_state=i).fit(rows[:200], answers[:200])
        library.pickle(f"boosting-{i:02}.pkl", boosting)
    for i in range(30):
        weights = random.random((200, 100 + 20 * i)).astype(np.float32)
        np.savez(library.path(f"arrays-{i:02}.npz"), weights=weights, bias=np.zeros(400))
