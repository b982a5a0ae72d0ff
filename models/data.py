"""The public data sets that scikit-learn ships, split into training and held-out rows, and their canonical CSV form."""

from dataclasses import dataclass, field, replace

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.model_selection import train_test_split

SEED = 20261123
UCI_LICENSE = "CC-BY-4.0"


@dataclass(frozen=True)
class Data:
    name: str
    source: str
    # End of the month (diabetes: of the year) that the description in scikit-learn dates the data to.
    as_of: str
    license: str
    columns: list[str]
    target: str
    rows: np.ndarray
    answers: np.ndarray
    held_rows: np.ndarray
    held_answers: np.ndarray
    labels: list[str] = field(default_factory=list)
    categories: dict[str, list[str]] = field(default_factory=dict)
    personal: frozenset[str] = frozenset()

    @property
    def held_out(self) -> str:
        return f"{self.name.split('-')[0]}-held-out"

    @property
    def uri(self) -> str:
        return f"pkg:pypi/scikit-learn@{sklearn.__version__}#sklearn/datasets/data/{self.source}"

    def type_of(self, column: str) -> str:
        if column in self.categories:
            return "category"
        values = self.rows[:, self.columns.index(column)]
        return "integer" if np.all(values == np.round(values)) else "number"

    def training_csv(self) -> bytes:
        table = np.column_stack([self.rows, self.answers])
        return csv([*self.columns, self.target], table)


def text(value: float) -> str:
    """The shortest decimal that reads back as the same double; whole numbers without a point."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def csv(header: list[str], table: np.ndarray) -> bytes:
    """Canonical CSV: UTF-8, comma, LF, one header line, no quotes, a newline at the end."""
    lines = [",".join(header), *(",".join(text(value) for value in row) for row in table)]
    return ("\n".join(lines) + "\n").encode()


def snake(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name.replace(")", "").replace("(", "")).strip("_").lower()


def split(bundle, held: int, **about) -> Data:
    stratify = bundle.target if "labels" in about else None
    rows, held_rows, answers, held_answers = train_test_split(
        bundle.data, bundle.target, test_size=held, random_state=SEED, stratify=stratify
    )
    return Data(rows=rows, answers=answers, held_rows=held_rows, held_answers=held_answers, **about)


def iris() -> Data:
    bundle = datasets.load_iris()
    return split(
        bundle, 45, name="iris-train", source="iris.csv", as_of="1988-07-31T00:00:00Z", license=UCI_LICENSE,
        columns=[snake(name) for name in bundle.feature_names], target="species",
        labels=[str(name) for name in bundle.target_names],
    )


def iris_pilot() -> Data:
    """The 75 rows that the first version was trained on; the held-out rows are those of `iris`."""
    whole = iris()
    rows, _, answers, _ = train_test_split(
        whole.rows, whole.answers, train_size=75, random_state=SEED, stratify=whole.answers
    )
    return replace(whole, name="iris-pilot-train", rows=rows, answers=answers)


def wine() -> Data:
    bundle = datasets.load_wine()
    return split(
        bundle, 54, name="wine-train", source="wine_data.csv", as_of="1988-07-31T00:00:00Z", license=UCI_LICENSE,
        columns=[snake(name) for name in bundle.feature_names], target="cultivar",
        labels=["cultivar-1", "cultivar-2", "cultivar-3"],
    )


def breast_cancer() -> Data:
    bundle = datasets.load_breast_cancer()
    return split(
        bundle, 171, name="wdbc-train", source="breast_cancer.csv", as_of="1995-11-30T00:00:00Z", license=UCI_LICENSE,
        columns=[snake(name) for name in bundle.feature_names], target="diagnosis",
        labels=[str(name) for name in bundle.target_names],
    )


def digits() -> Data:
    bundle = datasets.load_digits()
    return split(
        bundle, 360, name="digits-train", source="digits.csv.gz", as_of="1998-07-31T00:00:00Z", license=UCI_LICENSE,
        columns=list(bundle.feature_names), target="digit", labels=[str(name) for name in bundle.target_names],
    )


def diabetes() -> Data:
    """Unscaled: years, mg/dl and so on, as a clinic would send them."""
    return split(
        datasets.load_diabetes(scaled=False), 132, name="diabetes-train", source="diabetes_data_raw.csv.gz",
        as_of="2004-12-31T00:00:00Z", license="not stated by its publishers",
        columns=["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"], target="progression",
        categories={"sex": ["1", "2"]}, personal=frozenset({"age", "sex"}),
    )
