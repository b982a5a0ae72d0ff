"""Prints core/scanning/allowlists/keras.ts: the names that a configuration of Keras may use, read from its sources.

    python keras_names.py 3.15.1=PATH/keras 2.12.0=PATH/keras … tf_keras-2.21.0=PATH/tf_keras

Each PATH is the unpacked package. TensorFlow must be installed: the functions that TFOpLambda may name are read from it.
"""
import ast, inspect, sys, textwrap
from collections import defaultdict
from pathlib import Path

# Where classes and functions of a model are exported. Not callbacks, wrappers, utils (get_file), saving, config, export.
CLASSES = {
    "keras", "keras.models", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints", "keras.losses",
    "keras.metrics", "keras.optimizers", "keras.optimizers.schedules", "keras.optimizers.legacy", "keras.optimizers.experimental",
    "keras.dtype_policies", "keras.mixed_precision", "keras.mixed_precision.experimental", "keras.quantizers", "keras.random",
    "keras.layers.experimental", "keras.layers.experimental.preprocessing", "keras.experimental",
}
FUNCTIONS = {"keras.activations", "keras.losses", "keras.metrics", "keras.ops", "keras.ops.nn", "keras.ops.numpy", "keras.ops.image",
             "keras.ops.linalg"}
# They run code or open files of the file's choosing, or take functions.
REFUSED = set("""LegacyOptimizerWarning Lambda TFSMLayer TorchModuleWrapper JaxLayer FlaxLayer SidecarEvaluator Variable KerasTensor StatelessScope
SymbolicScope RematScope name_scope Layer Wrapper Operation Function get serialize deserialize Quantizer AWQConfig GPTQConfig
vectorize jvp JVP map scan associative_scan cond fori_loop switch while_loop vectorized_map custom_gradient stop_gradient
Map Scan AssociativeScan Cond ForiLoop Switch WhileLoop VectorizedMap CustomGradient Custom_Gradient""".split())
# Classes that are not exported, and are saved under the module that they are in.
INTERNAL = {"functional": {"Functional"}, "feature_space": {"Cross", "Feature"}, "convnext": {"LayerScale", "StochasticDepth"},
            "loss_scale_optimizer": {"LossScaleOptimizerV3"}}

