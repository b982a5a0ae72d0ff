"""XGBoost in its JSON and UBJSON, and as pickles around them."""

import xgboost
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import data
from models import Models, as_pickles

SMALL = {"n_estimators": 4, "max_depth": 3, "random_state": 0}


def make(models: Models) -> None:
    library = models.of(f"xgboost {xgboost.__version__}")
    classifier = xgboost.XGBClassifier(**SMALL).fit(data.rows, data.species)
    estimators = {
        "classifier": classifier,
        "regressor": xgboost.XGBRegressor(**SMALL, early_stopping_rounds=2).fit(
            data.body, data.progression, eval_set=[(data.body, data.progression)], verbose=False
        ),
        "ranker": xgboost.XGBRanker(**SMALL).fit(data.rows, data.is_first, qid=[0] * 25 + [1] * 25),
        "forest": xgboost.XGBRFClassifier(**SMALL).fit(data.rows, data.is_first),
        "booster": classifier.get_booster(),
        "pipeline": make_pipeline(StandardScaler(), xgboost.XGBClassifier(**SMALL)).fit(data.rows, data.species),
        "linear": xgboost.XGBRegressor(booster="gblinear", n_estimators=2).fit(data.body, data.progression),
        "dart": xgboost.XGBClassifier(booster="dart", **SMALL).fit(data.rows, data.is_first),
    }
    as_pickles(library, estimators)
    for name in ("classifier", "regressor", "ranker", "forest", "linear", "dart"):
        for kind in ("json", "ubj"):
            estimators[name].save_model(library.path(f"{name}.{kind}"))
