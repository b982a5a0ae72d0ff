"""LightGBM as text, and as pickles around it."""

import lightgbm
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import data
from models import Models, as_pickles


def make(models: Models) -> None:
    library = models.of(f"lightgbm {lightgbm.__version__}")
    small = {"n_estimators": 4, "min_child_samples": 2, "verbose": -1, "random_state": 0}
    frame = data.mixed[["sepal length", "colour"]].astype({"colour": "category"})
    estimators = {
        "classifier": lightgbm.LGBMClassifier(**small).fit(data.rows, data.species),
        "regressor": lightgbm.LGBMRegressor(**small).fit(data.body, data.progression),
        "ranker": lightgbm.LGBMRanker(**small).fit(data.rows, data.is_first, group=[25, 25]),
        "categories": lightgbm.LGBMClassifier(**small).fit(frame, data.is_first),
        "pipeline": make_pipeline(StandardScaler(), lightgbm.LGBMClassifier(**small)).fit(data.rows, data.species),
    }
    booster = estimators["classifier"].booster_
    as_pickles(library, {**estimators, "booster": booster})
    for name in ("classifier", "regressor", "ranker", "categories"):
        estimators[name].booster_.save_model(library.path(f"{name}.txt"))
