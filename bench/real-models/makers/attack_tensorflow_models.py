"""Hostile graphs of TensorFlow; see attack_models.py."""

import tensorflow as tf

from models import Models


class Reads(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def __call__(self, x):
        return tf.io.read_file("/etc/passwd"), x


class Writes(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def __call__(self, x):
        tf.io.write_file("/etc/cron.d/x", "y")
        return x


class Calls(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def __call__(self, x):
        return tf.numpy_function(lambda value: value, [x], tf.float32)


def make(models: Models) -> None:
    library = models.of("tensorflow")
    for cls in (Reads, Writes, Calls):
        tf.saved_model.save(cls(), str(library.path(cls.__name__.lower())))
