"""Keras 3: whole models and weights, in its archive and in HDF5."""

import keras
from keras import layers

from models import Models


def networks() -> dict[str, keras.Model]:
    inputs = keras.Input((8,), name="numbers")
    side = layers.Dense(4, activation="relu")(inputs)
    joined = layers.Concatenate()([inputs, side])
    functional = keras.Model(inputs, layers.Dense(2, activation="softmax")(joined))
    return {
        "sequential": keras.Sequential([keras.Input((8,)), layers.Dense(16, activation="gelu"), layers.Dropout(0.1), layers.Dense(1)]),
        "functional": functional,
        "images": keras.Sequential([
            keras.Input((16, 16, 3)), layers.Rescaling(1 / 255), layers.RandomFlip(), layers.Conv2D(4, 3, padding="same"),
            layers.BatchNormalization(), layers.MaxPooling2D(), layers.GlobalAveragePooling2D(), layers.Dense(2),
        ]),
        "sequence": keras.Sequential([
            keras.Input((10,)), layers.Embedding(50, 8), layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.LayerNormalization(), layers.GRU(4), layers.Dense(1, kernel_regularizer="l2"),
        ]),
    }


def make(models: Models) -> None:
    keras.utils.set_random_seed(0)
    library = models.of(f"keras {keras.__version__}")
    for name, model in networks().items():
        model.compile(optimizer="adam", loss="mse", metrics=["mae"])
        model.save(library.path(f"{name}.keras"))
        model.save(library.path(f"{name}.h5"))
        model.save_weights(library.path(f"{name}.weights.h5"))
        library.path(f"{name}.json").write_text(model.to_json())
