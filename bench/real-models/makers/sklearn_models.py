"""Every estimator of scikit-learn that can be fitted, one file each; and the ways to save one, each tried."""

import sklearn
from sklearn.base import RegressorMixin
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, StackingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.utils import all_estimators

import numpy as np
from scipy.stats import randint

import data
from models import COMPRESSIONS, PROTOCOLS, Library, Models

# Estimators around others, and those that want data of their own kind.
WITH_ARGUMENTS = {
    "CCA": lambda cls: cls().fit(data.rows, data.rows[:, :2]),
    "ClassifierChain": lambda cls: cls(LogisticRegression()).fit(data.rows, np.c_[data.is_first, 1 - data.is_first]),
    "ColumnTransformer": lambda cls: cls([("all", StandardScaler(), [0, 1])]).fit(data.rows),
    "DictVectorizer": lambda cls: cls().fit([{"colour": "red", "size": 1.0}, {"colour": "blue"}]),
    "FeatureHasher": lambda cls: cls(8).fit([{"colour": 1}]),
    "FeatureUnion": lambda cls: cls([("pca", PCA(2)), ("best", SelectKBest(f_classif, k=1))]).fit(data.rows, data.species),
    "FixedThresholdClassifier": lambda cls: cls(LogisticRegression()).fit(data.rows, data.is_first),
    "FrozenEstimator": lambda cls: cls(LogisticRegression().fit(data.rows, data.species)),
    "GridSearchCV": lambda cls: cls(SVC(), {"C": [1, 2]}, cv=2).fit(data.rows, data.species),
    "HashingVectorizer": lambda cls: cls(n_features=16).fit(data.texts),
    "CountVectorizer": lambda cls: cls().fit(data.texts),
    "TfidfVectorizer": lambda cls: cls().fit(data.texts),
    "IsotonicRegression": lambda cls: cls().fit(data.rows[:, 0], data.rows[:, 1]),
    "KernelCenterer": lambda cls: cls().fit(data.rows @ data.rows.T),
    "LabelBinarizer": lambda cls: cls().fit(data.SPECIES),
    "LabelEncoder": lambda cls: cls().fit(data.SPECIES),
    "MultiLabelBinarizer": lambda cls: cls().fit([["red", "blue"], ["red"]]),
    "MultiOutputClassifier": lambda cls: cls(LogisticRegression()).fit(data.rows, np.c_[data.is_first, 1 - data.is_first]),
    "MultiOutputRegressor": lambda cls: cls(Ridge()).fit(data.rows, data.rows[:, :2]),
    "MultiTaskElasticNet": lambda cls: cls().fit(data.rows, data.rows[:, :2]),
    "MultiTaskElasticNetCV": lambda cls: cls(cv=2).fit(data.rows, data.rows[:, :2]),
    "MultiTaskLasso": lambda cls: cls().fit(data.rows, data.rows[:, :2]),
    "MultiTaskLassoCV": lambda cls: cls(cv=2).fit(data.rows, data.rows[:, :2]),
    "OneVsOneClassifier": lambda cls: cls(LogisticRegression()).fit(data.rows, data.species),
    "OneVsRestClassifier": lambda cls: cls(LogisticRegression()).fit(data.rows, data.species),
    "OutputCodeClassifier": lambda cls: cls(LogisticRegression()).fit(data.rows, data.species),
    "PLSCanonical": lambda cls: cls().fit(data.rows, data.rows[:, :2]),
    "PLSSVD": lambda cls: cls().fit(data.rows, data.rows[:, :2]),
    "PatchExtractor": lambda cls: cls(patch_size=(2, 2)).fit(data.rows.reshape(10, 5, 4)),
    "Pipeline": lambda cls: cls([("scale", StandardScaler()), ("svc", SVC(probability=True))]).fit(data.rows, data.species),
    "RandomizedSearchCV": lambda cls: cls(SVC(), {"C": [1, 2, 3]}, n_iter=2, cv=2).fit(data.rows, data.species),
    "GaussianRandomProjection": lambda cls: cls(2).fit(data.rows),
    "SparseRandomProjection": lambda cls: cls(2).fit(data.rows),
    "RegressorChain": lambda cls: cls(Ridge()).fit(data.rows, data.rows[:, :2]),
    "RFE": lambda cls: cls(LogisticRegression()).fit(data.rows, data.species),
    "RFECV": lambda cls: cls(LogisticRegression(), cv=2).fit(data.rows, data.species),
    "SelectKBest": lambda cls: cls(k=2).fit(data.rows, data.species),
    "SelectFromModel": lambda cls: cls(LogisticRegression()).fit(data.rows, data.species),
    "SelfTrainingClassifier": lambda cls: cls(LogisticRegression()).fit(data.rows, np.where(data.species == 2, -1, data.species)),
    "SequentialFeatureSelector": lambda cls: cls(LogisticRegression(), n_features_to_select=1, cv=2).fit(data.rows, data.species),
    "SparseCoder": lambda cls: cls(np.eye(4)).fit(data.rows),
    "StackingClassifier": lambda cls: cls([("svc", SVC()), ("knn", KNeighborsClassifier())], cv=2).fit(data.rows, data.species),
    "StackingRegressor": lambda cls: cls([("ridge", Ridge())], cv=2).fit(data.body, data.progression),
    "TransformedTargetRegressor": lambda cls: cls(Ridge(), func=np.log1p, inverse_func=np.expm1).fit(data.body, data.progression),
    "TunedThresholdClassifierCV": lambda cls: cls(LogisticRegression(), cv=2).fit(data.rows, data.is_first),
    "VotingClassifier": lambda cls: cls([("svc", SVC()), ("knn", KNeighborsClassifier())]).fit(data.rows, data.species),
    "VotingRegressor": lambda cls: cls([("ridge", Ridge())]).fit(data.body, data.progression),
}


