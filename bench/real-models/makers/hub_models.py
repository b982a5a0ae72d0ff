"""Repositories as the Hugging Face hub has them: configuration, tokenizer, weights in both forms, training arguments."""

import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    TrainingArguments,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessor,
)

from models import Models

WORDS = {word: index for index, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "rose", "is"])}
CHAT = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def tokenizer() -> PreTrainedTokenizerFast:
    made = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", chat_template=CHAT)


def networks() -> dict[str, transformers.PreTrainedModel]:
    small = {"vocab_size": 16, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    return {
        "bert": BertForSequenceClassification(BertConfig(**small)),
        "llama": LlamaForCausalLM(LlamaConfig(**small)),
        "gpt2": GPT2LMHeadModel(GPT2Config(vocab_size=16, n_embd=16, n_layer=1, n_head=2)),
    }


def make(models: Models) -> None:
    torch.manual_seed(0)
    library = models.of(f"transformers {transformers.__version__}")
    for name, network in networks().items():
        folder = str(library.path(name))
        network.save_pretrained(folder)
        tokenizer().save_pretrained(folder)
        network.save_pretrained(str(library.path(f"{name}-bin")), safe_serialization=False)
    folder = str(library.path("vit"))
    ViTForImageClassification(ViTConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, image_size=32)).save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    torch.save(TrainingArguments(output_dir="out", report_to=[]), library.path("bert/training_args.bin"))
