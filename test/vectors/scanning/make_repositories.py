"""Writes the small model folders of repositories/: run where the versions of README.md are installed."""
import os, shutil, subprocess, sys, tempfile, warnings
from pathlib import Path

warnings.simplefilter("ignore")
os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "true"

import mlflow.sklearn, numpy as np, pandas as pd, skops.io, torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel
from peft import LoraConfig, get_peft_model
from sentence_transformers import SentenceTransformer, models
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from tokenizers import Tokenizer, pre_tokenizers, trainers
from tokenizers.models import BPE
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

# With stand-ins for CUDA (models/cuda_stand_ins.py) there is no stream to ask.
torch.cuda.graphs.is_current_stream_capturing = torch.cuda.is_current_stream_capturing = lambda: False

out = Path(sys.argv[1])
tmp = Path(tempfile.mkdtemp())
tiny = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, vocab_size=80, max_position_embeddings=16)
CHAT = "{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] + '\n' }}{% endfor %}"


def tokenizer(template=None):
    inner = Tokenizer(BPE())
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.train_from_iterator(["a model is known by its folder"] * 3, trainers.BpeTrainer(vocab_size=60, special_tokens=["<pad>", "<unk>"]))
    made = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", unk_token="<unk>", model_max_length=16)
    made.chat_template = template
    return made


def without(folder, *patterns):
    """Weights are tested elsewhere."""
    for pattern in patterns:
        for path in folder.rglob(pattern):
            path.unlink()


llama = LlamaForCausalLM(LlamaConfig(**tiny, num_key_value_heads=2))
llama.save_pretrained(out / "transformers", max_shard_size="3KB")
tokenizer(CHAT).save_pretrained(out / "transformers")
tokenizer({"default": CHAT, "tool_use": CHAT}).save_pretrained(out / "transformers-templates")

get_peft_model(llama, LoraConfig(r=1, target_modules=["q_proj"], base_model_name_or_path="acme/base")).save_pretrained(out / "peft")

BertModel(BertConfig(**tiny)).save_pretrained(tmp / "bert")
tokenizer().save_pretrained(tmp / "bert")
sentences = SentenceTransformer(modules=[models.Transformer(str(tmp / "bert")), models.Pooling(8), models.Dense(8, 4), models.Normalize()])
sentences.save(str(out / "sentence-transformers"))
without(out / "sentence-transformers", "*.safetensors")

blocks = dict(down_block_types=("DownBlock2D",), up_block_types=("UpBlock2D",), block_out_channels=(4,), norm_num_groups=2)
unet = UNet2DModel(sample_size=4, layers_per_block=1, add_attention=False, **blocks)
DDPMPipeline(unet=unet, scheduler=DDPMScheduler()).save_pretrained(out / "diffusers")
without(out / "diffusers", "*.safetensors")

x = pd.DataFrame(np.random.RandomState(0).rand(40, 2), columns=["a", "b"])
y = (x.a > 0.5).astype(int)
packages = ["scikit-learn==1.9.1", "numpy==2.4.6"]
regression = LogisticRegression().fit(x, y)
for form in ("pickle", "skops"):
    mlflow.sklearn.save_model(regression, out / f"mlflow-{form}", serialization_format=form, input_example=x[:2], pip_requirements=packages)

(out / "skops").mkdir()
skops.io.dump(make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression()).fit(x, y), out / "skops/pipeline.skops")
skops.io.dump(HistGradientBoostingClassifier(max_iter=1, max_leaf_nodes=3).fit(x, y), out / "skops/boosting.skops")

(out / "torchserve").mkdir()
(tmp / "requirements.txt").write_text("numpy==2.4.6\n")
(tmp / "model-config.yaml").write_text("minWorkers: 1\nmaxWorkers: 2\n")
weights = next((out / "transformers").glob("*.safetensors"))
subprocess.run(["torch-model-archiver", "--model-name", "plain", "--version", "1.0", "--serialized-file", weights, "--handler", "text_classifier",
    "--requirements-file", tmp / "requirements.txt", "--config-file", tmp / "model-config.yaml", "--export-path", out / "torchserve"], check=True)
without(out, "README.md")
shutil.rmtree(tmp)
