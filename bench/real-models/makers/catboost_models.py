"""CatBoost in its own formats, and as pickles around them."""

import catboost

import data
from models import Models, as_pickles


def make(models: Models) -> None:
    library = models.of(f"catboost {catboost.__version__}")
    small = {"iterations": 4, "depth": 3, "verbose": False, "random_seed": 0, "allow_writing_files": False}
    estimators = {
        "classifier": catboost.CatBoostClassifier(**small).fit(data.rows, data.species),
        "regressor": catboost.CatBoostRegressor(**small).fit(data.body, data.progression),
        "categories": catboost.CatBoostClassifier(**small, cat_features=["colour"]).fit(
            data.mixed[["sepal length", "colour"]], data.is_first
        ),
    }
    as_pickles(library, estimators)
    for name, model in estimators.items():
        model.save_model(str(library.path(f"{name}.cbm")))
        model.save_model(str(library.path(f"{name}.json")), format="json", pool=None)
    estimators["regressor"].save_model(str(library.path("regressor.onnx")), format="onnx")
