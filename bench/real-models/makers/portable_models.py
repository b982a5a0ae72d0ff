"""Formats made to be passed on: ONNX, safetensors, GGUF, skops, Parquet, and MLflow's folders."""

import gguf
import mlflow
import numpy as np
import onnx
import safetensors
import safetensors.numpy
import skl2onnx
import skops
import skops.io
import sklearn.cluster
import sklearn.ensemble
import sklearn.linear_model
import sklearn.neighbors
import sklearn.neural_network
import sklearn.svm
from onnx.external_data_helper import convert_model_to_external_data
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import data
from models import Library, Models

ESTIMATORS = {
    "logistic": sklearn.linear_model.LogisticRegression(),
    "forest": sklearn.ensemble.RandomForestClassifier(3, max_depth=3, random_state=0),
    "boosting": sklearn.ensemble.GradientBoostingClassifier(n_estimators=3),
    "vectors": sklearn.svm.SVC(probability=True),
    "neighbours": sklearn.neighbors.KNeighborsClassifier(),
    "network": sklearn.neural_network.MLPClassifier((4,), max_iter=20, random_state=0),
    "clusters": sklearn.cluster.KMeans(3, n_init=1, random_state=0),
    "pipeline": make_pipeline(StandardScaler(), sklearn.linear_model.LogisticRegression()),
}


def onnx_models(models: Models, fitted: dict) -> None:
    library = models.of(f"skl2onnx {skl2onnx.__version__}")
    sample = data.rows[:1].astype(np.float32)
    for name, model in fitted.items():
        converted = skl2onnx.to_onnx(model, sample, options={"zipmap": False} if name == "logistic" else None)
        library.path(f"{name}.onnx").write_bytes(converted.SerializeToString())
    text = make_pipeline(CountVectorizer(), sklearn.linear_model.LogisticRegression()).fit(data.texts, data.species)
    kinds = [("text", skl2onnx.common.data_types.StringTensorType([None, 1]))]
    library.path("text.onnx").write_bytes(skl2onnx.convert_sklearn(text, initial_types=kinds).SerializeToString())
    outside = skl2onnx.to_onnx(fitted["network"], sample)
    convert_model_to_external_data(outside, location="weights.data", size_threshold=0)
    onnx.save_model(outside, str(library.path("external/model.onnx")))


def safetensors_models(models: Models) -> None:
    library = models.of(f"safetensors {safetensors.__version__}")
    tensors = {"layer.weight": data.rows.astype(np.float32), "layer.bias": np.zeros(4, np.float16), "step": np.array(3)}
    safetensors.numpy.save_file(tensors, library.path("weights.safetensors"), metadata={"format": "np"})
    safetensors.numpy.save_file({}, library.path("empty.safetensors"))
    many = {f"layers.{i}.weight": np.full((8, 8), i, np.float32) for i in range(200)}
    safetensors.numpy.save_file(many, library.path("many.safetensors"))


CHAT = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def gguf_model(library: Library, name: str, *, quantised: bool, template: str | None) -> None:
    writer = gguf.GGUFWriter(library.path(name), "llama")
    writer.add_name("tiny")
    writer.add_context_length(128)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_head_count(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"token{i}" for i in range(32)])
    writer.add_token_scores([0.5] * 32)
    writer.add_token_types([1] * 32)
    if template is not None:
        writer.add_chat_template(template)
    weights = np.linspace(-1, 1, 32 * 32, dtype=np.float32).reshape(32, 32)
    packed = gguf.quants.quantize(weights, gguf.GGMLQuantizationType.Q8_0)
    kind = gguf.GGMLQuantizationType.Q8_0 if quantised else None
    writer.add_tensor("token_embd.weight", packed if quantised else weights, raw_dtype=kind)
    writer.add_tensor("blk.0.attn_q.weight", weights.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def gguf_models(models: Models) -> None:
    library = models.of(f"gguf {gguf.__version__ if hasattr(gguf, '__version__') else '0.19.0'}")
    gguf_model(library, "plain.gguf", quantised=False, template=None)
    gguf_model(library, "chat.gguf", quantised=False, template=CHAT)
    gguf_model(library, "quantised.gguf", quantised=True, template=CHAT)


def skops_models(models: Models, fitted: dict) -> None:
    library = models.of(f"skops {skops.__version__}")
    for name, model in fitted.items():
        skops.io.dump(model, library.path(f"{name}.skops"))


def mlflow_models(models: Models, fitted: dict) -> None:
    library = models.of(f"mlflow {mlflow.__version__}")
    for name in ("logistic", "forest", "pipeline"):
        signature = mlflow.models.infer_signature(data.table, data.species)
        for kind in ("pickle", "cloudpickle", "skops"):
            folder = library.path(f"{name}-{kind}")
            mlflow.sklearn.save_model(
                fitted[name], str(folder), serialization_format=kind, signature=signature,
                pip_requirements=["scikit-learn"],
                skops_trusted_types=["sklearn.tree._tree.Tree"] if kind == "skops" else None,
            )


def make(models: Models) -> None:
    fitted = {name: model.fit(data.rows, data.species) for name, model in ESTIMATORS.items()}
    onnx_models(models, fitted)
    safetensors_models(models)
    gguf_models(models)
    skops_models(models, fitted)
    mlflow_models(models, fitted)
    data.mixed.to_parquet(models.of("pyarrow").path("table.parquet"))