# Need another library, or data, that the environment of this version does not have.
LEFT_OUT = {"1.2.2": {"QuantileRegressor"}}.get(sklearn.__version__, set())


def fitted(name: str, cls: type):
    if name in WITH_ARGUMENTS:
        return WITH_ARGUMENTS[name](cls)
    labels = data.rows[:, 0] if issubclass(cls, RegressorMixin) else data.species
    return cls().fit(data.rows, labels)


def every_estimator(library: Library) -> None:
    for name, cls in all_estimators():
        if name not in LEFT_OUT:
            model = fitted(name, cls)
            library.pickle(f"estimators/{name}.pkl", model)


def compositions() -> dict[str, object]:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("words", OneHotEncoder(handle_unknown="ignore"), ["colour"]),
        ]
    )
    search = RandomizedSearchCV(
        RandomForestClassifier(n_estimators=3), {"max_depth": [2, 3]}, n_iter=2, cv=StratifiedKFold(2),
        scoring=make_scorer(f1_score, average="macro"), random_state=0,
    )
    kernel = ConstantKernel() * RBF() + WhiteKernel() + Matern(nu=1.5)
    logged = FunctionTransformer(np.log1p, np.expm1, validate=True)
    return {
        "columns": make_pipeline(columns, LogisticRegression()).fit(data.mixed, data.SPECIES),
        "search": search.fit(data.rows, data.species),
        "gaussian-process": GaussianProcessRegressor(kernel).fit(data.rows, data.rows[:, 0]),
        "text": make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression()).fit(data.texts, data.species),
        "union": make_pipeline(FeatureUnion([("pca", PCA(2)), ("log", logged)]), KMeans(2, n_init=1)).fit(data.rows),
        "grid-of-pipeline": GridSearchCV(
            make_pipeline(StandardScaler(), SVC()), {"svc__kernel": ["rbf", "linear"]}, cv=2
        ).fit(data.rows, data.species),
        "bundle": {"model": Ridge().fit(data.body, data.progression), "columns": ["age", "sex"], "threshold": 0.5},
    }


def ways_to_save(library: Library) -> None:
    forest = RandomForestClassifier(3, max_depth=3, random_state=0).fit(data.rows, data.species)
    boosting = HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]).fit(
        np.c_[data.species, data.rows], data.species
    )
    for name, model in {"forest": forest, "boosting": boosting, **compositions()}.items():
        for protocol in PROTOCOLS:
            library.pickle(f"protocols/{name}-{protocol}.pkl", model, protocol)
        library.joblib(f"joblib/{name}.joblib", model)
    for name, model in {"forest": forest, "boosting": boosting}.items():
        for packed, how in COMPRESSIONS.items():
            library.joblib(f"joblib/{name}.joblib.{packed}", model, compress=how)
        for protocol in PROTOCOLS[2:]:
            library.joblib(f"joblib/{name}-{protocol}.joblib", model, protocol=protocol)


def make(models: Models) -> None:
    library = models.of(f"scikit-learn {sklearn.__version__}")
    every_estimator(library)
    ways_to_save(library)
