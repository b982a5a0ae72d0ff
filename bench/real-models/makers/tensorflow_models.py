"""TensorFlow: SavedModels, checkpoints, frozen graphs, and Keras models as TensorFlow's Keras writes them."""

import keras
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from models import Models


class Scaler(tf.Module):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable([2.0, 3.0], name="factor")

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def __call__(self, rows):
        return {"scaled": tf.nn.relu(rows * self.factor)}


class Lookup(tf.Module):
    """Reads its vocabulary from an asset, as text models do."""

    def __init__(self, vocabulary: str):
        super().__init__()
        self.asset = tf.saved_model.Asset(vocabulary)
        keys = tf.lookup.TextFileInitializer(
            self.asset, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER
        )
        self.table = tf.lookup.StaticHashTable(keys, -1)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def __call__(self, words):
        return self.table.lookup(words)


def make(models: Models) -> None:
    tf.random.set_seed(0)
    library = models.of(f"tensorflow {tf.__version__}")
    scaler = Scaler()
    tf.saved_model.save(scaler, str(library.path("scaler")))
    vocabulary = library.path("vocabulary.txt")
    vocabulary.write_text("rose\ntulip\n")
    tf.saved_model.save(Lookup(str(vocabulary)), str(library.path("lookup")))
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
    network.export(str(library.path("exported")), verbose=False)
    network.save(library.path("network.keras"))
    network.save(library.path("network.h5"))
    tf.train.Checkpoint(model=network, step=tf.Variable(3)).save(str(library.path("checkpoint/model")))
    frozen = convert_variables_to_constants_v2(scaler.__call__.get_concrete_function())
    tf.io.write_graph(frozen.graph, str(library.path("frozen.pb").parent), "frozen.pb", as_text=False)
