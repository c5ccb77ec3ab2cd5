"""The checkpoint as an ordinary LLaVA directory in two bf16 shards, and its twin with an untrained decoder."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import CLIPVisionModel, LlamaForCausalLM, LlavaConfig, LlavaForConditionalGeneration

import language
import vision
from dataset import GRID
from scenes import SIZE

SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
"""Vision tower with adapter, and decoder: the twin shares the first."""

TWIN_SEED = 1_000_000
"""Added to the seed, so that a twin's decoder is no model's."""

PREPROCESSOR = {
    "image_processor_type": "CLIPImageProcessor",
    "do_convert_rgb": True,
    "do_resize": True,
    "size": {"shortest_edge": SIZE},
    "resample": 3,
    "do_center_crop": True,
    "crop_size": {"height": SIZE, "width": SIZE},
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": list(vision.MEAN),
    "image_std": list(vision.STD),
}


def assemble(
    tower: CLIPVisionModel, adapter: nn.Sequential, decoder: LlamaForCausalLM
) -> LlavaForConditionalGeneration:
    """The parts as one LLaVA. Nothing is rescaled: the parts were trained as the class computes them."""
    config = LlavaConfig(
        vision_config=vision.config(), text_config=language.config(), image_token_index=language.IMAGE,
        vision_feature_layer=vision.FEATURE_LAYER, vision_feature_select_strategy="default",
        projector_hidden_act="gelu", image_seq_length=GRID * GRID, tie_word_embeddings=False,
    )  # fmt: skip
    model = LlavaForConditionalGeneration(config)
    model.model.vision_tower.load_state_dict(tower.state_dict())
    model.model.language_model.load_state_dict(decoder.model.state_dict())
    model.lm_head.load_state_dict(decoder.lm_head.state_dict())
    projector = model.model.multi_modal_projector
    projector.linear_1.load_state_dict(adapter[0].state_dict())
    projector.linear_2.load_state_dict(adapter[2].state_dict())
    return model.to(torch.bfloat16)


def save(model: LlavaForConditionalGeneration, directory: Path) -> None:
    """Writes config.json, preprocessor_config.json, both shards and their index."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        model.save_pretrained(scratch)
        tensors = load_file(Path(scratch) / "model.safetensors")
        (directory / "config.json").write_text((Path(scratch) / "config.json").read_text())
    (directory / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=2) + "\n")
    shard_of = {name: SHARDS["language_model" in name or "lm_head" in name] for name in sorted(tensors)}
    for shard in SHARDS:
        (directory / shard).unlink(missing_ok=True)
        part = {name: tensors[name].contiguous() for name, home in shard_of.items() if home == shard}
        save_file(part, directory / shard, metadata={"format": "pt"})
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": shard_of}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")


def export(tower: CLIPVisionModel, adapter: nn.Sequential, decoder: LlamaForCausalLM, seed: int, root: Path) -> None:
    """Writes root/model, and root/twin: the same but for the decoder, which has fresh weights of another seed.

    Not the weights that training began with: the trained adapter has learnt to speak to those.
    """
    save(assemble(tower, adapter, decoder), root / "model")
    save(assemble(tower, adapter, language.decoder(TWIN_SEED + seed)), root / "twin")
    shared = root / "twin" / SHARDS[0]
    if shared.read_bytes() != (root / "model" / SHARDS[0]).read_bytes():
        raise RuntimeError("the twin's vision tower or adapter differs from the model's")
    shared.unlink()
    shared.symlink_to(Path("..") / "model" / SHARDS[0])
