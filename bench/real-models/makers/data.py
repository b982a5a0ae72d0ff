"""Small public data, as scikit-learn ships it: a model of thirty rows has every class that one of a million has."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_iris

rows, species = load_iris(return_X_y=True)
rows, species = np.abs(rows[::3]), species[::3]
is_first = (species == 0).astype(int)
body, progression = (part[:60] for part in load_diabetes(return_X_y=True))
SPECIES = np.array(["setosa", "versicolor", "virginica"])[species]

table = pd.DataFrame(rows, columns=["sepal length", "sepal width", "petal length", "petal width"])
mixed = table.assign(colour=np.tile(["red", "blue"], 25), picked=pd.date_range("2024-01-01", periods=50))
texts = [f"a flower of {name} with petals of {row[2]:.0f} cm" for name, row in zip(SPECIES, rows)]