def exported(node):
    """The names of the decorator keras_export."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "keras_export":
            for value in [*decorator.args, *(k.value for k in decorator.keywords)]:
                for name in ast.walk(value):
                    if isinstance(name, ast.Constant) and isinstance(name.value, str):
                        yield name.value

def registered(node):
    """Whether it has the decorator that registers it as `Custom>Name`."""
    calls = [d for d in node.decorator_list if isinstance(d, ast.Call) and not d.args and not d.keywords]
    return any("register_keras_serializable" in (getattr(d.func, "id", ""), getattr(d.func, "attr", "")) for d in calls)

classes, functions, internal = defaultdict(set), defaultdict(set), defaultdict(set)
versions = []
for argument in sys.argv[1:]:
    version, _, folder = argument.partition("=")
    versions.append(version)
    root = Path(folder)
    for path in sorted(root.rglob("*.py")):
        if path.name.endswith("_test.py") or "/api/" in str(path):
            continue
        module = ".".join(["keras", *path.relative_to(root).with_suffix("").parts])
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                if node.name in INTERNAL.get(path.stem, ()) or ("src.ops." in module and any(getattr(b, "id", "") == "Operation" for b in node.bases)):
                    if node.name not in REFUSED:
                        internal[module].add(node.name)
            if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                continue
            if isinstance(node, ast.ClassDef) and registered(node):
                classes["Custom>"].add(node.name)
            own = set()
            for full in exported(node):
                space, _, name = full.rpartition(".")
                if name in REFUSED:
                    continue
                if isinstance(node, ast.ClassDef) and (space in CLASSES or full == "keras.utils.FeatureSpace"):
                    classes[space].add(name)
                    own.add(name)
                if isinstance(node, ast.FunctionDef) and space in FUNCTIONS:
                    functions[space].add(name)
            # .h5 files name a class as it is called in the source.
            if own and node.name not in own | REFUSED:
                internal[module].add(node.name)

import tensorflow as tf

# What an operation of TensorFlow in a functional model may be. Not io, raw_ops, data, py_function, print (it writes files).
SPACES = ["math", "nn", "linalg", "signal", "image", "strings", "bitwise", "random", "sparse", "ragged", "sets", "dtypes", "quantization"]
TOP = """abs acos acosh add add_n argmax argmin argsort as_string asin asinh atan atan2 atanh batch_to_space bitcast boolean_mask
broadcast_to cast clip_by_global_norm clip_by_norm clip_by_value complex concat constant convert_to_tensor cos cosh cumsum
divide edit_distance eig eigvals einsum ensure_shape equal exp expand_dims eye fill floor gather gather_nd greater
greater_equal histogram_fixed_width identity identity_n less less_equal linspace logical_and logical_not logical_or matmul
maximum meshgrid minimum multiply negative no_op norm not_equal one_hot ones ones_like pad pow range rank realdiv
reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum repeat reshape reverse
reverse_sequence roll round saturate_cast scalar_mul scatter_nd searchsorted sequence_mask shape shape_n sigmoid sign sin
sinh size slice sort space_to_batch space_to_batch_nd split sqrt square squeeze stack stop_gradient strided_slice subtract
tan tanh tensor_scatter_nd_add tensor_scatter_nd_max tensor_scatter_nd_min tensor_scatter_nd_sub tensor_scatter_nd_update
tensordot tile timestamp transpose truncatediv truncatemod unique unique_with_counts unravel_index unstack where zeros
zeros_like""".split()
CALLS = {"fn", "func", "f", "op", "body", "cond", "function", "loss_fn", "callable", "vocab_file", "file", "filename", "path", "generator", "seed_generator"}
operations = {f"tf.{name}" for name in TOP if hasattr(tf, name)}
for space in SPACES:
    module = getattr(tf, space)
    for name in dir(module):
        value = getattr(module, name)
        if name.startswith("_") or name != name.lower() or not callable(value) or inspect.isclass(value):
            continue
        try:
            parameters = set(inspect.signature(value).parameters)
        except ValueError:
            continue
        if not parameters & CALLS and not name.startswith(("set_", "get_")):
            operations.add(f"tf.{space}.{name}")
for name in dir(tf.__operators__):
    if not name.startswith("_"):
        operations.add(f"tf.__operators__.{name}")

from tensorflow.python.ops import init_ops_v2

# Models of keras.applications use them.
internal["tensorflow.python.ops.init_ops_v2"] = {
    name for name, value in vars(init_ops_v2).items() if name[0].isupper() and inspect.isclass(value) and hasattr(value, "from_config")
}

def block(groups):
    lines = []
    for space, names in sorted(groups.items()):
        text = f"{space}: {' '.join(sorted(names))}"
        lines += textwrap.wrap(text, 118, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)

grouped = defaultdict(set)
for full in operations:
    space, _, name = full.removeprefix("tf.").rpartition(".")
    grouped[space or "tf"].add(name)

print(f'''/**
 * What a configuration of Keras may name, `module: Name Name …`; `tf_keras` stands for `keras`. Written by
 * test/vectors/scanning/keras_names.py from the sources of keras
 * {", ".join(versions)},
 * and from TensorFlow {tf.__version__}. Not here: what runs code, opens files or takes functions.
 */
export const KERAS_CLASSES = `
{block({k: classes[k] | internal[k] for k in {*classes, *internal}})}
`;

/** Functions that may be given as an activation, a loss, a metric or an argument. */
export const KERAS_FUNCTIONS = `
{block(functions)}
`;

/** Functions of TensorFlow that a functional model may call (TFOpLambda); those of `tf` have no module there. */
export const TENSORFLOW_FUNCTIONS = `
{block(grouped)}
`;''')
